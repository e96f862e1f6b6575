package seeds_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"readout/seeds"
)

// findings returns what is odd in a package, a line each.
func findings(t *testing.T, files fs.FS) (lines []string) {
	t.Helper()
	list, err := seeds.Findings(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		lines = append(lines, f.String())
	}
	return lines
}

// Each kind of finding names the rows that it is about.
func TestFindingsNameTheirRows(t *testing.T) {
	before := []string{
		"tenures.csv:2, sources.csv:5: Hossein Amirabdollahian as Minister of Foreign Affairs of IRN until 2024-05-19, says a source of 2021-08-25",
		"tenures.csv:3, sources.csv:7: Hossein Amirabdollahian as Minister of Foreign Affairs of IRN until 2024-05-19, says a source of 2022-07-25",
	}
	if got := findings(t, small(t)); !slices.Equal(got, before) {
		t.Fatalf("before: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(before, "\n"))
	}
	for _, c := range []struct {
		name string
		edit
		want []string // what comes with the edit
	}{
		{
			"a participant of another country",
			edit{"participants.csv", "2023-06-25-amirabdollahian-bayramov-call,jeyhun-bayramov,AZE", "2023-06-25-amirabdollahian-bayramov-call,jeyhun-bayramov,IRN"},
			[]string{
				"participants.csv:5, tenures.csv:4, tenures.csv:5, tenures.csv:6: Jeyhun Bayramov takes part for IRN on 2023-06-25, which no post covers: " +
					"Minister of Education of AZE 2018-04-23 to 2020-07-16; Minister of Foreign Affairs of AZE 2020-07-16 to ?",
				"meetings.csv:3, participants.csv:4, participants.csv:5: a meeting of kind phone-call with participants of IRN only",
			},
		},
		{
			"a membership of the future",
			edit{"corridor_members.csv", ",member,2004-12,", ",member,2004-12-03,"},
			[]string{"corridor_members.csv:2, sources.csv:12: Azerbaijan in International North-South Transport Corridor since 2004-12-03, says a source of 2004-12-02"},
		},
		{
			"a meeting in the month of the other",
			edit{"meetings.csv", ",2021-10-23,", ",2023-06,"},
			[]string{
				"meetings.csv:2, meetings.csv:3: two meetings of kind phone-call with the same participants, on 2023-06 and 2023-06-25",
				"meeting_sources.csv:2, meetings.csv:2, sources.csv:19: an account of 2021-10-24 of a meeting on 2023-06",
			},
		},
		{
			"a statement of the week before",
			edit{"statements.csv", "hossein-amirabdollahian,2023-06-25,He gave", "hossein-amirabdollahian,2023-06-18,He gave"},
			[]string{"statements.csv:4, meetings.csv:3: said on 2023-06-18 in a meeting of 2023-06-25"},
		},
		{
			"a statement on another subject",
			edit{"statements.csv", "sped up.,,,instc,,", "sped up.,IRN,,,,"},
			[]string{"statements.csv:4, meetings.csv:3: said about the country IRN, which is no topic of 2023-06-25-amirabdollahian-bayramov-call"},
		},
		{
			"a second minister",
			edit{"tenures.csv", "jeyhun-bayramov,AZE,Minister of Education", "hossein-amirabdollahian,AZE,Minister of Foreign Affairs,1,2020-07,2022-08,asserts,turan-2020-07-16-bayramov,,\njeyhun-bayramov,AZE,Minister of Education"},
			[]string{
				"tenures.csv:4, sources.csv:20: Hossein Amirabdollahian as Minister of Foreign Affairs of AZE until 2022-08, says a source of 2020-07-16",
				"tenures.csv:4, tenures.csv:6, tenures.csv:7: Hossein Amirabdollahian and Jeyhun Bayramov are both Minister of Foreign Affairs of AZE from 2020-07-31 to 2022-07-19",
			},
		},
		{
			"a source",
			edit{"sources.csv", "\nworldwizzy-eco", "\nwho,abna24,Who,,https://example.org/,en\nworldwizzy-eco"},
			[]string{"sources.csv:21: nothing cites who"},
		},
	} {
		files := small(t)
		c.apply(t, files)
		var got []string
		for _, line := range findings(t, files) {
			if !slices.Contains(before, line) {
				got = append(got, line)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestFindingsOfABrokenPackage(t *testing.T) {
	files := small(t)
	edit{"meetings.csv", ",2023-06-25,", ",2023-06-26,"}.apply(t, files) // which only loading finds
	var problems seeds.Problems
	if list, err := seeds.Findings(t.Context(), files); list != nil || !errors.As(err, &problems) {
		t.Errorf("got %v, %v; want Problems", list, err)
	}
}

// What is found in the dataset is there: no finding lacks rows, or leads to none.
func TestEmbeddedFindingsHaveLines(t *testing.T) {
	list, err := seeds.Findings(t.Context(), seeds.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if len(f.Rows) == 0 || slices.ContainsFunc(f.Rows, func(r seeds.Place) bool { return r.Line < 2 }) {
			t.Errorf("%s: %s", f.Kind, f)
		}
	}
}

// Line leads from each key to its row, and from the beginning of a key to the first.
func TestLine(t *testing.T) {
	files := small(t)
	edit{"tenures.csv", "Start is the", "Start\nis the"}.apply(t, files) // a row of two lines
	p, err := seeds.Check(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want  int
		table string
		key   []string
	}{
		{2, "tenures", []string{"hossein-amirabdollahian", "IRN", "Minister of Foreign Affairs", "1", "dw-2021-08-25-cabinet"}},
		{4, "tenures", []string{"hossein-amirabdollahian", "IRN", "Minister of Foreign Affairs", "1", "ep-iran-ministers"}},
		{6, "tenures", []string{"jeyhun-bayramov", "AZE", "Minister of Foreign Affairs", "1"}},
		{5, "tenures", []string{"jeyhun-bayramov"}},
		{3, "meetings", []string{"2023-06-25-amirabdollahian-bayramov-call"}},
		{5, "participants", []string{"2023-06-25-amirabdollahian-bayramov-call", "jeyhun-bayramov"}},
		{0, "participants", []string{"2023-06-25-amirabdollahian-bayramov-call", "jeyhun"}},
		{0, "meetings", []string{""}},
	} {
		if got := p.Line(c.table, c.key...); got != c.want {
			t.Errorf("%s %q is on line %d, want %d", c.table, c.key, got, c.want)
		}
	}
}
