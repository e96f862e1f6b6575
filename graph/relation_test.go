package graph_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// dyads are pairs of countries: two that met often, and others at random.
func (d *trial) dyads(n int) (dyads [][2]string) {
	dyads = append(dyads, [2]string{"AZE", "IRN"}, [2]string{"IRN", "ARM"}, [2]string{"AND", "NRU"})
	for len(dyads) < n {
		a, b := pick(d, d.column("participation", "country")), pick(d, d.column("membership", "country"))
		if a != b {
			dyads = append(dyads, [2]string{a, b})
		}
	}
	return dyads
}

// relation asks for a field of a dyad under a filter.
func (d *trial) relation(t *testing.T, dyad [2]string, input string, f object, selection string, into any) {
	t.Helper()
	parent := struct{ Relation any }{into}
	declared := ""
	if input != "" {
		declared = "($f: " + input + ")"
	}
	answer(t, dataset(t), fmt.Sprintf("query Q%s { relation(between: [%q, %q]) { %s } }", declared, dyad[0], dyad[1], selection), map[string]any{"f": f}, &parent)
}

// both are the meetings that match and that both took part in.
func (d *trial) both(dyad [2]string, f object) (list []*entry) {
	for _, m := range meetingsOfBoth(d.record, &entry{relates: dyad[:]}) {
		if d.meetingMatches(m, f) {
			list = append(list, m)
		}
	}
	return list
}

// Who met whom: every pair with the meetings that both took part in, most often
// first, then who met last.
func TestPairsByBruteForce(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	for i, dyad := range d.dyads(20) {
		f := object{}
		if i > 2 {
			f = d.filter("MeetingFilter", 2)
		}
		type met struct{ dates []string }
		pairs := map[string]*met{}
		for _, m := range d.both(dyad, f) {
			for _, p := range d.of("participation", "meeting", m.slug) {
				for _, q := range d.of("participation", "meeting", m.slug) {
					if p.row["country"] == dyad[0] && q.row["country"] == dyad[1] {
						key := p.row["official"] + " " + q.row["official"]
						if pairs[key] == nil {
							pairs[key] = new(met)
						}
						pairs[key].dates = append(pairs[key].dates, firstDay(m.row["starts_on"]))
					}
				}
			}
		}
		var want, got []string
		for key, p := range pairs {
			want = append(want, fmt.Sprintf("%s %d %s %s", key, len(p.dates), slices.Min(p.dates), slices.Max(p.dates)))
		}
		var data struct {
			Pairs []struct {
				Officials         []struct{ Slug string }
				Meetings          int
				FirstMet, LastMet struct{ Earliest string }
			}
		}
		d.relation(t, dyad, "MeetingFilter", f, "pairs(filter: $f, first: 100) { officials { slug } meetings firstMet { earliest } lastMet { earliest } }", &data)
		for j, p := range data.Pairs {
			got = append(got, fmt.Sprintf("%s %s %d %s %s", p.Officials[0].Slug, p.Officials[1].Slug, p.Meetings, p.FirstMet.Earliest, p.LastMet.Earliest))
			if j > 0 {
				before := data.Pairs[j-1]
				if cmp.Or(p.Meetings-before.Meetings, strings.Compare(p.LastMet.Earliest, before.LastMet.Earliest)) > 0 {
					t.Errorf("%v: %s after %s", dyad, got[j], got[j-1])
				}
			}
		}
		if len(want) > 100 {
			t.Fatalf("%v has %d pairs; the test looks at 100", dyad, len(want))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%v, filter %s:\ngot  %v\nwant %v", dyad, mustJSON(f), got, want)
		}
		if i == 0 && len(want) < 10 {
			t.Errorf("%v has only %d pairs", dyad, len(want))
		}
	}
}

// Gaps are the runs of days, from the first to the last of the meetings of either,
// on which no meeting of both can have been.
func TestGapsByBruteForce(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	day := func(date string) int {
		at, _ := time.Parse(time.DateOnly, date)
		return int(at.Unix() / 86400)
	}
	date := func(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }
	ends := func(m *entry) string { return lastDay(cmp.Or(m.row["ends_on"], m.row["starts_on"])) }
	coarse := 0 // meetings known only to the month or year that were looked at
	for i, dyad := range d.dyads(16) {
		f := object{}
		if i > 2 {
			f = d.filter("MeetingFilter", 2)
		}
		since, until := 1<<30, -1<<30
		for _, country := range dyad {
			for _, m := range d.mentions["country:"+country] {
				since, until = min(since, day(firstDay(m.row["starts_on"]))), max(until, day(ends(m)))
			}
		}
		contact := map[int]bool{}
		starting, ending := map[int][]string{}, map[int][]string{}
		for _, m := range d.both(dyad, f) {
			first, last := day(firstDay(m.row["starts_on"])), day(ends(m))
			for on := first; on <= last; on++ {
				contact[on] = true
			}
			if len(m.row["starts_on"]) < 10 {
				coarse++
			}
			starting[first] = append(starting[first], m.slug)
			ending[last] = append(ending[last], m.slug)
		}
		var want []string
		for on := since; on <= until; on++ {
			if first := on; !contact[on] {
				for on < until && !contact[on+1] {
					on++
				}
				want = append(want, fmt.Sprint(date(first), " ", date(on), " ", on-first+1))
			}
		}

		var data struct {
			Gaps []struct {
				Since, Until  struct{ Value string }
				Days          int
				After, Before *struct{ Slug string }
			}
		}
		d.relation(t, dyad, "MeetingFilter", f, "gaps(filter: $f, first: 100) { since { value } until { value } days after { slug } before { slug } }", &data)
		var got []string
		for j, g := range data.Gaps {
			got = append(got, fmt.Sprint(g.Since.Value, " ", g.Until.Value, " ", g.Days))
			if j > 0 && g.Days > data.Gaps[j-1].Days {
				t.Errorf("%v: %s after %s", dyad, got[j], got[j-1])
			}
			// Null: the record begins or ends there.
			from, to := day(g.Since.Value), day(g.Until.Value)
			if g.After == nil && from != since || g.After != nil && !slices.Contains(ending[from-1], g.After.Slug) {
				t.Errorf("%v: the gap %s follows %v, want one of %v", dyad, got[j], g.After, ending[from-1])
			}
			if g.Before == nil && to != until || g.Before != nil && !slices.Contains(starting[to+1], g.Before.Slug) {
				t.Errorf("%v: the gap %s goes before %v, want one of %v", dyad, got[j], g.Before, starting[to+1])
			}
		}
		slices.Sort(got)
		if len(want) > 100 {
			t.Fatalf("%v has %d gaps; the test looks at 100", dyad, len(want))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, filter %s:\ngot  %v\nwant %v", dyad, mustJSON(f), got, want)
		}
	}
	if coarse == 0 {
		t.Error("no meeting known only to the month or year was looked at")
	}
}

// Issues that both are parties to, by title, with the part of each.
func TestSharedIssuesByBruteForce(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	for i, dyad := range d.dyads(20) {
		f := object{}
		if i > 2 {
			f = d.filter("IssueFilter", 2)
		}
		var shared []*entry
		for _, issue := range d.kinds["issue"] {
			if d.issueMatches(issue, f) && d.issueMatches(issue, object{"countries": toAny(dyad[:])}) {
				shared = append(shared, issue)
			}
		}
		var want, got []string
		for _, issue := range d.sorted(shared, "NAME", false, nil) {
			line := issue.slug
			for _, country := range dyad {
				for _, p := range d.of("party", "issue", issue.slug) {
					if p.row["country"] == country {
						line += " " + country + " " + enum(p.role)
					}
				}
			}
			want = append(want, line)
		}
		var data struct {
			Issues []struct {
				Issue   struct{ Slug string }
				Parties []struct {
					Country struct{ Code string }
					Role    string
				}
			}
		}
		d.relation(t, dyad, "IssueFilter", f, "issues(filter: $f) { issue { slug } parties { country { code } role } }", &data)
		for _, s := range data.Issues {
			line := s.Issue.Slug
			for _, p := range s.Parties {
				line += " " + p.Country.Code + " " + p.Role
			}
			got = append(got, line)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, filter %s:\ngot  %v\nwant %v", dyad, mustJSON(f), got, want)
		}
		if i == 0 && len(want) < 10 {
			t.Errorf("%v share only %d issues", dyad, len(want))
		}
	}
}

// Corridors and organizations that both belong or belonged to, by name, with the
// memberships in the order of the countries. On a day they are those of which each
// lists a membership that holds; tests of the day say which these are.
func TestSharedBodiesByBruteForce(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	for i, dyad := range d.dyads(9) {
		for _, day := range []string{"", "1995-06", "2004-12-31", "2024-01-01"} {
			mine := map[string][]string{} // by country
			on := ""
			for _, country := range dyad {
				if day == "" {
					for _, m := range d.of("membership", "country", country) {
						mine[country] = append(mine[country], bodyOf(m)+" "+m.row["spell"]+" ")
					}
					continue
				}
				on = ", asOf: " + fmt.Sprintf("%q", day)
				var data struct {
					Country struct {
						Memberships struct {
							Edges []struct {
								Node  struct{ ID string }
								Spell int
								Holds string
							}
						}
					}
				}
				answer(t, dataset(t), fmt.Sprintf("query Q { country(by: {code: %q}) { memberships(first: 100%s) { edges { node { ... on Node { id } } spell holds } } } }", country, on), nil, &data)
				for _, m := range data.Country.Memberships.Edges {
					mine[country] = append(mine[country], fmt.Sprint(m.Node.ID, " ", m.Spell, " ", m.Holds))
				}
			}
			for field, kind := range map[string]string{"corridors": "corridor", "organizations": "organization"} {
				var shared []*entry
				for _, b := range d.kinds[kind] {
					with := func(m string) bool { return strings.HasPrefix(m, b.id+" ") }
					if some(mine[dyad[0]], with) && some(mine[dyad[1]], with) {
						shared = append(shared, b)
					}
				}
				var want, got []string
				for _, b := range d.sorted(shared, "NAME", false, nil) {
					line := b.id
					for _, country := range dyad {
						slices.Sort(mine[country])
						for _, m := range mine[country] {
							if rest, is := strings.CutPrefix(m, b.id+" "); is {
								line += "; " + country + " " + rest
							}
						}
					}
					want = append(want, line)
				}
				var data struct {
					Relation struct {
						Bodies []struct {
							Body        struct{ Slug string }
							Memberships []struct {
								Country struct{ Code string }
								Spell   int
								Holds   string
							}
						}
					}
				}
				answer(t, dataset(t), fmt.Sprintf("query Q { relation(between: [%q, %q]%s) { bodies: %s { body: %s { slug } memberships { country { code } spell holds } } } }",
					dyad[0], dyad[1], on, field, kind), nil, &data)
				for _, s := range data.Relation.Bodies {
					line := kind + ":" + s.Body.Slug
					for _, m := range s.Memberships {
						line += fmt.Sprintf("; %s %d %s", m.Country.Code, m.Spell, m.Holds)
					}
					got = append(got, line)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%v on %q: %s\ngot  %v\nwant %v", dyad, day, field, got, want)
				}
				if i == 0 && day == "" && len(want) < 3 {
					t.Errorf("%v share only %d %s", dyad, len(want), field)
				}
			}
		}
	}
}
