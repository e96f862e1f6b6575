package db

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
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

// No list walks through a large table to find its rows, and no page costs a sort of the
// whole list, but for those that say why.
func TestListsAreReadFromIndexes(t *testing.T) {
	s := build(t, writeCrowd(2000))
	ctx := t.Context()
	countries, err := s.Countries(ctx, CountryFilter{}, Order{}, Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	meetings, err := s.Meetings(ctx, MeetingFilter{}, Order{}, Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	officials, err := s.Officials(ctx, OfficialFilter{}, Order{}, Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	country, meeting, official := countries.Items[0].Row, meetings.Items[0].Row, officials.Items[0].Row // each of a cohort
	alone, err := s.CountryByCode(ctx, "AAA")
	if err != nil {
		t.Fatal(err)
	}
	meetingsBy := func(f MeetingFilter, o Order) func(context.Context, Page) error {
		return func(ctx context.Context, p Page) error { _, err := s.Meetings(ctx, f, o, p); return err }
	}
	meetingsOf := func(e AnyEntity, f MeetingFilter, o Order) func(context.Context, Page) error {
		return func(ctx context.Context, p Page) error { _, err := MeetingsOf(ctx, e, f, o, p); return err }
	}
	byName, byDate := Order{Field: "name", Direction: "asc"}, Order{Direction: "asc"}
	const few, ofOne = "a page of each of the cohort's lists is put in order", "an order that only sorting gives, of the rows of one entity"
	for _, c := range []struct {
		name   string
		fetch  func(context.Context, Page) error
		sorted string // why it may be
	}{
		{"meetings", meetingsBy(MeetingFilter{}, Order{}), ""},
		{"meetings, first first", meetingsBy(MeetingFilter{}, byDate), ""},
		{"meetings by name", meetingsBy(MeetingFilter{}, byName), ""},
		{"meetings of a kind", meetingsBy(MeetingFilter{Kinds: []string{"visit"}}, Order{}), ""},
		{"meetings of a country", meetingsBy(MeetingFilter{Countries: []string{"AAC"}}, Order{}), ""},
		{"meetings of a country, first first", meetingsBy(MeetingFilter{Countries: []string{"AAC"}}, byDate), ""},
		{"meetings of a country and a kind", meetingsBy(MeetingFilter{Countries: []string{"AAC"}, Kinds: []string{"visit"}}, Order{}), ""},
		{"meetings of a pair", meetingsBy(MeetingFilter{Countries: []string{"AAC", "AAD"}}, Order{}), ""},
		{"meetings of a pair during a range", meetingsBy(MeetingFilter{Countries: []string{"AAC", "AAD"}, During: &DateFilter{Within: &DateRange{Since: ptr(Date("1995"))}}}, Order{}), ""},
		{"meetings of an official", meetingsBy(MeetingFilter{Officials: []string{"official:o1"}}, Order{}), ""},
		{"meetings of a country on a topic", meetingsBy(MeetingFilter{Countries: []string{"AAC"}, Topics: []string{"issue:i1", "issue:i2"}}, Order{}), ""},
		{"meetings on a topic", meetingsBy(MeetingFilter{Topics: []string{"corridor:k1"}}, Order{}), ""},
		{"meetings of a country by name", meetingsBy(MeetingFilter{Countries: []string{"AAC"}}, byName), ofOne},
		{"meetings that mention a country", meetingsOf(alone, MeetingFilter{}, Order{}), ""},
		{"meetings that mention a country, of a kind", meetingsOf(alone, MeetingFilter{Kinds: []string{"visit"}}, Order{}), ""},
		{"meetings that mention each of some countries", meetingsOf(country, MeetingFilter{}, Order{}), few},
		{"meetings of each of some officials", meetingsOf(official, MeetingFilter{}, Order{}), few},
		{"participants", func(ctx context.Context, p Page) error {
			_, err := Participants(ctx, meeting, ParticipationFilter{}, p)
			return err
		}, "by name: few take part in a meeting"},
		{"topics", func(ctx context.Context, p Page) error { _, err := Topics(ctx, meeting, TopicFilter{}, p); return err }, "by name: a meeting has few"},
		{"tenures of each of some countries", func(ctx context.Context, p Page) error {
			_, err := TenuresOfCountry(ctx, country, TenureFilter{}, When{}, p)
			return err
		}, few},
		{"tenures of a country", func(ctx context.Context, p Page) error {
			_, err := TenuresOfCountry(ctx, alone, TenureFilter{}, When{}, p)
			return err
		}, "those that began on one day, by name"},
		{"officials", func(ctx context.Context, p Page) error {
			_, err := s.Officials(ctx, OfficialFilter{}, Order{}, p)
			return err
		}, ""},
		{"sources", func(ctx context.Context, p Page) error {
			_, err := s.Sources(ctx, SourceFilter{}, Order{}, p)
			return err
		}, ""},
		{"sources by date", func(ctx context.Context, p Page) error {
			_, err := s.Sources(ctx, SourceFilter{}, Order{"date", "desc"}, p)
			return err
		}, ""},
		{"statements", func(ctx context.Context, p Page) error {
			_, err := s.Statements(ctx, StatementFilter{}, Order{}, p)
			return err
		}, ""},
	} {
		at := &Position{"2001-05-10", "m500"}
		for _, p := range []Page{{Limit: 20}, {Limit: 20, After: at}, {Limit: 20, Backward: true}, {Limit: 20, Backward: true, Before: at}} {
			got := plan(t, s, func(ctx context.Context) error { return c.fetch(ctx, p) })
			for line := range strings.Lines(got) {
				if wholeTable.MatchString(line) {
					t.Errorf("%s: walks through a table\n%s", c.name, got)
				}
			}
			if sorts := strings.Contains(got, "ORDER BY"); sorts && c.sorted == "" {
				t.Errorf("%s: sorts the list\n%s", c.name, got)
			} else if !sorts && c.sorted != "" {
				t.Errorf("%s: is not sorted any more, which is no exception\n%s", c.name, got)
			}
		}
	}
}

// wholeTable is a step that reads all rows of a table in no order of an index.
var wholeTable = regexp.MustCompile(`^SCAN (\w+)\s*$`)

// Counts and facets that were made with the release are those of the rows.
func TestTalliesAreThoseOfTheRows(t *testing.T) {
	s := build(t, writeCrowd(500))
	ctx := t.Context()
	e, err := s.EntityBySlug(ctx, KindCorridor, "k0")
	if err != nil {
		t.Fatal(err)
	}
	official, err := s.EntityBySlug(ctx, KindOfficial, "o0")
	if err != nil {
		t.Fatal(err)
	}
	country, err := s.CountryByCode(ctx, "AAA")
	if err != nil {
		t.Fatal(err)
	}
	anything := []*MeetingFilter{{}} // the same meetings, which no tally knows
	for _, c := range []struct {
		name string
		list func(MeetingFilter) (*List[Meeting], error)
		f    MeetingFilter
	}{
		{"all", func(f MeetingFilter) (*List[Meeting], error) { return s.Meetings(ctx, f, Order{}, Page{}) }, MeetingFilter{}},
		{"a country took part", func(f MeetingFilter) (*List[Meeting], error) { return s.Meetings(ctx, f, Order{}, Page{}) }, MeetingFilter{Countries: []string{"AAA"}}},
		{"an official took part", func(f MeetingFilter) (*List[Meeting], error) { return s.Meetings(ctx, f, Order{}, Page{}) }, MeetingFilter{Officials: []string{"official:o0"}}},
		{"on a topic", func(f MeetingFilter) (*List[Meeting], error) { return s.Meetings(ctx, f, Order{}, Page{}) }, MeetingFilter{Topics: []string{"issue:i0"}}},
		{"a country is mentioned", func(f MeetingFilter) (*List[Meeting], error) { return MeetingsOf(ctx, country, f, Order{}, Page{}) }, MeetingFilter{}},
		{"a corridor is mentioned", func(f MeetingFilter) (*List[Meeting], error) { return MeetingsOf(ctx, e, f, Order{}, Page{}) }, MeetingFilter{}},
		{"an official is mentioned", func(f MeetingFilter) (*List[Meeting], error) { return MeetingsOf(ctx, official, f, Order{}, Page{}) }, MeetingFilter{}},
	} {
		told := func(f MeetingFilter) string {
			list, err := c.list(f)
			if err != nil {
				t.Fatal(c.name, err)
			}
			total, err := list.Count(ctx)
			if err != nil || total == 0 {
				t.Fatal(c.name, total, err)
			}
			text := fmt.Sprintln(total)
			for _, dimension := range slices.Sorted(maps.Keys(meetingDimensions)) {
				facets, err := list.Facets.tally(ctx, dimension, 1000)
				if err != nil {
					t.Fatal(c.name, dimension, err)
				}
				lines := ""
				for _, f := range facets {
					lines += fmt.Sprint(" ", f.word, f.entity, "=", f.Count)
				}
				text += dimension + lines + "\n"
			}
			return text
		}
		counted := c.f
		counted.And = anything
		if got, want := told(c.f), told(counted); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// A country stands once in a cohort for each meeting whose country it is, and what is
// listed below it once.
func TestListsBelowARowThatStandsTwice(t *testing.T) {
	s := build(t, writeCrowd(200))
	ctx := t.Context()
	meetings, err := s.Meetings(ctx, MeetingFilter{Countries: []string{"AAA"}}, Order{}, Page{Limit: 20})
	if err != nil || len(meetings.Items) < 2 {
		t.Fatal(meetings, err)
	}
	alone, err := s.CountryByCode(ctx, "AAA")
	if err != nil {
		t.Fatal(err)
	}
	slugs := func(c *Country) (list string) {
		tenures, err := TenuresOfCountry(ctx, c, TenureFilter{}, When{}, Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range tenures.Items {
			list += item.Position.Tie + " "
		}
		held, err := MeetingsOf(ctx, c, MeetingFilter{}, Order{}, Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range held.Items {
			list += item.Row.Slug + " "
		}
		return list
	}
	for _, m := range meetings.Items {
		countries, err := m.Row.Countries(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range countries {
			if got, want := slugs(c), slugs(alone); c.Slug == "AAA" && got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
		}
	}
}
