package db

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// plan returns how SQLite runs the statement that fetch asks first: a line for each
// step. It learns the text from the error of a context that has ended.
func plan(t *testing.T, s *Store, fetch func(context.Context) error) string {
	t.Helper()
	ended, end := context.WithCancel(t.Context())
	end()
	err := fetch(ended)
	if err == nil {
		t.Fatal("a context that has ended brought no error")
	}
	_, text, _ := strings.Cut(err.Error(), " in ")
	parameters := 0
	for strings.Contains(text, fmt.Sprintf("?%d", parameters+1)) {
		parameters++
	}
	type step struct {
		id, parent, unused int
		detail             string
	}
	steps, err := scan(t.Context(), s, func(s *step) []any { return []any{&s.id, &s.parent, &s.unused, &s.detail} },
		"explain query plan "+text, make([]any, parameters)...)
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(steps))
	for i, step := range steps {
		lines[i] = step.detail
	}
	return strings.Join(lines, "\n")
}

// Pages of meetings by date are read from an index, the first as one far behind: no
// page costs a sort of the list.
func TestPagesByDateAreNotSorted(t *testing.T) {
	kinds := []string{"phone-call", "visit", "summit", "signing"}
	s := build(t, func(w *Writer) error {
		if err := ground(w); err != nil {
			return err
		}
		day := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 3000 {
			slug := fmt.Sprintf("m%04d", i)
			if err := w.AddMeeting(NewMeeting{
				Slug: slug, Kind: kinds[i%len(kinds)], Title: slug, Summary: slug, StartsOn: Date(day.AddDate(0, 0, 3*i).Format(time.DateOnly)), Sources: []string{"a1"},
			}); err != nil {
				return err
			}
		}
		return nil
	})
	during := &DateFilter{Overlaps: &DateRange{Since: ptr(Date("1995")), Until: ptr(Date("2010-06"))}}
	for _, filter := range []struct {
		name  string
		f     MeetingFilter
		index string
	}{
		{"all", MeetingFilter{}, "meeting_by_day"},
		{"of one kind", MeetingFilter{Kinds: []string{"visit"}}, "meeting_by_"},
		{"during a range", MeetingFilter{During: during}, "meeting_by_day"},
		{"of one kind during a range", MeetingFilter{During: during, Kinds: []string{"visit"}}, "meeting_by_"},
	} {
		deep := &Position{"2001-05-10", "m1383"}
		for _, page := range []struct {
			name string
			Page
		}{
			{"the first page", Page{Limit: 20}},
			{"a page far behind", Page{Limit: 20, After: deep}},
			{"the last page", Page{Limit: 20, Backward: true}},
			{"a page before", Page{Limit: 20, Backward: true, Before: deep}},
		} {
			for _, o := range []Order{{}, {"date", "asc"}} {
				got := plan(t, s, func(ctx context.Context) error {
					_, err := s.Meetings(ctx, filter.f, o, page.Page)
					return err
				})
				if strings.Contains(got, "TEMP B-TREE") || !strings.Contains(got, filter.index) {
					t.Errorf("%s, %s, %v: want %s and no sort\n%s", filter.name, page.name, o, filter.index, got)
				}
				if page.After != nil && !strings.Contains(got, "starts_earliest") {
					t.Errorf("%s, %s, %v: want a search from the cursor on\n%s", filter.name, page.name, o, got)
				}
			}
		}
	}
}
