package db

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/traverse"
)

// The record that paths are compared on: random facts, and the reference that knows
// them by what was written, not by what was read.

// strand is a fact that links two entities.
type strand struct {
	a, b     string // IDs
	relation string
	disputed bool
	denied   bool     // by all: it held on no day
	sources  []string // that assert it, or, denied by all, that deny it
	others   []string // that do not, beside them
	span
}

// held tells whether it was there on a day; "": whatever the day.
func (f *strand) held(day Date) bool {
	if day == "" || f.relation != "membership" && f.relation != "tenure" && f.relation != "stop" {
		return true
	}
	if f.relation == "stop" {
		return f.since == "" || f.since.Earliest() <= day.Latest()
	}
	return !f.denied && (f.since == "" || f.since.Earliest() <= day.Latest()) && (f.until == "" || f.until.Latest() >= day.Earliest())
}

// fabric is a record of random facts.
type fabric struct {
	*rand.Rand
	w       *Writer
	errs    []error
	sources int
	ids     []string // of the entities, in the order of the record
	facts   map[[2]string][]*strand
}

func (f *fabric) do(err error) { f.errs = append(f.errs, err) }

func (f *fabric) source() string {
	f.sources++
	slug := fmt.Sprintf("s%05d", f.sources)
	f.do(f.w.AddSource(NewSource{Slug: slug, Publisher: "p", Title: slug, URL: "https://example.org/" + slug, Language: "en"}))
	return slug
}

func (f *fabric) add(s strand, ends ...string) {
	for _, b := range ends[1:] {
		link := s
		link.a, link.b = ends[0], b
		if link.a == link.b {
			continue
		}
		for _, pair := range [][2]string{{link.a, link.b}, {link.b, link.a}} {
			f.facts[pair] = append(f.facts[pair], &link)
		}
	}
}

// claims are those of a random fact; dated ones are of some years from 2000 to 2009.
func (f *fabric) claims(s *strand, dated bool) []NewClaim {
	c := NewClaim{Source: f.source(), Stance: "asserts"}
	s.sources = []string{c.Source}
	if dated {
		year := 2000 + f.IntN(8)
		s.since = Date(fmt.Sprintf("%d-0%d-15", year, 1+f.IntN(9)))
		if f.IntN(3) > 0 {
			s.until = Date(fmt.Sprintf("%d-0%d-15", year+1+f.IntN(2), 1+f.IntN(9)))
		}
		c.Since, c.Until = s.since, s.until
	}
	switch f.IntN(12) {
	case 0: // by all
		s.denied, s.disputed = true, true
		return []NewClaim{{Source: c.Source, Stance: "denies"}}
	case 1, 2:
		s.disputed = true
		s.others = []string{f.source()}
		return []NewClaim{c, {Source: s.others[0], Stance: []string{"denies", "omits"}[f.IntN(2)]}}
	}
	return []NewClaim{c}
}

// fill writes n meetings, and what goes with them.
func (f *fabric) fill(n int) fill {
	return func(w *Writer) error {
		f.w, f.facts = w, map[[2]string][]*strand{}
		f.do(w.AddPublisher(NewPublisher{Slug: "p", Name: "P"}))
		of := map[string][]string{} // slugs by kind
		entity := func(kind, slug string, err error) {
			f.do(err)
			of[kind] = append(of[kind], slug)
			f.ids = append(f.ids, kind+":"+slug)
		}
		any := func(kind string) string { return of[kind][f.IntN(len(of[kind]))] }
		id := func(kind, slug string) string { return kind + ":" + slug }
		for i := range 4 + n/3 {
			code := fmt.Sprintf("%c%cX", 'A'+i/26, 'A'+i%26)
			entity(KindCountry, code, w.AddCountry(NewCountry{Code: code, Alpha2: code[:2], Numeric: fmt.Sprintf("%03d", i), Name: code, OfficialName: code}))
		}
		for i := range 3 + n/2 {
			official := fmt.Sprint("o", i)
			entity(KindOfficial, official, w.AddOfficial(official, official, nil, nil))
		}
		agreed := []Date{"", []Date{"2004", "2005-02", "2006-03-04"}[f.IntN(3)]} // the corridors
		for i := range 2 {
			entity(KindOrganization, fmt.Sprint("org", i), w.AddOrganization(NewOrganization{Slug: fmt.Sprint("org", i), Name: fmt.Sprint("org", i), Source: f.source()}))
			entity(KindCorridor, fmt.Sprint("road", i), w.AddCorridor(NewCorridor{Slug: fmt.Sprint("road", i), Name: fmt.Sprint("road", i), AgreedOn: agreed[i], Source: f.source()}))
		}
		for i := range 2 + n/6 {
			issue := fmt.Sprint("i", i)
			entity(KindIssue, issue, w.AddIssue(NewIssue{Slug: issue, Kind: "project", Title: issue, Source: f.source()}))
			if f.IntN(2) == 0 {
				s := strand{relation: "party"}
				country := any(KindCountry)
				f.do(w.AddParty(issue, country, f.claims(&s, false)))
				f.add(s, id(KindIssue, issue), id(KindCountry, country))
			}
			if f.IntN(3) == 0 {
				s := strand{relation: "concern"}
				road := any(KindCorridor)
				f.do(w.AddConcern(issue, road, f.claims(&s, false)))
				f.add(s, id(KindIssue, issue), id(KindCorridor, road))
			}
		}
		for _, kind := range []string{KindOrganization, KindCorridor} {
			for i, body := range of[kind] {
				for _, country := range of[KindCountry] {
					if f.IntN(5) > 3*i { // those of the first are hubs
						continue
					}
					for spell := 1; spell <= 1+f.IntN(2); spell++ {
						s := strand{relation: "membership"}
						f.do(w.AddMembership(kind, body, country, spell, f.claims(&s, true)))
						f.add(s, id(kind, body), id(KindCountry, country))
					}
				}
			}
		}
		for position := range 6 {
			road := fmt.Sprint("road", position%2)
			s := strand{relation: "stop"}
			country := any(KindCountry)
			f.do(w.AddStop(NewStop{Corridor: road, Branch: "main", Position: 1 + position, Place: "P", Country: country}, f.claims(&s, false)))
			s.since = agreed[position%2]
			f.add(s, id(KindCorridor, road), id(KindCountry, country))
		}
		for _, official := range of[KindOfficial] {
			for spell := 1; spell <= f.IntN(3); spell++ {
				s := strand{relation: "tenure"}
				country := any(KindCountry)
				f.do(w.AddTenure(official, country, "minister", spell, f.claims(&s, true)))
				f.add(s, id(KindOfficial, official), id(KindCountry, country))
			}
		}
		topic := func() (kind, slug string) {
			kind = []string{KindIssue, KindCountry, KindCorridor, KindOrganization}[f.IntN(4)]
			return kind, any(kind)
		}
		for i := range n {
			meeting, source, host := fmt.Sprint("m", i), f.source(), ""
			if f.IntN(2) == 0 {
				host = any(KindCountry)
				f.add(strand{relation: "hosting", sources: []string{source}}, id(KindMeeting, meeting), id(KindCountry, host))
			}
			entity(KindMeeting, meeting, w.AddMeeting(NewMeeting{Slug: meeting, Kind: "visit", Title: meeting, StartsOn: "2005", HostCountry: host, Sources: []string{source}}))
			for _, n := range f.Perm(len(of[KindOfficial]))[:f.IntN(3)] {
				official, country := of[KindOfficial][n], any(KindCountry)
				s := strand{relation: "participation", sources: []string{source}}
				var claims []NewClaim
				if f.IntN(3) == 0 {
					claims = f.claims(&s, false)
				}
				f.do(w.AddParticipation(meeting, official, country, "", claims))
				f.add(s, id(KindMeeting, meeting), id(KindOfficial, official), id(KindCountry, country))
			}
			if f.IntN(2) == 0 {
				s := strand{relation: "topic"}
				kind, slug := topic()
				f.do(w.AddTopic(meeting, kind, slug, f.claims(&s, false)))
				f.add(s, id(KindMeeting, meeting), id(kind, slug))
			}
		}
		for i := range n / 2 {
			s := strand{relation: "statement", sources: []string{f.source()}}
			official := any(KindOfficial)
			kind, slug := topic()
			f.do(w.AddStatement(NewStatement{
				Slug: fmt.Sprint("said", i), Official: official, TopicKind: kind, TopicSlug: slug, StatedOn: "2005", Paraphrase: "Well.", Source: s.sources[0],
			}))
			f.add(s, id(KindOfficial, official), id(kind, slug))
		}
		return errors.Join(f.errs...)
	}
}

// weave builds a record of about n meetings.
func weave(t *testing.T, seed uint64, n int) (*fabric, *Store) {
	t.Helper()
	f := &fabric{Rand: rand.New(rand.NewPCG(seed, 0))}
	return f, build(t, f.fill(n))
}

// between are the facts that link two entities on a day, the most telling first.
func (f *fabric) between(a, b string, day Date) (list []*strand) {
	for _, s := range f.facts[[2]string{a, b}] {
		if s.held(day) {
			list = append(list, s)
		}
	}
	telling := []string{"participation", "hosting", "topic", "membership", "tenure", "party", "concern", "stop", "statement"}
	slices.SortStableFunc(list, func(s, t *strand) int {
		return cmp.Or(compareBool(s.disputed, t.disputed), cmp.Compare(slices.Index(telling, s.relation), slices.Index(telling, t.relation)))
	})
	return list
}

// neighbours are the entities linked with each on a day, in the order of the record.
func (f *fabric) neighbours(day Date) map[string][]string {
	linked := map[string][]string{}
	for _, a := range f.ids {
		for _, b := range f.ids {
			if f.between(a, b, day) != nil {
				linked[a] = append(linked[a], b)
			}
		}
	}
	return linked
}

// hub tells whether it is a body that more than a quarter of the countries belonged to.
func (f *fabric) hub(id string) bool {
	countries, members := 0, 0
	for _, c := range f.ids {
		if strings.HasPrefix(c, "country:") {
			countries++
			if slices.ContainsFunc(f.facts[[2]string{id, c}], func(s *strand) bool { return s.relation == "membership" }) {
				members++
			}
		}
	}
	return !strings.HasPrefix(id, "country:") && 4*members > countries
}

// rank is what paths are ordered by.
type rank struct {
	hubs, length, weight int
	places               []int
}

func (r rank) compare(q rank) int {
	return cmp.Or(cmp.Compare(r.hubs, q.hubs), cmp.Compare(r.length, q.length), cmp.Compare(r.weight, q.weight), slices.Compare(r.places, q.places))
}

// rank tells where a chain stands in the order of all.
func (f *fabric) rank(chain []string, degree map[string]int) rank {
	r := rank{length: len(chain) - 1}
	for i, id := range chain {
		r.places = append(r.places, slices.Index(f.ids, id))
		if i > 0 && i < len(chain)-1 {
			r.weight += int(math.Round(1000 * math.Log2(float64(degree[id]))))
			if strings.HasPrefix(id, "issue:") {
				r.weight += 16_000
			}
			if f.hub(id) {
				r.hubs++
			}
		}
	}
	return r
}

// chains returns all simple chains from the end of one to an entity, in no order.
func chains(linked map[string][]string, via []string, begun []string, to string, steps int) (all [][]string) {
	if steps == 0 {
		return nil
	}
	for _, next := range linked[begun[len(begun)-1]] {
		kind, _, _ := strings.Cut(next, ":")
		switch {
		case next == to:
			all = append(all, append(slices.Clone(begun), next))
		case !slices.Contains(begun, next) && (via == nil || slices.Contains(via, kind)):
			all = append(all, chains(linked, via, append(slices.Clone(begun), next), to, steps-1)...)
		}
	}
	return all
}

// check fails unless each step of a path is a fact that was written, with its sources,
// and returns the entities that the path passes.
func (f *fabric) check(t *testing.T, p *Path, from, to string, day Date) []string {
	t.Helper()
	chain := []string{from}
	for _, l := range p.Steps {
		a, b := plain(l.From), plain(l.To)
		if a != chain[len(chain)-1] {
			t.Errorf("a step from %s follows one to %s", a, chain[len(chain)-1])
		}
		f.checkLink(t, l, day)
		chain = append(chain, b)
	}
	if chain[len(chain)-1] != to {
		t.Errorf("a path to %s ends at %s", to, chain[len(chain)-1])
	}
	return chain
}

func (f *fabric) checkLink(t *testing.T, l *Link, day Date) {
	t.Helper()
	a, b := plain(l.From), plain(l.To)
	facts := f.between(a, b, day)
	if facts == nil {
		t.Errorf("on %q no fact links %s and %s", day, a, b)
		return
	}
	sources, err := l.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var read []string
	for _, s := range sources {
		read = append(read, s.Slug)
	}
	words, err := l.Fact(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	claims, err := l.Claims(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(claims) != len(facts[0].sources)+len(facts[0].others) {
		t.Errorf("%s to %s: %d claims, want those of %q and %q", a, b, len(claims), facts[0].sources, facts[0].others)
	}
	if l.Relation != facts[0].relation || l.Disputed != facts[0].disputed || l.Facts != len(facts) || !slices.Equal(read, facts[0].sources) ||
		!strings.Contains(words, l.From.entity().Name) || !strings.Contains(words, l.To.entity().Name) {
		t.Errorf("%s to %s: got %s (%q), disputed %t, of %d, read in %q; want %+v of %d", a, b, l.Relation, words, l.Disputed, l.Facts, read, *facts[0], len(facts))
	}
}

// plain is an ID without a day.
func plain(e AnyEntity) string { return e.entity().kind + ":" + e.entity().Slug }

// days that are asked for in random records: none, a day, a month, a year.
var days = []Date{"", "2003-06-01", "2005-02", "2007"}

// someKinds returns some kinds of entity, or nil.
func (f *fabric) someKinds() (kinds []string) {
	if f.IntN(3) == 0 {
		return nil
	}
	for _, n := range f.Perm(len(Kinds))[:1+f.IntN(5)] {
		kinds = append(kinds, Kinds[n])
	}
	return kinds
}

// The paths are the first of all chains of facts that there are, in their order.
func TestPathsByBruteForce(t *testing.T) {
	found, fewer := map[string]int{}, 0
	for seed := range uint64(24) {
		f, store := weave(t, seed, 5)
		everyDay := f.neighbours("")
		degree := map[string]int{}
		for id, list := range everyDay {
			degree[id] = len(list)
		}
		for _, day := range days {
			linked := f.neighbours(day)
			for range 12 {
				q := PathQuery{
					From: f.ids[f.IntN(len(f.ids))], To: f.ids[f.IntN(len(f.ids))],
					MaxLength: 1 + f.IntN(6), Via: f.someKinds(), AsOf: day, First: 1 + f.IntN(10),
				}
				switch f.IntN(4) {
				case 0:
					q.MaxLength, q.Via, q.First = 5, nil, 8+f.IntN(3)
				case 1, 2: // there are chains through several hubs only
					q.MaxLength, q.Via = 6, []string{KindCorridor, KindOrganization, KindCountry}
				}
				if q.From == q.To {
					continue
				}
				all := chains(linked, q.Via, []string{q.From}, q.To, q.MaxLength)
				slices.SortFunc(all, func(a, b []string) int { return f.rank(a, degree).compare(f.rank(b, degree)) })
				want := all[:min(len(all), q.First)]
				for i, chain := range want { // none through more hubs than there need be
					if f.rank(chain, degree).hubs > f.rank(want[0], degree).hubs {
						want = want[:i]
						fewer++
						break
					}
				}

				asked, s := q, store
				if f.IntN(2) == 0 { // the day of the store does as well
					asked.AsOf, s = "", store.At(day)
				}
				p, err := s.Paths(t.Context(), asked)
				if err != nil {
					t.Fatal(err)
				}
				var got [][]string
				for _, path := range p.Paths {
					got = append(got, f.check(t, path, q.From, q.To, day))
				}
				if !slices.EqualFunc(got, want, slices.Equal) {
					t.Fatalf("seed %d: %+v:\ngot  %v\nwant %v", seed, q, got, want)
				}
				if !p.Complete {
					t.Errorf("seed %d: %+v: the search was cut", seed, q)
				}
				if len(want) < q.First && p.LookedTo != q.MaxLength {
					t.Errorf("seed %d: %+v: looked to %d with %d of %d found", seed, q, p.LookedTo, len(want), q.First)
				}
				found[fmt.Sprint(len(got))]++
				for _, chain := range got {
					found[fmt.Sprintf("of %d steps", len(chain)-1)]++
					found[fmt.Sprintf("with %d hubs", f.rank(chain, degree).hubs)]++
				}
			}
		}
	}
	t.Log(found, fewer)
	if fewer < 20 {
		t.Errorf("only %d answers end before a chain through more hubs", fewer)
	}
	for _, kind := range []string{"0", "3", "10", "of 1 steps", "of 4 steps", "of 5 steps", "with 0 hubs", "with 1 hubs", "with 2 hubs"} {
		if found[kind] < 5 {
			t.Errorf("only %d answers are %s: %v", found[kind], kind, found)
		}
	}
}

// In records too large for brute force, Gonum's k shortest paths weigh as much, and its
// breadth-first search comes as far.
func TestPathsLikeGonum(t *testing.T) {
	compared := 0
	for seed := range uint64(6) {
		f, store := weave(t, 100+seed, 40)
		degree := map[string]int{}
		for id, list := range f.neighbours("") {
			degree[id] = len(list)
		}
		for _, day := range days {
			linked := f.neighbours(day)
			for range 6 {
				from, to, via := f.IntN(len(f.ids)), f.IntN(len(f.ids)), f.someKinds()
				if from == to {
					continue
				}
				// What a step costs is what it costs to pass where it leads.
				g := simple.NewWeightedDirectedGraph(0, math.Inf(1))
				for place := range f.ids {
					g.AddNode(simple.Node(place))
				}
				for a, list := range linked {
					place := slices.Index(f.ids, a)
					kind, _, _ := strings.Cut(a, ":")
					if place != from && via != nil && !slices.Contains(via, kind) {
						continue
					}
					for _, b := range list {
						r := f.rank([]string{"", b, ""}, degree)
						cost := float64(r.hubs)*1e9 + 1e6 + float64(r.weight)
						if b == f.ids[to] {
							cost = 1e6
						}
						g.SetWeightedEdge(g.NewWeightedEdge(simple.Node(place), simple.Node(slices.Index(f.ids, b)), cost))
					}
				}
				var want, got []rank
				for _, nodes := range path.YenKShortestPaths(g, 10, math.Inf(1), simple.Node(from), simple.Node(to)) {
					if len(nodes) > 1+8 { // no more can be known of the others
						break
					}
					r := f.rank(idsOf(f, nodes), degree)
					if len(want) > 0 && r.hubs > want[0].hubs {
						break
					}
					want = append(want, r)
				}
				p, err := store.Paths(t.Context(), PathQuery{From: f.ids[from], To: f.ids[to], MaxLength: 8, Via: via, AsOf: day, First: 10})
				if err != nil {
					t.Fatal(err)
				}
				for _, path := range p.Paths[:min(len(p.Paths), len(want))] {
					got = append(got, f.rank(f.check(t, path, f.ids[from], f.ids[to], day), degree))
				}
				for i := range min(len(got), len(want)) { // of equals Gonum takes any
					got[i].places, want[i].places = nil, nil
				}
				if !slices.EqualFunc(got, want, func(a, b rank) bool { return a.compare(b) == 0 }) {
					t.Fatalf("seed %d from %s to %s via %q on %q:\ngot  %v\nwant %v", seed, f.ids[from], f.ids[to], via, day, got, want)
				}
				compared += len(want)

				within := -1 // itself
				(&traverse.BreadthFirst{}).Walk(g, simple.Node(from), func(_ graph.Node, steps int) bool {
					if steps <= p.LookedTo {
						within++
					}
					return steps > p.LookedTo
				})
				if n, err := p.Reached(t.Context()); err != nil || n != within {
					t.Errorf("seed %d from %s via %q on %q: %d reached in %d steps, %v; want %d", seed, f.ids[from], via, day, n, p.LookedTo, err, within)
				}
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d paths were compared", compared)
	}
}

func idsOf(f *fabric, nodes []graph.Node) (ids []string) {
	for _, n := range nodes {
		ids = append(ids, f.ids[n.ID()])
	}
	return ids
}

// A neighbourhood is what a breadth-first search by hand comes to, in its order.
func TestNeighbourhoodByBruteForce(t *testing.T) {
	cut, links := 0, 0
	for seed := range uint64(6) {
		f, store := weave(t, 200+seed, 15)
		everyDay := f.neighbours("")
		for _, day := range days {
			linked := f.neighbours(day)
			for range 10 {
				q := NeighbourhoodQuery{Of: f.ids[f.IntN(len(f.ids))], Depth: 1 + f.IntN(3), Kinds: f.someKinds(), AsOf: day, Limit: 1 + f.IntN(40)}
				var want []string
				distance := map[string]int{q.Of: 0}
				for steps := 1; steps <= q.Depth; steps++ {
					tied := map[string]int{}
					for a, d := range distance {
						for _, b := range linked[a] {
							kind, _, _ := strings.Cut(b, ":")
							if _, seen := distance[b]; d == steps-1 && !seen && (q.Kinds == nil || slices.Contains(q.Kinds, kind)) {
								tied[b] = 0
							}
						}
					}
					level := slices.Collect(maps.Keys(tied))
					for _, b := range level {
						for _, a := range f.ids {
							_, nearer := distance[a]
							if _, asNear := tied[a]; nearer || asNear {
								tied[b] += len(f.between(a, b, day))
							}
						}
					}
					slices.SortFunc(level, func(a, b string) int {
						return cmp.Or(
							compareBool(f.hub(a), f.hub(b)),
							cmp.Compare(tied[b], tied[a]),
							cmp.Compare(slices.Index(f.ids, a), slices.Index(f.ids, b)))
					})
					for _, b := range level {
						distance[b] = steps
						want = append(want, fmt.Sprintf("%s at %d with %d", b, steps, len(everyDay[b])))
					}
				}
				total := len(want)
				want = want[:min(q.Limit, total)]

				around, err := store.Neighbourhood(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				shown := []string{q.Of}
				var got []string
				for _, n := range around.Nodes {
					shown = append(shown, plain(n.Entity))
					got = append(got, fmt.Sprintf("%s at %d with %d", plain(n.Entity), n.Distance, n.Degree))
				}
				if !slices.Equal(got, want) || around.Total != total || plain(around.Of) != q.Of {
					t.Fatalf("seed %d: %+v:\ngot  %v of %d\nwant %v of %d", seed, q, got, around.Total, want, total)
				}

				// Of the links each node's first comes first, then each one's second …
				var pairs [][2]string
				for nth := 0; nth < len(shown); nth++ {
					for later, b := range shown {
						n := 0
						for _, a := range shown[:later] {
							if slices.Contains(linked[a], b) {
								if n == nth {
									pairs = append(pairs, [2]string{a, b})
								}
								n++
							}
						}
					}
				}
				pairs = pairs[:min(len(pairs), 4*q.Limit)]
				var read [][2]string
				for _, l := range around.Links {
					f.checkLink(t, l, day)
					read = append(read, [2]string{plain(l.From), plain(l.To)})
				}
				if !slices.Equal(read, pairs) {
					t.Fatalf("seed %d: %+v:\ngot  %v\nwant %v", seed, q, read, pairs)
				}
				links += len(read)
				if total > q.Limit {
					cut++
				}
			}
		}
	}
	if cut < 20 || links < 500 {
		t.Errorf("only %d were cut, %d links compared", cut, links)
	}
}

// On any day memberships and tenures link whom lists of that day show, as often.
func TestPathsHoldAsListsDo(t *testing.T) {
	w := &world{Rand: rand.New(rand.NewPCG(9, 0)), publishedOn: map[string]Date{}, facts: map[string]*known{}}
	store := build(t, w.fill)
	asked := w.dates()
	w.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
	held := 0
	for _, day := range append(asked[:25], "", "2004", "2004-02") {
		facts, _ := w.read(t, store, 1, day, nil)
		want, got := map[string]int{}, map[string]int{}
		for name := range facts {
			want[name[:strings.LastIndex(name, "/")]]++
			held++
		}
		ids := []string{"corridor:road", "organization:club"}
		for i := range 10 {
			ids = append(ids, fmt.Sprintf("official:o%02d", i))
		}
		for _, id := range ids {
			around, err := store.Neighbourhood(t.Context(), NeighbourhoodQuery{Of: id, Depth: 1, AsOf: day, Limit: 500})
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range around.Links {
				if plain(l.From) == id {
					got[l.From.entity().Slug+"/"+l.To.entity().Slug] = l.Facts
				}
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("on %q: got %v, want %v", day, got, want)
		}
	}
	if held < 1000 {
		t.Errorf("only %d facts held", held)
	}
}

// Every role of the contract has its phrase, and no phrase stands for a role that it has not.
func TestRolesHavePhrases(t *testing.T) {
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	for enum, phrases := range map[string]map[string]string{"MemberRole": memberPhrases, "PartyRole": partyPhrases, "ParticipantRole": participantPhrases} {
		roles := map[string]bool{"": true}
		for _, value := range schema.Types[enum].EnumValues {
			roles[strings.ToLower(value.Name)] = true
		}
		for role := range roles {
			if phrases[role] == "" {
				t.Errorf("%s has no phrase for %q", enum, role)
			}
		}
		for role := range phrases {
			if !roles[role] {
				t.Errorf("%s has no role %q", enum, role)
			}
		}
	}
}

// A link says in a sentence what its fact is, with its role and its days.
func TestLinksInWords(t *testing.T) {
	claim := func(role string, since, until Date) NewClaim {
		return NewClaim{Source: "b", Stance: "asserts", Role: role, Since: since, Until: until}
	}
	store := build(t, func(w *Writer) error {
		return errors.Join(ground(w),
			w.AddCountry(NewCountry{Code: "DDD", Alpha2: "DD", Numeric: "004", Name: "United Isles", OfficialName: "Isles"}),
			w.AddOfficial("x", "X", nil, nil), w.AddOfficial("y", "Y", nil, nil),
			w.AddOrganization(NewOrganization{Slug: "un", Name: "Union of Nations", Source: "b"}),
			w.AddOrganization(NewOrganization{Slug: "bloc", Name: "BLOC", Source: "b"}),
			w.AddCorridor(NewCorridor{Slug: "road", Name: "Long road", Source: "b"}),
			w.AddIssue(NewIssue{Slug: "i", Kind: "project", Title: "A quarrel", Source: "b"}),
			w.AddMeeting(NewMeeting{Slug: "m", Kind: "visit", Title: "A visit", StartsOn: "2025-09-01", HostCountry: "DDD", Sources: []string{"b"}}),
			w.AddMeeting(NewMeeting{Slug: "long", Kind: "visit", Title: "A summit", StartsOn: "2025-08-31", EndsOn: "2025-09-01", Sources: []string{"b"}}),
			w.AddParticipation("m", "x", "AAA", "guest", nil), w.AddParticipation("long", "x", "AAA", "", nil),
			w.AddTopic("m", KindCorridor, "road", []NewClaim{claim("", "", "")}), w.AddTopic("long", KindIssue, "i", []NewClaim{claim("", "", "")}),
			belongs(KindOrganization, "un", "AAA", claim("founder", "1950", OpenEnd))(w),
			belongs(KindOrganization, "un", "DDD", claim("member", "1950-03", "1999-12-31"))(w),
			belongs(KindOrganization, "bloc", "DDD", claim("", "", "1999"))(w),
			belongs(KindCorridor, "road", "BBB", claim("transit", "", ""))(w),
			held("x", "AAA", "Minister", claim("", "2020-07-16", ""))(w), held("y", "DDD", "Prime Minister", claim("", "2001", "2002"))(w),
			w.AddParty("i", "DDD", []NewClaim{claim("accused", "", "")}), w.AddParty("i", "AAA", []NewClaim{claim("", "", "")}),
			w.AddConcern("i", "road", []NewClaim{claim("", "", "")}),
			w.AddStop(NewStop{Corridor: "road", Branch: "main", Position: 1, Place: "P", Country: "DDD"}, []NewClaim{claim("", "", "")}),
			said("2025-09", "road")(w))
	})
	for _, c := range []struct{ from, to, want string }{
		{"official:x", "meeting:m", "X was a guest at “A visit”, 1 September 2025"},
		{"meeting:m", "official:x", "X was a guest at “A visit”, 1 September 2025"},
		{"official:x", "meeting:long", "X took part in “A summit”, 31 August 2025 to 1 September 2025"},
		{"country:AAA", "meeting:m", "Country AAA took part in “A visit”, 1 September 2025, through X"},
		{"meeting:m", "country:DDD", "“A visit”, 1 September 2025, was held in the United Isles"},
		{"corridor:road", "meeting:m", "“A visit”, 1 September 2025, was about the Long road"},
		{"meeting:long", "issue:i", "“A summit”, 31 August 2025 to 1 September 2025, was about “A quarrel”"},
		{"organization:un", "country:AAA", "Country AAA is a founder of the Union of Nations, from 1950"},
		{"organization:un", "country:DDD", "The United Isles was a member of the Union of Nations, from March 1950 until 31 December 1999"},
		{"country:DDD", "organization:bloc", "The United Isles had a place in BLOC, until 1999"},
		{"country:BBB", "corridor:road", "Country BBB is a transit country of the Long road"},
		{"official:x", "country:AAA", "X of Country AAA is Minister, from 16 July 2020"},
		{"country:DDD", "official:y", "Y of the United Isles was Prime Minister, from 2001 until 2002"},
		{"country:DDD", "issue:i", "The United Isles is accused in “A quarrel”"},
		{"issue:i", "country:AAA", "Country AAA has a part in “A quarrel”"},
		{"corridor:road", "issue:i", "“A quarrel” touches the Long road"},
		{"country:DDD", "corridor:road", "P, the United Isles, is on the Long road"},
		{"official:x", "corridor:road", "X spoke of the Long road, September 2025: Well."},
	} {
		p, err := store.Paths(t.Context(), PathQuery{From: c.from, To: c.to, MaxLength: 1, First: 1})
		if err != nil || len(p.Paths) != 1 {
			t.Errorf("%s to %s: %v", c.from, c.to, err)
			continue
		}
		if got, err := p.Paths[0].Steps[0].Fact(t.Context()); err != nil || got != c.want {
			t.Errorf("%s to %s: got %q, %v; want %q", c.from, c.to, got, err, c.want)
		}
	}
}

// What cannot be asked for is refused with the argument, the value and the remedy.
func TestBadPaths(t *testing.T) {
	store := build(t, ground)
	for _, c := range []struct {
		name string
		PathQuery
		says string
	}{
		{"no steps", PathQuery{"country:AAA", "country:BBB", 0, nil, "", 3}, "maxLength: 0 is out of bounds. Ask for 1 to 8 steps."},
		{"too many steps", PathQuery{"country:AAA", "country:BBB", 9, nil, "", 3}, "maxLength: 9 is out of bounds."},
		{"no paths", PathQuery{"country:AAA", "country:BBB", 6, nil, "", 0}, "first: 0 is out of bounds. Ask for 1 to 10 paths."},
		{"too many paths", PathQuery{"country:AAA", "country:BBB", 6, nil, "", 11}, "first: 11 is out of bounds."},
		{"no id", PathQuery{"AAA", "country:BBB", 6, nil, "", 3}, `from: id "AAA": an id is a kind, a colon and a slug`},
		{"no kind", PathQuery{"country:AAA", "planet:mars", 6, nil, "", 3}, `to: "planet:mars" is of kind "planet". Give ids of these kinds: country,`},
		{"no entity", PathQuery{"country:AAA", "source:b", 6, nil, "", 3}, `to: "source:b" is of kind "source". Give ids of these kinds: country,`},
		{"unknown", PathQuery{"country:ZZZ", "country:AAA", 6, nil, "", 3}, `from: nothing has the id "country:ZZZ".`},
		{"unknown, at the end", PathQuery{"country:AAA", "country:ZZZ", 6, nil, "", 3}, `to: nothing has the id "country:ZZZ".`},
	} {
		_, err := store.Paths(t.Context(), c.PathQuery)
		refused(t, c.name, err, c.says)
	}
	for _, c := range []struct {
		name string
		NeighbourhoodQuery
		says string
	}{
		{"no depth", NeighbourhoodQuery{"country:AAA", 0, nil, "", 9}, "depth: 0 is out of bounds. Ask for 1 to 3 steps."},
		{"too deep", NeighbourhoodQuery{"country:AAA", 4, nil, "", 9}, "depth: 4 is out of bounds."},
		{"no room", NeighbourhoodQuery{"country:AAA", 1, nil, "", 0}, "limit: 0 is out of bounds. Ask for 1 to 500 entities."},
		{"too much room", NeighbourhoodQuery{"country:AAA", 1, nil, "", 501}, "limit: 501 is out of bounds."},
		{"a statement", NeighbourhoodQuery{"statement:s", 1, nil, "", 9}, `of: "statement:s" is of kind "statement".`},
		{"nothing", NeighbourhoodQuery{"corridor:road", 1, nil, "", 9}, `of: nothing has the id "corridor:road".`},
	} {
		_, err := store.Neighbourhood(t.Context(), c.NeighbourhoodQuery)
		refused(t, c.name, err, c.says)
	}
}

func refused(t *testing.T, name string, err error, says string) {
	t.Helper()
	var ours *Error
	if !errors.As(err, &ours) || ours.Code != Invalid || !strings.HasPrefix(ours.Message, says) {
		t.Errorf("%s: got %v, want %s", name, err, says)
	}
}

// Paths and neighbourhoods cost the same statements, however much they show.
func TestPathsCostFewStatements(t *testing.T) {
	f, store := weave(t, 300, 30)
	for _, first := range []int{1, 10} {
		ctx, statements := CountStatements(t.Context())
		p, err := store.Paths(ctx, PathQuery{From: "country:AAX", To: "organization:org0", MaxLength: 6, First: first})
		if err != nil || len(p.Paths) != first {
			t.Fatal(len(p.Paths), err)
		}
		for _, path := range p.Paths {
			for _, l := range path.Steps {
				_, err := l.Fact(ctx)
				_, err2 := l.Sources(ctx)
				_, err3 := l.Claims(ctx)
				if err := errors.Join(err, err2, err3); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := p.Coverage(ctx); err != nil {
			t.Fatal(err)
		}
		if n := statements.Load(); n != 5 { // the ends, entities, words, sources, coverage
			t.Errorf("%d paths cost %d statements, want 5", first, n)
		}
	}
	ctx, statements := CountStatements(t.Context())
	around, err := store.Neighbourhood(ctx, NeighbourhoodQuery{Of: f.ids[0], Depth: 3, Limit: 500})
	if err != nil || len(around.Links) < 30 {
		t.Fatal(len(around.Links), err)
	}
	for _, l := range around.Links {
		_, err := l.Fact(ctx)
		_, err2 := l.Sources(ctx)
		if errors.Join(err, err2) != nil {
			t.Fatal(err, err2)
		}
	}
	if n := statements.Load(); n != 4 {
		t.Errorf("a neighbourhood cost %d statements, want 4", n)
	}
}

// An entity leads to itself without a step; where nothing leads, it is told how far was looked.
func TestPathsToItselfAndToNowhere(t *testing.T) {
	store := build(t, func(w *Writer) error {
		return errors.Join(ground(w), w.AddOfficial("x", "X", nil, nil),
			held("x", "AAA", "minister", NewClaim{Source: "b", Since: "2000", Until: "2001"})(w),
			held("x", "BBB", "minister", NewClaim{Source: "b", Since: "2002", Until: "2003"})(w))
	})
	for _, c := range []struct {
		name, to string
		asOf     Date
		via      []string
		want     string
	}{
		{"to itself", "country:AAA", "", nil, "1 of 0 steps; looked to 0, 0 reached, complete true"},
		{"through two posts", "country:BBB", "", nil, "1 of 2 steps; looked to 6, 2 reached, complete true"},
		{"through officials only", "country:BBB", "", []string{KindOfficial}, "1 of 2 steps; looked to 6, 2 reached, complete true"},
		{"through no official", "country:BBB", "", []string{KindMeeting}, "0 of 0 steps; looked to 6, 1 reached, complete true"},
		{"through nothing", "official:x", "", []string{}, "1 of 1 steps; looked to 6, 1 reached, complete true"},
		{"in a year of the first post", "country:BBB", "2001", nil, "0 of 0 steps; looked to 6, 1 reached, complete true"},
		{"after both", "country:BBB", "2009", nil, "0 of 0 steps; looked to 6, 0 reached, complete true"},
		{"with a day in the id", "country:BBB@2001-01-01", "", nil, "1 of 2 steps; looked to 6, 2 reached, complete true"},
		{"to one without facts", "country:CCC", "", nil, "0 of 0 steps; looked to 6, 2 reached, complete true"},
	} {
		p, err := store.Paths(t.Context(), PathQuery{From: "country:AAA", To: c.to, MaxLength: 6, Via: c.via, AsOf: c.asOf, First: 3})
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		for _, path := range p.Paths {
			steps += path.Length()
		}
		reached, err := p.Reached(t.Context())
		got := fmt.Sprintf("%d of %d steps; looked to %d, %d reached, complete %t", len(p.Paths), steps, p.LookedTo, reached, p.Complete)
		if err != nil || got != c.want {
			t.Errorf("%s: got %s, %v; want %s", c.name, got, err, c.want)
		}
	}
}

// However soon a search is cut, what it found are the first of the paths.
func TestCutPathsAreTheFirst(t *testing.T) {
	f, store := weave(t, 400, 12)
	n, err := store.network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	chainsOf := func(q PathQuery, bound int) (all []string, complete bool) {
		n.bound = bound
		p, err := store.Paths(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range p.Paths {
			all = append(all, strings.Join(f.check(t, path, q.From, q.To, q.AsOf), " "))
		}
		return all, p.Complete
	}
	cut, some := 0, 0
	for range 40 {
		q := PathQuery{From: f.ids[f.IntN(len(f.ids))], To: f.ids[f.IntN(len(f.ids))], MaxLength: 7, First: 10}
		all, complete := chainsOf(q, maxWork)
		if !complete {
			t.Fatalf("%+v is cut", q)
		}
		for bound := 1; bound < 1_000_000; bound *= 4 {
			got, complete := chainsOf(q, bound)
			if complete && len(got) != len(all) || len(got) > len(all) || !slices.Equal(got, all[:len(got)]) {
				t.Fatalf("%+v cut after %d: got %q, complete %t, want the first of %q", q, bound, got, complete, all)
			}
			if !complete {
				cut++
				some += min(1, len(got))
			}
		}
	}
	if cut < 100 || some < 30 {
		t.Errorf("only %d were cut, %d of them with paths", cut, some)
	}
}

// Whoever is reached through one meeting only, and that through another, is reached by
// one chain; to look through all that comes back to it would take too long. The chain is
// found, and that the search was cut is told.
func TestPathsSayWhenCut(t *testing.T) {
	store := build(t, func(w *Writer) error {
		errs := []error{ground(w)}
		var crowd []string
		for i := range 40 {
			crowd = append(crowd, fmt.Sprintf("o%d AAA", i))
		}
		for _, o := range append(crowd, "from AAA", "a AAA") {
			official, _, _ := strings.Cut(o, " ")
			errs = append(errs, w.AddOfficial(official, official, nil, nil))
		}
		for i := range 40 {
			errs = append(errs, met(fmt.Sprint("m", i), "visit", "2005", "", []string{"b"}, crowd...)(w))
		}
		return errors.Join(append(errs,
			met("b", "visit", "2005", "", []string{"b"}, append(crowd, "from AAA", "a AAA")...)(w),
			met("to", "visit", "2005", "", []string{"b"}, "a AAA")(w))...)
	})
	for _, c := range []struct {
		maxLength, first int
		complete         bool
	}{
		{4, 2, true}, // a short one is looked through
		{8, 1, true}, // what was asked for is found before
		{8, 2, false},
	} {
		p, err := store.Paths(t.Context(), PathQuery{
			From: "official:from", To: "meeting:to", MaxLength: c.maxLength, First: c.first, Via: []string{KindOfficial, KindMeeting},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Paths) != 1 || p.Paths[0].Length() != 3 || p.Complete != c.complete {
			t.Errorf("%+v: %d paths, complete %t", c, len(p.Paths), p.Complete)
		}
	}
}
