package db

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The brute force that answers for a day are compared with. It knows no bounds and
// compares no dates: it counts worlds. A world of a version is a day on which the fact
// began and a day on which it ended, both of them days that the version allows. The
// claims that agree with what the fact shows are one version; each other is its own.

// calendar is the days of five years, one of them a leap year, and the days of each
// month and year. Dates of claims and sources lie in the three years in the middle.
var calendar, daysOf = func() (days []Date, of map[Date][]int) {
	of = map[Date][]int{}
	for t := time.Date(2002, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() < 2007; t = t.AddDate(0, 0, 1) {
		day := t.Format(time.DateOnly)
		for _, length := range []int{len("2002"), len("2002-01"), len("2002-01-01")} {
			date := Date(day[:length])
			of[date] = append(of[date], len(days))
		}
		days = append(days, Date(day))
	}
	return days, of
}()

// after is a day after all of the calendar.
var after = len(calendar)

// evaluator tells how certainly facts held. Each of its fields bends it by so many days.
type evaluator struct{ start, end, published, attested, asked int }

// known is what there is to know of a fact.
type known struct {
	name         string
	claims       []NewClaim
	role         string
	since, until Date // that the API shows
	end          string
}

// history is what the worlds of a fact's versions say of each day.
type history struct {
	possible, certain []bool
	undated           []int // the first days of the versions whose start is not known
}

// history counts, for each version and day, the worlds in which the fact holds.
func (e evaluator) history(f known, publishedOn map[string]Date) history {
	h := history{possible: make([]bool, after), certain: make([]bool, after)}
	var together []NewClaim
	var versions [][]NewClaim
	never := after // the first day from which no version makes it certain
	for _, c := range f.claims {
		published := bend(daysOf[publishedOn[c.Source]], e.published)
		switch {
		case c.Stance == "asserts" && e.agrees(c, f, published):
			together = append(together, c)
		case c.Stance == "asserts":
			versions = append(versions, []NewClaim{c})
		case c.Stance == "omits" && len(published) > 0:
			never = min(never, published[0])
		default:
			never = 0
		}
	}
	if together != nil {
		versions = append(versions, together)
	} else {
		never = 0
	}
	for day := range h.certain {
		h.certain[day] = day < never
	}
	for _, claims := range versions {
		holds := make([]int, after+2) // first how many worlds more than on the day before
		total := 0
		starts, ends, undated := e.worlds(claims, len(together) > 0 && claims[0] == together[0], f, publishedOn)
		if undated {
			h.undated = append(h.undated, slices.Min(append(starts, after)))
		}
		for _, start := range starts {
			for _, end := range ends {
				if start <= end {
					total++
					holds[start]++
					holds[end+1]--
				}
			}
		}
		worlds := 0
		for day := range calendar {
			worlds += holds[day]
			h.possible[day] = h.possible[day] || worlds > 0
			h.certain[day] = h.certain[day] && total > 0 && worlds == total
		}
	}
	return h
}

// agrees tells whether all that c says goes with what the fact shows.
func (e evaluator) agrees(c NewClaim, f known, published []int) bool {
	common := func(a, b Date) bool {
		return slices.ContainsFunc(daysOf[a], func(day int) bool { return slices.Contains(daysOf[b], day) })
	}
	if c.Role != "" && c.Role != f.role || c.Since != "" && !common(c.Since, f.since) {
		return false
	}
	switch {
	case c.Until == "":
		return true
	case c.Until == OpenEnd && f.until == "":
		return f.end == "open"
	case c.Until == OpenEnd: // it went on when the source was published
		return len(published) == 0 || published[0]-e.published <= slices.Max(daysOf[f.until])
	}
	return common(c.Until, f.until) && (f.since == "" || meet(daysOf[f.since], daysOf[c.Until]))
}

// worlds returns the days on which the fact may have begun and ended, by a version.
func (e evaluator) worlds(claims []NewClaim, agreed bool, f known, publishedOn map[string]Date) (starts, ends []int, undated bool) {
	since, until := f.since, f.until
	if !agreed {
		c := claims[0]
		if c.Since != "" {
			since = c.Since
		}
		if c.Until != "" {
			until = c.Until
		}
		if len(daysOf[since]) > 0 && len(daysOf[until]) > 0 && !meet(daysOf[since], daysOf[until]) {
			since, until = c.Since, c.Until
		}
	}
	if len(daysOf[until]) > 0 {
		ends = bend(daysOf[until], e.end)
	} else {
		for day := range after + 1 { // on the first day of each publication, if not before, it had not ended
			if !slices.ContainsFunc(claims, func(c NewClaim) bool {
				published := bend(daysOf[publishedOn[c.Source]], e.published)
				return len(published) > 0 && day < published[0]
			}) {
				ends = append(ends, day)
			}
		}
	}
	if since != "" {
		return bend(daysOf[since], e.start), ends, false
	}
	starts = bend(e.firstAttested(claims, publishedOn), e.attested)
	if len(daysOf[until]) > 0 && !meet(starts, ends) {
		starts = ends
	}
	return starts, ends, true
}

// firstAttested returns the days that may be the first on which one of the claims was published.
func (e evaluator) firstAttested(claims []NewClaim, publishedOn map[string]Date) (days []int) {
	var publications [][]int
	for _, c := range claims {
		if on := publishedOn[c.Source]; on != "" {
			publications = append(publications, daysOf[on])
		}
	}
	for day := range calendar {
		onIt, before := false, false // may one be published that day; was one for certain before
		for _, publication := range publications {
			last := publication[len(publication)-1]
			onIt = onIt || publication[0] <= day && day <= last
			before = before || last < day
		}
		if onIt && !before {
			days = append(days, day)
		}
	}
	return days
}

// meet tells whether some start is not after some end.
func meet(starts, ends []int) bool {
	return slices.ContainsFunc(starts, func(start int) bool {
		return slices.ContainsFunc(ends, func(end int) bool { return start <= end })
	})
}

func bend(days []int, by int) []int {
	bent := make([]int, len(days))
	for i, day := range days {
		bent[i] = day + by
	}
	return bent
}

// holds tells with which certainty a fact of history h held on all days of a date; ""
// for not at all.
func (e evaluator) holds(h history, asked Date) string {
	certainly, possibly, unknown := true, false, false
	for _, day := range daysOf[asked] {
		day = min(max(day+e.asked, 0), after-1)
		certainly = certainly && h.certain[day]
		possibly = possibly || h.possible[day]
	}
	last := daysOf[asked][len(daysOf[asked])-1] + e.asked
	for _, first := range h.undated {
		unknown = unknown || first > last
	}
	switch {
	case certainly:
		return "certainly"
	case possibly:
		return "possibly"
	case unknown:
		return "unknown"
	}
	return ""
}

// world is a release of random facts.
type world struct {
	*rand.Rand
	publishedOn map[string]Date
	facts       map[string]*known
}

// date returns a random date; often one near the ends of months and years.
func (w *world) date() Date {
	years := calendar[365 : len(calendar)-365]
	day := years[w.IntN(len(years))]
	if w.IntN(4) == 0 {
		day = Date(fmt.Sprintf("%d-%s", 2003+w.IntN(3), []string{"01-01", "12-31", "02-28", "03-01"}[w.IntN(4)]))
	}
	return day[:[]int{4, 7, 10, 10}[w.IntN(4)]]
}

// claims returns one to four claims, none of which contradicts itself: those are not loaded.
func (w *world) claims() []NewClaim {
	claims := make([]NewClaim, 1+w.IntN(4))
	sources := slices.Sorted(maps.Keys(w.publishedOn))
	about := w.date()
	for i, n := range w.Perm(len(sources))[:len(claims)] {
		c := NewClaim{
			Source:    sources[n],
			Stance:    []string{"asserts", "asserts", "asserts", "asserts", "asserts", "asserts", "asserts", "denies", "omits"}[w.IntN(9)],
			Preferred: w.IntN(8) == 0,
		}
		if c.Stance == "asserts" {
			c.Role = []string{"member", "member", "observer", ""}[w.IntN(4)]
			switch w.IntN(5) {
			case 0, 1:
				c.Since = w.date()
			case 2: // so that claims agree at times
				c.Since = about[:min(len(about), []int{4, 7, 10}[w.IntN(3)])]
			}
			switch w.IntN(5) {
			case 0, 1:
				c.Until = w.date()
			case 2:
				c.Until = OpenEnd
			}
			if days := daysOf[c.Since]; len(days) > 1 && w.IntN(4) == 0 { // it ended in the month or year in which it began
				c.Until = calendar[days[w.IntN(len(days))]]
			}
			if c.Since != "" && c.Until.Known() && !meet(daysOf[c.Since], daysOf[c.Until]) {
				c.Since, c.Until = c.Until, c.Since
			}
		}
		claims[i] = c
	}
	return claims
}

// fill writes 110 countries in a corridor, half of them in an organization too, and 60 tenures.
func (w *world) fill(wr *Writer) error {
	var errs []error
	for i := range 24 {
		publisher := fmt.Sprintf("p%02d", i)
		voice := ""
		if i%3 == 1 {
			voice = fmt.Sprintf("p%02d", i-1)
		}
		source := fmt.Sprintf("s%02d", i)
		if i%6 != 0 {
			w.publishedOn[source] = w.date()
		} else {
			w.publishedOn[source] = ""
		}
		errs = append(errs, wr.AddPublisher(NewPublisher{Slug: publisher, Name: publisher, Voice: voice}),
			wr.AddSource(NewSource{
				Slug: source, Publisher: publisher, Title: source, URL: "https://example.org/" + source, Language: "en",
				PublishedOn: w.publishedOn[source],
			}))
	}
	fact := func(name string) []NewClaim {
		f := &known{name: name, claims: w.claims()}
		w.facts[name] = f
		return slices.Clone(f.claims)
	}
	errs = append(errs, wr.AddCorridor(NewCorridor{Slug: "road", Name: "Road", Source: "s01"}),
		wr.AddOrganization(NewOrganization{Slug: "club", Name: "Club", Source: "s01"}))
	for i := range 110 {
		code := fmt.Sprintf("%c%c%c", 'A'+i/26, 'A'+i%26, 'A'+i/26)
		errs = append(errs,
			wr.AddCountry(NewCountry{Code: code, Alpha2: code[:2], Numeric: fmt.Sprintf("%03d", i), Name: code, OfficialName: "State of " + code}),
			wr.AddMembership(KindCorridor, "road", code, 1, fact("road/"+code+"/1")))
		if i%2 == 0 {
			errs = append(errs, wr.AddMembership(KindOrganization, "club", code, 2, fact("club/"+code+"/2")))
		}
	}
	// Dates that touch in one day are rarely met by chance.
	errs = append(errs, wr.AddPublisher(NewPublisher{Slug: "p", Name: "P"}))
	for source, on := range map[string]Date{"first": "2004-01-01", "last": "2004-12-31"} {
		w.publishedOn[source] = on
		errs = append(errs, wr.AddSource(NewSource{
			Slug: source, Publisher: "p", Title: source, URL: "https://example.org/" + source, Language: "en", PublishedOn: on,
		}))
	}
	for i, claims := range [][]NewClaim{
		{{Source: "last", Stance: "asserts", Until: "2004"}},
		{{Source: "first", Stance: "asserts", Since: "2004-12-31"}, {Source: "last", Stance: "asserts", Until: "2004"}},
		{{Source: "first", Stance: "asserts", Until: "2004-01-01"}, {Source: "last", Stance: "asserts", Since: "2004"}},
	} {
		name := fmt.Sprintf("club/AAA/%d", 3+i)
		w.facts[name] = &known{name: name, claims: slices.Clone(claims)}
		errs = append(errs, wr.AddMembership(KindOrganization, "club", "AAA", 3+i, claims))
	}
	for i := range 10 {
		official := fmt.Sprintf("o%02d", i)
		errs = append(errs, wr.AddOfficial(official, official, nil, nil))
		for spell := 1; spell <= 6; spell++ {
			name := fmt.Sprintf("%s/AAA/%d", official, spell)
			claims := fact(name)
			for i := range claims { // a tenure has no role
				claims[i].Role, w.facts[name].claims[i].Role = "", ""
			}
			errs = append(errs, wr.AddTenure(official, "AAA", "minister", spell, claims))
		}
	}
	return errors.Join(errs...)
}

// dates returns what is asked for: every month and year, random days, and the days on
// either side of what claims and sources say.
func (w *world) dates() []Date {
	asked := map[Date]bool{}
	for date := range daysOf {
		if len(date) < len("2002-01-01") {
			asked[date] = true
		}
	}
	for range 30 {
		asked[calendar[w.IntN(len(calendar))]] = true
	}
	around := func(d Date) {
		if days := daysOf[d]; len(days) > 0 {
			for _, day := range []int{days[0] - 1, days[0], days[len(days)-1], days[len(days)-1] + 1} {
				asked[calendar[day]] = true
			}
		}
	}
	for _, d := range w.publishedOn {
		around(d)
	}
	for _, name := range slices.Sorted(maps.Keys(w.facts)) {
		claims := w.facts[name].claims
		if brief := strings.HasPrefix(string(claims[0].Until), string(claims[0].Since)+"-"); w.IntN(50) == 0 || brief && len(claims) == 1 {
			for _, c := range claims {
				around(c.Since)
				around(c.Until)
			}
		}
	}
	return slices.Sorted(maps.Keys(asked))
}

// read reads the facts of all lists with how certainly they held, by way of the named
// one of four: no day, the day of the field, that of the store, and both, of which the
// field's wins. Whatever several lists hold, they must tell alike.
func (w *world) read(t *testing.T, store *Store, way int, day Date, holds []string) (found map[string]*string, shown map[string]known) {
	t.Helper()
	ctx := t.Context()
	when := When{Day: day, Holds: holds}
	switch way {
	case 2:
		store, when.Day = store.At(day), ""
	case 3:
		store = store.At("2004-02-29")
	}
	found, shown = map[string]*string{}, map[string]known{}
	add := func(list string, name string, role, holds *string, s span) {
		before, seen := found[name]
		if seen && deref(before) != deref(holds) {
			t.Errorf("%s on %s: %q in one list, %q by %s", name, day, deref(before), deref(holds), list)
		}
		found[name] = holds
		shown[name] = known{role: deref(role), since: s.since, until: s.until, end: s.End()}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	page := Page{Limit: 1000}
	names := map[int64]string{}
	countries, err := store.Countries(ctx, CountryFilter{}, Order{}, page)
	check(err)
	for _, c := range countries.Items {
		names[c.Row.id] = c.Row.Slug
	}
	bodies, err := store.Nodes(ctx, []string{"corridor:road", "organization:club"})
	check(err)
	for _, body := range bodies {
		names[body.(AnyEntity).entity().id] = body.(AnyEntity).entity().Slug
	}
	membership := func(list string, m *Membership) {
		s := span{until: m.until}
		if m.Since() != nil {
			s.since = m.Since().Date
		}
		add(list, fmt.Sprintf("%s/%s/%d", names[m.body], names[m.country], m.Spell), m.Role, m.Holds, s)
	}
	for _, body := range bodies {
		members, err := Members(ctx, body.(AnyEntity), MembershipFilter{}, when, page)
		check(err)
		for _, m := range members.Items {
			membership("members", m.Row)
		}
	}
	inBodies := len(found)
	for _, c := range countries.Items {
		list, err := Memberships(ctx, c.Row, MembershipFilter{}, when, page)
		check(err)
		for _, m := range list.Items {
			membership("memberships", m.Row)
			inBodies--
		}
	}
	if inBodies != 0 {
		t.Errorf("on %s bodies have %d more members than countries have memberships", day, inBodies)
	}
	officials, err := store.Officials(ctx, OfficialFilter{}, Order{}, page)
	check(err)
	tenures := 0
	for _, o := range officials.Items {
		names[o.Row.id] = o.Row.Slug
		list, err := TenuresOfOfficial(ctx, o.Row, TenureFilter{}, when, page)
		check(err)
		for _, n := range list.Items {
			add("tenures of officials", fmt.Sprintf("%s/AAA/%d", o.Row.Slug, n.Row.Spell), nil, n.Row.Holds, n.Row.span)
			tenures++
		}
	}
	list, err := TenuresOfCountry(ctx, countries.Items[0].Row, TenureFilter{}, when, page)
	check(err)
	for _, n := range list.Items {
		add("tenures of a country", fmt.Sprintf("%s/AAA/%d", names[n.Row.official], n.Row.Spell), nil, n.Row.Holds, n.Row.span)
		tenures--
	}
	if tenures != 0 {
		t.Errorf("on %s officials have %d more tenures than their country", day, tenures)
	}
	return found, shown
}

// describe shows what there is to know of a fact.
func (w *world) describe(name string) string {
	f := w.facts[name]
	var text strings.Builder
	fmt.Fprintf(&text, "%s, shown from %q to %q (%s)", name, f.since, f.until, f.end)
	for _, c := range f.claims {
		fmt.Fprintf(&text, "\n\t%s of %q %s from %q to %q", c.Source, w.publishedOn[c.Source], c.Stance, c.Since, c.Until)
	}
	return text.String() + "\n"
}

var anyHolding = []string{"certainly", "possibly", "unknown"}

// What the store says of random facts on a day, in a month and in a year is what
// counting worlds says; and counting finds the difference when it is one day off.
func TestHoldingByBruteForce(t *testing.T) {
	bent := map[string]evaluator{
		"start a day later":       {start: 1},
		"start a day earlier":     {start: -1},
		"end a day later":         {end: 1},
		"end a day earlier":       {end: -1},
		"published a day later":   {published: 1},
		"published a day earlier": {published: -1},
		"attested a day later":    {attested: 1},
		"attested a day earlier":  {attested: -1},
		"asked for the day after": {asked: 1},
		"asked for a day before":  {asked: -1},
	}
	const seeds = 3
	var kinds [seeds]map[string]int // how many answers of each kind
	t.Run("seeds", func(t *testing.T) {
		for seed := range seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				w := &world{Rand: rand.New(rand.NewPCG(uint64(seed), 0)), publishedOn: map[string]Date{}, facts: map[string]*known{}}
				store := build(t, w.fill)
				held, shown := w.read(t, store, 0, "", nil)
				for name, f := range w.facts {
					if held[name] != nil {
						t.Errorf("%s: it held %s though no day was asked for", name, *held[name])
					}
					f.role, f.since, f.until, f.end = shown[name].role, shown[name].since, shown[name].until, shown[name].end
					if f.until == OpenEnd {
						f.until = ""
					}
				}
				if len(held) != len(w.facts) {
					t.Fatalf("%d facts of %d are found", len(held), len(w.facts))
				}

				answers := map[Date]map[string]*string{}
				for i, day := range w.dates() {
					answers[day], _ = w.read(t, store, 1+i%3, day, anyHolding)
				}
				// Each certainty is a part of the whole; not to name any is to ask for two of them.
				for i, day := range []Date{"2004-02", "2005-01-01"} {
					whole, _ := w.read(t, store, 1+i%3, day, anyHolding)
					for _, holds := range [][]string{nil, {}, {"certainly"}, {"possibly"}, {"unknown"}, {"certainly", "unknown"}} {
						wanted := holds
						if holds == nil {
							wanted = []string{"certainly", "possibly"}
						}
						want := map[string]string{}
						for name, held := range whole {
							if slices.Contains(wanted, *held) {
								want[name] = *held
							}
						}
						some, _ := w.read(t, store, 1+i%3, day, holds)
						got := map[string]string{}
						for name, held := range some {
							got[name] = deref(held)
						}
						if !maps.Equal(got, want) {
							t.Errorf("on %s asking for %q: got %d, want %d of %d", day, holds, len(got), len(want), len(whole))
						}
					}
				}

				// difference describes the first fact for which e gives other answers.
				difference := func(e evaluator) string {
					for _, name := range slices.Sorted(maps.Keys(w.facts)) {
						h := e.history(*w.facts[name], w.publishedOn)
						for _, day := range slices.Sorted(maps.Keys(answers)) {
							if got, want := deref(answers[day][name]), e.holds(h, day); got != want {
								return fmt.Sprintf("%s on %s: got %q, want %q", w.describe(name), day, got, want)
							}
						}
					}
					return ""
				}
				if found := difference(evaluator{}); found != "" {
					t.Error(found)
				}
				for name, e := range bent {
					if difference(e) == "" {
						t.Errorf("%s: no difference is found", name)
					}
				}
				kinds[seed] = map[string]int{"": len(answers) * len(w.facts)}
				for _, answer := range answers {
					for _, holds := range answer {
						kinds[seed][*holds]++
						kinds[seed][""]--
					}
				}
			})
		}
	})
	t.Logf("answers: %v", kinds)
	for _, holds := range append([]string{""}, anyHolding...) {
		for seed, n := range kinds {
			if n[holds] < 1000 {
				t.Errorf("seed %d: only %d answers are %q", seed, n[holds], holds)
			}
		}
	}
}
