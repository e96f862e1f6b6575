package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// build makes a release of what fill writes and opens it.
func build(t *testing.T, fill func(w *Writer) error) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := Build(t.Context(), path, Release{Name: "test", Hash: "0"}, fill); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// ground writes three countries, and five sources: a1 and a2 share a voice; the
// later the letter, the later the publication.
func ground(w *Writer) error {
	var errs []error
	for i, code := range []string{"AAA", "BBB", "CCC"} {
		errs = append(errs, w.AddCountry(NewCountry{
			Code: code, Alpha2: code[:2], Numeric: fmt.Sprintf("%03d", i+1), Name: "Country " + code, OfficialName: "State of " + code,
		}))
	}
	for slug, voice := range map[string]string{"a1": "a2", "a2": "", "b": "", "c": "", "d": ""} {
		errs = append(errs, w.AddPublisher(NewPublisher{Slug: slug, Name: "House " + slug, Voice: voice, Country: "CCC"}))
	}
	for slug, published := range map[string]Date{"a1": "2001", "a2": "2002", "b": "2003", "c": "2004", "d": ""} {
		errs = append(errs, w.AddSource(NewSource{
			Slug: slug, Publisher: slug, Title: "Title", PublishedOn: published, URL: "https://example.org/" + slug, Language: "en",
		}))
	}
	return errors.Join(errs...)
}

func ptr[T any](v T) *T { return &v }

func TestDates(t *testing.T) {
	for _, c := range []struct{ date, earliest, latest, precision, display string }{
		{"2021", "2021-01-01", "2021-12-31", "year", "2021"},
		{"2021-08", "2021-08-01", "2021-08-31", "month", "August 2021"},
		{"2024-02", "2024-02-01", "2024-02-29", "month", "February 2024"},
		{"2021-08-26", "2021-08-26", "2021-08-26", "day", "26 August 2021"},
	} {
		d, err := ParseDate(c.date)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{string(d.Earliest()), string(d.Latest()), d.Precision(), d.Display()}
		if want := []string{c.earliest, c.latest, c.precision, c.display}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", c.date, got, want)
		}
	}
	for _, text := range []string{"", "..", "21", "2021-13", "2023-02-29", "2021-8-1", "0000", "2021/08", "20210826", "2021-08-26T00"} {
		if d, err := ParseDate(text); err == nil {
			t.Errorf("%q was taken for the date %q", text, d)
		}
	}
}

// The rule by which a fact's values are chosen: see Resolution in the schema.
func TestResolution(t *testing.T) {
	type shown struct {
		role, since, until, end, by string
		disputed                    bool
	}
	for _, c := range []struct {
		name   string
		claims []NewClaim
		want   shown
	}{
		{
			"one claim",
			[]NewClaim{{Source: "a1", Role: "member", Since: "2000"}},
			shown{"member", "2000", "", "unknown", "only", false},
		},
		{
			"a finer date agrees and is taken",
			[]NewClaim{{Source: "b", Role: "member", Since: "2000"}, {Source: "a1", Since: "2000-09"}},
			shown{"member", "2000-09", "", "unknown", "only", false},
		},
		{
			"what one does not say, the other adds",
			[]NewClaim{{Source: "a1", Role: "member"}, {Source: "b", Since: "2000", Until: OpenEnd}},
			shown{"member", "2000", "", "open", "only", false},
		},
		{
			"two voices outweigh one, however late",
			[]NewClaim{{Source: "a1", Since: "2000"}, {Source: "b", Since: "2000"}, {Source: "c", Since: "2004-12"}},
			shown{"", "2000", "", "unknown", "majority", true},
		},
		{
			"a reprint is no second voice, so the latest speaks",
			[]NewClaim{{Source: "a1", Since: "2000"}, {Source: "a2", Since: "2000"}, {Source: "b", Since: "2004"}},
			shown{"", "2004", "", "unknown", "latest", true},
		},
		{
			"undated counts as earliest",
			[]NewClaim{{Source: "d", Role: "observer"}, {Source: "a1", Role: "member"}},
			shown{"member", "", "", "unknown", "latest", true},
		},
		{
			"an editor outweighs all",
			[]NewClaim{{Source: "a1", Role: "observer", Preferred: true}, {Source: "b", Role: "member"}, {Source: "c", Role: "member"}},
			shown{"observer", "", "", "unknown", "editor", true},
		},
		{
			"who says less does not tip the scales",
			[]NewClaim{{Source: "a1", Role: "member", Since: "2004-12"}, {Source: "b", Role: "member"}, {Source: "c", Role: "member", Since: "2005"}},
			shown{"member", "2005", "", "unknown", "latest", true},
		},
		{
			"a date that goes with another role is not taken",
			[]NewClaim{{Source: "a1", Role: "founder", Since: "2000-09"}, {Source: "b", Role: "member"}, {Source: "c", Role: "member"}},
			shown{"member", "", "", "unknown", "majority", true},
		},
		{
			"an end before the chosen start is not taken",
			[]NewClaim{{Source: "a1", Until: "2019"}, {Source: "b", Since: "2021-08-25"}},
			shown{"", "2021-08-25", "", "unknown", "only", true},
		},
		{
			"a list that omits it disputes it and changes nothing",
			[]NewClaim{{Source: "a1", Role: "member"}, {Source: "c", Stance: "omits"}},
			shown{"member", "", "", "unknown", "only", true},
		},
		{
			"denied by all, it has no values",
			[]NewClaim{{Source: "a1", Stance: "denies"}},
			shown{"", "", "", "unknown", "only", true},
		},
		{
			"it went on in 2001 and ended in 2003: no dispute",
			[]NewClaim{{Source: "a1", Role: "member", Until: OpenEnd}, {Source: "b", Until: "2003"}},
			shown{"member", "", "2003", "ended", "only", false},
		},
		{
			"it goes on in 2003 though it ended in 2000: a dispute",
			[]NewClaim{{Source: "a1", Role: "member", Until: "2000"}, {Source: "b", Until: OpenEnd}},
			shown{"member", "", "", "open", "latest", true},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := build(t, func(w *Writer) error {
				for i := range c.claims {
					if c.claims[i].Stance == "" {
						c.claims[i].Stance = "asserts"
					}
				}
				return errors.Join(ground(w),
					w.AddCorridor(NewCorridor{Slug: "road", Name: "Road", Modes: []string{"road"}, Source: "b"}),
					w.AddMembership(KindCorridor, "road", "AAA", 1, c.claims))
			})
			nodes, err := store.Nodes(t.Context(), []string{"corridor:road"})
			if err != nil {
				t.Fatal(err)
			}
			list, err := Members(t.Context(), nodes[0].(*Corridor), MembershipFilter{}, When{}, Page{Limit: 9})
			if err != nil {
				t.Fatal(err)
			}
			m := list.Items[0].Row
			got := shown{role: deref(m.Role), end: m.End(), by: m.ResolvedBy, disputed: m.Disputed}
			if d := m.Since(); d != nil {
				got.since = string(d.Date)
			}
			if d := m.Until(); d != nil {
				got.until = string(d.Date)
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			claims, err := m.Claims(t.Context())
			if err != nil || len(claims) != len(c.claims) {
				t.Errorf("%d of %d claims are left, %v", len(claims), len(c.claims), err)
			}
		})
	}
}

func TestEntityByName(t *testing.T) {
	store := build(t, func(w *Writer) error {
		return errors.Join(ground(w),
			w.AddOfficial("amir", "Hossein Amir-Abdollahian", []string{"Hüseyn Əmir-Abdullahian"}, nil),
			w.AddOfficial("ilham", "İlham Əliyev", nil, nil),
			w.AddOfficial("natig", "Natig Aliyev", nil, nil),
			w.AddOfficial("aliyev", "Aliyev", nil, nil),
			w.AddOfficial("zarif", "Mohammad Javad Zarif", nil, nil),
			w.AddOfficial("other", "Sarif Zarif", nil, nil),
			w.AddCorridor(NewCorridor{Slug: "instc", Name: "International North-South Transport Corridor", Abbreviation: ptr("INSTC"), Aliases: []string{"INSC"}, Source: "b"}),
			w.AddAlias(KindOfficial, "amir", "Хосейн Амир Абдоллахиан", "a1"),
			w.AddAlias(KindOfficial, "amir", "حسین امیرعبداللهیان", "a2"),
			w.AddAlias(KindCorridor, "instc", "МТК «Север — Юг»", "a1"),
			w.AddAlias(KindCountry, "AAA", "ААА", "a1"))
	})
	for _, c := range []struct{ kind, name, slug string }{
		{KindOfficial, "Hossein Amir-Abdollahian", "amir"},
		{KindOfficial, "hossein amirabdollahian", "amir"},
		{KindOfficial, "Amir-Abdollahian", "amir"},
		{KindOfficial, "Huseyn Amir Abdullahian", "amir"},
		{KindOfficial, "Ilham Aliyev", "ilham"},
		{KindOfficial, "aliyev", "aliyev"}, // a whole name comes before the ends of others
		{KindOfficial, "Hossein", ""},
		{KindCorridor, "insc", "instc"},
		{KindCorridor, "INSTC", "instc"},
		{KindCorridor, "international north south transport corridor", "instc"},
		{KindCorridor, "Transport Corridor", ""}, // only people go by the end of their names
		{KindOrganization, "INSTC", ""},
		{KindOfficial, "хосейн амир-абдоллахиан", "amir"},
		{KindOfficial, "Абдоллахиан", "amir"},
		{KindOfficial, "امیرعبداللهیان", "amir"},
		{KindCorridor, "мтк север-юг", "instc"},
		{KindCorridor, "Север — Юг", ""},
		{KindCountry, "ааа", "AAA"},
		{KindCountry, "State of AAA", "AAA"},
		{KindCountry, "", ""},
	} {
		e, err := store.EntityByName(t.Context(), c.kind, c.name)
		got := ""
		if e != nil {
			got = e.entity().Slug
		}
		if err != nil || got != c.slug {
			t.Errorf("%s %q: got %q, want %q, %v", c.kind, c.name, got, c.slug, err)
		}
	}
	_, err := store.EntityByName(t.Context(), KindOfficial, "Zarif")
	if want := `"Zarif": 2 entities answer to it: official:other, official:zarif.`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAliasesFollowOneAnother(t *testing.T) {
	store := build(t, func(w *Writer) error {
		return errors.Join(ground(w),
			w.AddOfficial("amir", "Hossein Amir-Abdollahian", []string{"Abdollahian"}, nil),
			w.AddAlias(KindOfficial, "amir", "حسین امیرعبداللهیان", "b"),
			w.AddAlias(KindOfficial, "amir", "Хосейн Амир Абдоллахиан", "a1"),
			w.AddAlias(KindOfficial, "amir", "Хусейн Амир Абдуллахиян", "a1"))
	})
	e, err := store.EntityBySlug(t.Context(), KindOfficial, "amir")
	if err != nil {
		t.Fatal(err)
	}
	aliases, err := e.(*Official).Aliases(t.Context())
	if want := []string{"Abdollahian", "حسین امیرعبداللهیان", "Хосейн Амир Абдоллахиан", "Хусейн Амир Абдуллахиян"}; err != nil || !slices.Equal(aliases, want) {
		t.Errorf("aliases %q, %v; want %q", aliases, err, want)
	}
	spellings, err := e.(*Official).Spellings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, spelling := range spellings {
		source, err := spelling.Source(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if source == nil {
			source = &Source{Slug: "none"}
		}
		shown = append(shown, source.Slug)
	}
	if want := []string{"none", "b", "a1", "a1"}; !slices.Equal(shown, want) {
		t.Errorf("shown by %q, want %q", shown, want)
	}
	if sources, err := SourcesOf(t.Context(), e, SourceFilter{}, Order{}, Page{Limit: 9}); err != nil || len(sources.Items) != 0 {
		t.Errorf("sources %v, %v; want none: they show a name only", sources, err)
	}
	for _, unknown := range []struct{ slug, source string }{{"nobody", "b"}, {"amir", "nothing"}} {
		if _, err := Build(t.Context(), filepath.Join(t.TempDir(), "readout.db"), Release{Name: "test", Hash: "0"}, func(w *Writer) error {
			return errors.Join(ground(w), w.AddOfficial("amir", "Amir", nil, nil), w.AddAlias(KindOfficial, unknown.slug, "Амир", unknown.source))
		}); err == nil {
			t.Errorf("an alias of %s from %s was written", unknown.slug, unknown.source)
		}
	}
}

// meetings writes n meetings on few days, so that many share one, each with two
// participants and a topic.
func meetings(n int) func(w *Writer) error {
	return func(w *Writer) error {
		errs := []error{
			ground(w), w.AddOfficial("x", "X", nil, nil), w.AddOfficial("y", "Y", nil, nil),
			w.AddCorridor(NewCorridor{Slug: "road", Name: "Road", Source: "b"}),
		}
		for i := range n {
			slug := fmt.Sprintf("m%03d", i)
			errs = append(errs,
				w.AddMeeting(NewMeeting{
					Slug: slug, Kind: "visit", Title: fmt.Sprint("Meeting ", i%7), StartsOn: Date(fmt.Sprintf("2020-%02d", 1+i%3)),
					HostCountry: []string{"", "AAA"}[i%2], Sources: []string{"b"},
				}),
				w.AddParticipation(slug, "x", "AAA", "host", nil),
				w.AddParticipation(slug, "y", "BBB", "guest", nil),
				w.AddTopic(slug, KindCorridor, "road", []NewClaim{{Source: "b", Stance: "asserts"}}))
		}
		return errors.Join(errs...)
	}
}

// Whatever the order, the direction and the size, following the pages gives the
// whole list, each entry once; and so does every list below a parent.
func TestPagesMakeUpTheList(t *testing.T) {
	const n = 23
	store := build(t, meetings(n))
	nodes, err := store.Nodes(t.Context(), []string{"country:AAA", "country:BBB", "official:x", "country:CCC"})
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range []Order{{}, {Direction: "asc"}, {Field: "name"}, {Field: "name", Direction: "asc"}} {
		lists := map[string]func(Page) (*List[Meeting], error){
			"root": func(p Page) (*List[Meeting], error) { return store.Meetings(t.Context(), MeetingFilter{}, order, p) },
		}
		for _, node := range nodes {
			lists[node.ID()] = func(p Page) (*List[Meeting], error) {
				return MeetingsOf(t.Context(), node.(AnyEntity), MeetingFilter{}, order, p)
			}
		}
		for name, fetch := range lists {
			want := follow(t, fetch, Page{Limit: 100})
			if wanted := map[bool]int{true: 0, false: n}[name == "country:CCC"]; len(want) != wanted {
				t.Fatalf("%s %+v: %d meetings, want %d", name, order, len(want), wanted)
			}
			for _, size := range []int{1, 4, n} {
				if got := follow(t, fetch, Page{Limit: size}); !slices.Equal(got, want) {
					t.Errorf("%s %+v by %d: got %v, want %v", name, order, size, got, want)
				}
				backward := follow(t, fetch, Page{Limit: size, Backward: true})
				if !slices.Equal(backward, want) {
					t.Errorf("%s %+v backward by %d: got %v, want %v", name, order, size, backward, want)
				}
			}
			list, err := fetch(Page{Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if count, err := list.Count(t.Context()); count != len(want) || err != nil {
				t.Errorf("%s: the count is %d, %v; want %d", name, count, err, len(want))
			}
		}
	}
}

// follow reads a list page by page and returns the slugs in the order of the list.
func follow(t *testing.T, fetch func(Page) (*List[Meeting], error), p Page) []string {
	t.Helper()
	slugs := []string{}
	for {
		list, err := fetch(p)
		if err != nil {
			t.Fatal(err)
		}
		var page []string
		for _, item := range list.Items {
			page = append(page, item.Row.Slug)
		}
		if p.Backward {
			slugs = append(page, slugs...)
		} else {
			slugs = append(slugs, page...)
		}
		switch {
		case p.Backward && list.HasPrevious:
			p.Before = &list.Items[0].Position
		case !p.Backward && list.HasNext:
			p.After = &list.Items[len(list.Items)-1].Position
		default:
			return slugs
		}
	}
}

func TestMeetingFilters(t *testing.T) {
	store := build(t, func(w *Writer) error {
		meeting := func(slug, kind string, starts, ends Date) error {
			return w.AddMeeting(NewMeeting{Slug: slug, Kind: kind, Title: slug, StartsOn: starts, EndsOn: ends, Sources: []string{"b"}})
		}
		return errors.Join(ground(w), w.AddOfficial("x", "X", nil, nil), w.AddOfficial("y", "Y", nil, nil),
			w.AddCorridor(NewCorridor{Slug: "road", Name: "Road", Source: "b"}),
			meeting("m1", "visit", "2023", ""), meeting("m2", "visit", "2023-06", ""), meeting("m3", "summit", "2023-06-25", "2023-07-02"),
			w.AddParticipation("m1", "x", "AAA", "", nil), w.AddParticipation("m2", "x", "AAA", "", nil),
			w.AddParticipation("m2", "y", "BBB", "", nil), w.AddParticipation("m3", "y", "BBB", "", nil),
			w.AddTopic("m3", KindCorridor, "road", []NewClaim{{Source: "b", Stance: "asserts"}}),
			w.AddTopic("m2", KindCountry, "CCC", []NewClaim{{Source: "b", Stance: "asserts"}}))
	})
	overlaps := func(since, until *Date) *DateFilter {
		return &DateFilter{Overlaps: &DateRange{since, until}}
	}
	within := func(since, until *Date) *DateFilter { return &DateFilter{Within: &DateRange{since, until}} }
	day := func(d Date) *Date { return &d }
	for _, c := range []struct {
		name   string
		filter MeetingFilter
		want   string // or the beginning of the error
	}{
		{"nothing asked", MeetingFilter{}, "m1 m2 m3"},
		{"kind", MeetingFilter{Kinds: []string{"summit"}}, "m3"},
		{"no kind", MeetingFilter{Kinds: []string{}}, ""},
		{"a country", MeetingFilter{Countries: []string{"AAA"}}, "m1 m2"},
		{"by alpha-2 and numeric", MeetingFilter{Countries: []string{"AA", "002"}}, "m2"},
		{"either country", MeetingFilter{AnyCountry: []string{"AAA", "BBB"}}, "m1 m2 m3"},
		{"no country of none", MeetingFilter{AnyCountry: []string{}}, ""},
		{"all of no countries", MeetingFilter{Countries: []string{}}, "m1 m2 m3"},
		{"both officials", MeetingFilter{Officials: []string{"official:x", "official:y"}}, "m2"},
		{"nobody", MeetingFilter{Officials: []string{"official:nobody"}}, ""},
		{"topics", MeetingFilter{Topics: []string{"corridor:road", "country:CCC"}}, "m2 m3"},
		{"may have been on a day", MeetingFilter{During: overlaps(day("2023-06-28"), day("2023-06-28"))}, "m1 m2 m3"},
		{"may have been in July", MeetingFilter{During: overlaps(day("2023-07"), day("2023-07"))}, "m1 m3"},
		{"was certainly in June", MeetingFilter{During: within(day("2023-06"), day("2023-06"))}, "m2"},
		{"was certainly in 2023", MeetingFilter{During: within(day("2023"), day("2023"))}, "m1 m2 m3"},
		{"from a day on", MeetingFilter{During: within(day("2023-06-02"), nil)}, "m3"},
		{"until a month is until its end", MeetingFilter{During: overlaps(nil, day("2023-05"))}, "m1"},
		{"unknown code", MeetingFilter{Countries: []string{"XX"}}, `countries: "XX" is no country code here.`},
		{"another kind of id", MeetingFilter{Officials: []string{"country:AAA"}}, `officials: "country:AAA" is of kind "country". Give ids of these kinds: official.`},
		{"no id", MeetingFilter{Topics: []string{"road"}}, `topics: id "road": an id is`},
		{"no topic", MeetingFilter{Topics: []string{"official:x"}}, `topics: "official:x" is of kind "official". Give ids of these kinds: issue, corridor`},
		{"a code in any case", MeetingFilter{Countries: []string{"aaa"}}, "m1 m2"},
		{"reversed", MeetingFilter{During: within(day("2024"), day("2023"))}, `during: since "2024" is after until "2023".`},
		{"both logics", MeetingFilter{During: &DateFilter{&DateRange{}, &DateRange{}}}, "during: give exactly one"},
	} {
		list, err := store.Meetings(t.Context(), c.filter, Order{Field: "name", Direction: "asc"}, Page{Limit: 9})
		var got string
		if err != nil {
			if got = err.Error(); c.want != "" && strings.HasPrefix(got, c.want) {
				continue
			}
		} else {
			var slugs []string
			for _, item := range list.Items {
				slugs = append(slugs, item.Row.Slug)
			}
			got = strings.Join(slugs, " ")
			if count, err := list.Count(t.Context()); count != len(slugs) || err != nil {
				t.Errorf("%s: the count is %d, %v", c.name, count, err)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Two orders of one list below one row are two lists.
func TestOrdersOfOneRowStayApart(t *testing.T) {
	store := build(t, meetings(9))
	nodes, err := store.Nodes(t.Context(), []string{"country:AAA"})
	if err != nil {
		t.Fatal(err)
	}
	var first []string
	for _, direction := range []string{"asc", "desc"} {
		list, err := MeetingsOf(t.Context(), nodes[0].(AnyEntity), MeetingFilter{}, Order{Direction: direction}, Page{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		first = append(first, list.Items[0].Row.Slug)
	}
	if want := []string{"m000", "m008"}; !slices.Equal(first, want) {
		t.Errorf("got %v, want %v", first, want)
	}
}

// However long a list, a relation of its rows costs one statement.
func TestRelationsCostOneStatement(t *testing.T) {
	for _, n := range []int{1, 60} {
		store := build(t, meetings(n))
		ctx, statements := CountStatements(t.Context())
		check := func(what string, want int64, err error) {
			t.Helper()
			if got := statements.Swap(0); got != want || err != nil {
				t.Errorf("%s of %d meetings: %d statements, want %d, %v", what, n, got, want, err)
			}
		}
		list, err := store.Meetings(ctx, MeetingFilter{}, Order{}, Page{Limit: 100})
		check("list", 1, err)
		var rows []*Participation
		for _, item := range list.Items {
			participants, err := Participants(ctx, item.Row, ParticipationFilter{}, Page{Limit: 5})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range participants.Items {
				rows = append(rows, p.Row)
			}
		}
		check("participants", 1, nil)
		if len(rows) != 2*n {
			t.Errorf("%d participants, want %d", len(rows), 2*n)
		}
		for _, p := range rows {
			if o, err := p.Official(ctx); o == nil || err != nil {
				t.Fatal(err)
			}
		}
		check("officials, who came with them", 0, nil)
		for _, p := range rows {
			if claims, err := p.Claims(ctx); len(claims) != 1 || claims[0].Basis != "whole" || err != nil {
				t.Fatalf("%v, %v", claims, err)
			}
			if sources, err := p.Sources(ctx); len(sources) != 1 || err != nil {
				t.Fatal(err)
			}
		}
		check("claims and sources", 1, nil)
		for _, item := range list.Items {
			if d, err := item.Row.StartsOn().Disputed(ctx); d || err != nil {
				t.Fatal(err)
			}
			if claims, err := item.Row.StartsOn().Claims(ctx); len(claims) != 1 || err != nil {
				t.Fatal(err)
			}
		}
		check("dates", 1, nil)
		for _, item := range list.Items {
			topics, err := Topics(ctx, item.Row, TopicFilter{}, Page{Limit: 5})
			if err != nil {
				t.Fatal(err)
			}
			if topic, err := topics.Items[0].Row.Topic(ctx); topic == nil || err != nil {
				t.Fatal(err)
			}
		}
		check("topics, and what they are from memory", 1, nil)
	}
}

func TestTenureHeldThatDay(t *testing.T) {
	type tenure struct {
		title        string
		since, until Date
	}
	for _, c := range []struct {
		name    string
		tenures []tenure
		want    string
	}{
		{"none", nil, ""},
		{"certain", []tenure{{"minister", "2020", OpenEnd}}, "minister"},
		{"not yet", []tenure{{"minister", "2023-07", OpenEnd}}, ""},
		{"over", []tenure{{"minister", "2020", "2023-05"}}, ""},
		{"the one that began last", []tenure{{"minister", "2020", OpenEnd}, {"chair", "2022", OpenEnd}}, "chair"},
		{"certain before possible", []tenure{{"minister", "2020", OpenEnd}, {"chair", "", ""}}, "minister"},
		{"only one possible", []tenure{{"minister", "", ""}}, "minister"},
		{"one of two possible: unknown", []tenure{{"minister", "", ""}, {"chair", "", ""}}, ""},
		{"certainly begun, end unknown", []tenure{{"chair", "2021", ""}, {"minister", "2022", ""}, {"envoy", "", ""}}, "minister"},
		{"held for certain before begun for certain", []tenure{{"minister", "2021", OpenEnd}, {"chair", "2022", ""}}, "minister"},
		{"perhaps from that year on", []tenure{{"minister", "2023", OpenEnd}}, "minister"},
	} {
		store := build(t, func(w *Writer) error {
			errs := []error{
				ground(w), w.AddOfficial("x", "X", nil, nil),
				w.AddMeeting(NewMeeting{Slug: "m", Kind: "visit", Title: "M", StartsOn: "2023-06-25", Sources: []string{"b"}}),
				w.AddParticipation("m", "x", "AAA", "", nil),
			}
			for _, n := range c.tenures {
				errs = append(errs, w.AddTenure("x", "AAA", n.title, 1, []NewClaim{{Source: "b", Stance: "asserts", Since: n.since, Until: n.until}}))
			}
			return errors.Join(errs...)
		})
		nodes, err := store.Nodes(t.Context(), []string{"meeting:m"})
		if err != nil {
			t.Fatal(err)
		}
		list, err := Participants(t.Context(), nodes[0].(*Meeting), ParticipationFilter{}, Page{Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		held, err := list.Items[0].Row.Tenure(t.Context())
		got := ""
		if held != nil {
			got = held.Title
		}
		if got != c.want || err != nil {
			t.Errorf("%s: got %q, want %q, %v", c.name, got, c.want, err)
		}
	}
}

// A failed build leaves what was there, and nothing else.
func TestBuildIsWholeOrNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "odd ?#% name.db")
	if _, err := Build(t.Context(), path, Release{Hash: "old"}, ground); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for name, fill := range map[string]func(*Writer) error{
		"an error":         func(w *Writer) error { return errors.Join(ground(w), broken) },
		"an unknown voice": func(w *Writer) error { return w.AddPublisher(NewPublisher{Slug: "p", Name: "P", Voice: "nobody"}) },
		"an impossible value": func(w *Writer) error {
			return w.AddCountry(NewCountry{Code: "AAA", Alpha2: "AAA", Numeric: "1", Name: "A"})
		},
		"a source that is not there": func(w *Writer) error {
			return errors.Join(ground(w), w.AddIssue(NewIssue{Slug: "i", Kind: "k", Title: "T", Source: "nowhere"}))
		},
	} {
		if _, err := Build(t.Context(), path, Release{Hash: "new"}, fill); err == nil {
			t.Errorf("%s: it was built", name)
		}
		after, err := os.ReadFile(path)
		if err != nil || string(after) != string(before) {
			t.Errorf("%s: the old release changed, %v", name, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, "*.tmp"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := Build(t.Context(), path, Release{Hash: "new"}, ground); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if store.Release().Hash != "new" {
		t.Errorf("the release is %q", store.Release().Hash)
	}
}

// Whatever builds start together, one builds and the others find its release.
func TestBuildsOfOnePathWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	var builds, fills atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			built, err := Build(t.Context(), path, Release{Hash: "1"}, func(w *Writer) error {
				fills.Add(1)
				return ground(w)
			})
			if err != nil {
				t.Error(err)
			}
			if built {
				builds.Add(1)
			}
		})
	}
	group.Wait()
	if builds.Load() != 1 || fills.Load() != 1 {
		t.Errorf("%d builds, %d fills; want 1", builds.Load(), fills.Load())
	}
}

// A build that waits for another gives up with its context.
func TestBuildWaitsNoLongerThanItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	lock, err := lockFile(t.Context(), path+".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := Build(ctx, path, Release{}, ground); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// What a killed build left is removed by the next.
func TestBuildRemovesWhatWasLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	left := path + ".123.tmp"
	if err := os.WriteFile(left, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), path, Release{}, ground); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there, %v", err)
	}
}

func TestOpenRefusesWhatItCannotServe(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	if _, err := Build(t.Context(), good, Release{Hash: "1"}, meetings(40)); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(path string) error{
		"it is missing": os.Remove,
		"it is empty":   func(path string) error { return os.Truncate(path, 0) },
		"it is cut":     func(path string) error { return os.Truncate(path, int64(len(content)/2)) },
		"it is something else": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("no database\n", 400)), 0o644)
		},
		"it was not finished":   statement(`pragma user_version = 0`),
		"it has another schema": statement(`update release set value = 'x' where key = 'schema'`),
		"a reference is broken": statement(`update participation set country = 999 where fact = (select min(fact) from participation)`),
		"a page is overwritten": func(path string) error {
			damaged := slices.Clone(content)
			for i := len(damaged) / 2; i < len(damaged)/2+8192; i++ {
				damaged[i] = 0xff
			}
			return os.WriteFile(path, damaged, 0o644)
		},
	} {
		path := filepath.Join(t.TempDir(), "spoilt.db")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := spoil(path); err != nil {
			t.Fatal(name, err)
		}
		store, err := Open(t.Context(), path)
		if !errors.Is(err, ErrNoRelease) {
			t.Errorf("%s: got %v", name, err)
		}
		if store != nil {
			store.Close()
		}
	}
}

// statement runs SQL in the file at a path.
func statement(text string) func(path string) error {
	return func(path string) error {
		handle, err := sql.Open("sqlite3", dsn(path, ""))
		if err != nil {
			return err
		}
		defer handle.Close()
		_, err = handle.Exec(text)
		return err
	}
}

func TestServedFileCannotBeWritten(t *testing.T) {
	store := build(t, ground)
	if _, err := store.ro.ExecContext(t.Context(), `delete from claim`); err == nil {
		t.Error("a row was deleted")
	}
}

// The migrations lead up, down to an empty file, and up to the same tables again.
func TestMigrationsUpDownUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	tables := func() string {
		handle, err := sql.Open("sqlite3", dsn(path, ""))
		if err != nil {
			t.Fatal(err)
		}
		defer handle.Close()
		var text string
		if err := handle.QueryRow(`select coalesce(group_concat(sql, char(10)), '') from
			(select sql from sqlite_master where sql is not null and tbl_name <> 'schema_migrations' order by name)`).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	m, err := migrator(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Up(); err != nil {
		t.Fatal(err)
	}
	up := tables()
	if err := m.Down(); err != nil {
		t.Fatal(err)
	}
	if down := tables(); down != "" {
		t.Errorf("left after down: %s", down)
	}
	if err := m.Up(); err != nil {
		t.Fatal(err)
	}
	if again := tables(); again != up || !strings.Contains(up, "CREATE TABLE claim") {
		t.Errorf("the second up differs from the first:\n%s\n---\n%s", up, again)
	}
}

// A deadline ends a statement, and the store goes on.
func TestContextInterrupts(t *testing.T) {
	store := build(t, meetings(3))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Meetings(ctx, MeetingFilter{}, Order{}, Page{Limit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := store.Meetings(t.Context(), MeetingFilter{}, Order{}, Page{Limit: 1}); err != nil {
		t.Error(err)
	}
}

// What killed builds left is removed, and nothing else, whatever the folder is called.
func TestBuildRemovesItsOwnLeftovers(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "x[1")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"readout.db.123.tmp", "readout.db.old.123.tmp", "other.db.123.tmp"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Build(t.Context(), filepath.Join(folder, "readout.db"), Release{Name: "test", Hash: "0"}, ground); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	var names []string
	for _, file := range files {
		names = append(names, file.Name())
	}
	if want := []string{"other.db.123.tmp", "readout.db", "readout.db.lock", "readout.db.old.123.tmp"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("there are %q, %v; want %q", names, err, want)
	}
}
