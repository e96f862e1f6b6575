package db

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// PathQuery asks for the paths between two entities.
type PathQuery struct {
	From, To  string // IDs
	MaxLength int    // in steps, 1 to 8
	Via       []string
	AsOf      Date // "": the day of the Store, or whatever the day
	First     int  // 1 to 10
}

// PathSearch is what was found between two entities.
type PathSearch struct {
	From, To AnyEntity
	Paths    []*Path // best first
	LookedTo int     // how many steps were followed
	Complete bool    // whether the search came to its end

	store *Store
	walk  walk
}

// Reached returns how many other entities a search from From alone comes to in
// LookedTo steps.
func (p *PathSearch) Reached(ctx context.Context) (int, error) {
	entities, _, err := p.walk.within(ctx, p.LookedTo)
	return max(0, len(entities)-1), err
}

// Coverage returns what was looked at.
func (p *PathSearch) Coverage(ctx context.Context) (*Coverage, error) {
	return p.store.Coverage(ctx, nil)
}

// Path is a chain of links.
type Path struct{ Steps []*Link }

// Length returns the number of steps.
func (p *Path) Length() int { return len(p.Steps) }

// Neighbourhood is what is around an entity.
type Neighbourhood struct {
	Of    AnyEntity
	Nodes []*Neighbour // the most relevant first
	Links []*Link      // among Of and Nodes, from the nearer to the farther
	Total int          // how many entities are within the depth, shown or not
}

// Neighbour is an entity at some distance.
type Neighbour struct {
	Entity   AnyEntity
	Distance int // in steps
	Degree   int // how many entities it is linked with in the whole record, whatever the day
}

// Link is two entities that a fact links, told from one to the other.
type Link struct {
	loaded
	From, To AnyEntity
	Relation string
	Disputed bool
	Facts    int // how many link the two
	fact     int64
}

// linksOf returns the link of each pair of entities, from the first to the second, and
// these entities and others, by key. It costs a statement.
func (s *Store) linksOf(ctx context.Context, n *network, days stretch, pairs [][2]int32, others []int32) ([]*Link, map[int64]AnyEntity, error) {
	var ids []int64
	for _, e := range others {
		ids = append(ids, int64(e))
	}
	for _, p := range pairs {
		ids = append(ids, int64(p[0]), int64(p[1]))
	}
	slices.Sort(ids)
	entities, err := entitiesByID(ctx, s, slices.Compact(ids))
	if err != nil {
		return nil, nil, err
	}
	links := make([]*Link, len(pairs))
	for i, p := range pairs {
		best, facts := n.between(p[0], p[1], days)
		links[i] = &Link{
			loaded: loaded{id: int64(i)}, From: entities[int64(p[0])], To: entities[int64(p[1])],
			Relation: relations[best.relation()], Disputed: best.disputed(), Facts: facts, fact: int64(best.fact()),
		}
	}
	newCohort(s, links)
	return links, entities, nil
}

// linksAsked makes a table of the links of a cohort.
const linksAsked = `
	with asked as (select value ->> 'Link' as link, value ->> 'Relation' as relation, value ->> 'Fact' as fact from json_each($1))`

func (l *Link) asked() string {
	type row struct {
		Link     int64
		Relation string
		Fact     int64
	}
	list := make([]row, len(l.cohort.rows))
	for i, sibling := range l.cohort.rows {
		sibling := sibling.(*Link)
		list[i] = row{sibling.id, sibling.Relation, sibling.fact}
	}
	return jsonList(list)
}

// details are what a fact says beside what it links.
type details struct {
	link       int64
	span       // of a meeting: its days
	text, role string
}

// phrases are a verb for each role, as long as it is not known to have ended; the empty
// word is for those of which none is known.
var (
	memberPhrases = map[string]string{
		"":          "has a place in",
		"founder":   "is a founder of",
		"member":    "is a member of",
		"observer":  "is an observer of",
		"partner":   "is a partner of",
		"associate": "is an associate member of",
		"applicant": "is an applicant to",
		"transit":   "is a transit country of",
		"suspended": "is a suspended member of",
	}
	partyPhrases = map[string]string{
		"":         "has a part in",
		"party":    "is a party to",
		"accuser":  "is an accuser in",
		"accused":  "is accused in",
		"affected": "is affected by",
		"mediator": "is a mediator in",
	}
	participantPhrases = map[string]string{
		"":          "took part in",
		"host":      "was a host at",
		"guest":     "was a guest at",
		"principal": "took part in",
		"delegate":  "was in a delegation at",
		"mediator":  "was a mediator at",
	}
)

// past are their verbs when it has ended.
var past = map[string]string{"is": "was", "has": "had"}

// Fact returns the fact in words.
func (l *Link) Fact(ctx context.Context) (string, error) {
	all, err := many(ctx, l, l.cohort, "details", func(ctx context.Context, s *Store, _ []int64) (map[int64]*details, error) {
		list, err := scan(ctx, s, func(d *details) []any { return []any{&d.link, &d.since, &d.until, &d.text, &d.role} }, linksAsked+`
			select link, m.starts_on as since, m.ends_on as until, o.name as text, coalesce(p.role, '') as role
			from asked join participation p using (fact) join meeting m on m.id = p.meeting join entity o on o.id = p.official
			where relation = 'participation'
			union all
			select link, starts_on, ends_on, '', '' from asked join meeting on id = fact where relation = 'hosting'
			union all
			select link, starts_on, ends_on, '', '' from asked join topic t using (fact) join meeting m on m.id = t.meeting where relation = 'topic'
			union all
			select link, since, until, '', coalesce(role, '') from asked join membership using (fact) where relation = 'membership'
			union all
			select link, since, until, title, '' from asked join tenure using (fact) where relation = 'tenure'
			union all
			select link, null, null, '', coalesce(role, '') from asked join party using (fact) where relation = 'party'
			union all
			select link, null, null, place, '' from asked join stop using (fact) where relation = 'stop'
			union all
			select link, stated_on, null, paraphrase, '' from asked join statement on id = fact where relation = 'statement'`, l.asked())
		byLink := map[int64]*details{}
		for _, d := range list {
			byLink[d.link] = d
		}
		return byLink, err
	})
	if err != nil {
		return "", err
	}
	return l.words(all), nil
}

// words puts a link into words; d is nil when there is nothing to add.
func (l *Link) words(d *details) string {
	end := func(kinds ...string) *Entity { // of one of the kinds
		if a := l.From.entity(); slices.Contains(kinds, a.kind) {
			return a
		}
		return l.To.entity()
	}
	other := func(e *Entity) string {
		if a := l.From.entity(); a != e {
			return a.inWords()
		}
		return l.To.entity().inWords()
	}
	var words string
	switch l.Relation {
	case "participation":
		meeting := end(KindMeeting)
		if end(KindOfficial).kind == KindOfficial {
			words = d.text + " " + participantPhrases[d.role] + " " + meeting.inWords() + d.days()
		} else {
			words = other(meeting) + " took part in " + meeting.inWords() + d.days() + ", through " + d.text
		}
	case "hosting":
		words = end(KindMeeting).inWords() + d.days() + ", was held in " + end(KindCountry).inWords()
	case "topic":
		words = end(KindMeeting).inWords() + d.days() + ", was about " + other(end(KindMeeting))
	case "membership":
		country := end(KindCountry)
		words = country.inWords() + " " + d.tense(memberPhrases[d.role]) + " " + other(country) + d.times()
	case "tenure":
		words = end(KindOfficial).Name + " of " + end(KindCountry).inWords() + " " + d.tense("is") + " " + d.text + d.times()
	case "party":
		words = end(KindCountry).inWords() + " " + partyPhrases[d.role] + " " + end(KindIssue).inWords()
	case "concern":
		words = end(KindIssue).inWords() + " touches " + end(KindCorridor).inWords()
	case "stop":
		words = d.text + ", " + end(KindCountry).inWords() + ", is on " + end(KindCorridor).inWords()
	default:
		words = end(KindOfficial).Name + " spoke of " + other(end(KindOfficial)) + d.days() + ": " + d.text
	}
	if after, found := strings.CutPrefix(words, "the "); found {
		return "The " + after
	}
	return words
}

// articled are the names of countries that take an article.
var articled = regexp.MustCompile(`^United |^(Bahamas|Comoros|Gambia|Maldives|Netherlands|Philippines)$| (Islands|Republic)$`)

// inWords returns the name as it stands in a sentence.
func (e *Entity) inWords() string {
	switch e.kind {
	case KindIssue, KindMeeting:
		return "“" + e.Name + "”"
	case KindCorridor, KindOrganization:
		if strings.Contains(e.Name, " ") { // all but such as BRICS
			return "the " + e.Name
		}
	case KindCountry:
		if articled.MatchString(e.Name) {
			return "the " + e.Name
		}
	}
	return e.Name
}

// tense puts a phrase into the past where the fact ended.
func (d *details) tense(phrase string) string {
	if d.until.Known() {
		verb, rest, _ := strings.Cut(phrase, " ")
		return strings.TrimSpace(past[verb] + " " + rest)
	}
	return phrase
}

// days tells the days of an event.
func (d *details) days() string {
	if d.until.Known() && d.until != d.since {
		return ", " + d.since.Display() + " to " + d.until.Display()
	}
	return ", " + d.since.Display()
}

// times tells from when until when, as far as that is known.
func (d *details) times() string {
	var times []string
	if d.since.Known() {
		times = append(times, "from "+d.since.Display())
	}
	if d.until.Known() {
		times = append(times, "until "+d.until.Display())
	}
	if times == nil {
		return ""
	}
	return ", " + strings.Join(times, " ")
}

// Claims returns each source's version, as claims on the kind of fact: of a hosting, and
// of a participation without claims of its own, what the accounts of the meeting say as
// a whole; of a statement what its source says.
func (l *Link) Claims(ctx context.Context) ([]AnyClaim, error) {
	claims, err := l.claims(ctx)
	return claimsOn(l.Relation, claims), err
}

// Sources returns the sources that assert the fact, each once, in the order of the
// claims; where none does, those that speak of it.
func (l *Link) Sources(ctx context.Context) ([]*Source, error) {
	claims, err := l.claims(ctx)
	asserted := slices.ContainsFunc(claims, func(c *Claim) bool { return c.Stance == "asserts" })
	list := []*Source{}
	for _, c := range claims {
		if (c.Stance == "asserts" || !asserted) && !slices.ContainsFunc(list, func(s *Source) bool { return s.id == c.origin.id }) {
			list = append(list, c.Source())
		}
	}
	return list, err
}

func (l *Link) claims(ctx context.Context) ([]*Claim, error) {
	return many(ctx, l, l.cohort, "claims", func(ctx context.Context, s *Store, _ []int64) (map[int64][]*Claim, error) {
		list, err := queryClaims(ctx, s, linksAsked+`
			select link, `+claimColumns+`
			from asked join claim c using (fact) join source s on s.id = c.source join publisher h on h.id = s.publisher
			where relation not in ('hosting', 'statement')
			union all
			select link, `+wholeColumns+`
			from asked l join participation p using (fact) join entity_source es on es.entity = p.meeting
			join source s on s.id = es.source join publisher h on h.id = s.publisher
			where relation = 'participation' and not exists (select 1 from claim c where c.fact = l.fact)
			union all
			select link, `+wholeColumns+`
			from asked join entity_source es on es.entity = fact join source s on s.id = es.source join publisher h on h.id = s.publisher
			where relation = 'hosting'
			union all
			select link, coalesce(s.published_earliest, '~'), 0, 'asserts', 'fact', 0, null, null, null, null, null, `+sourceColumns+`
			from asked join statement t on t.id = fact join source s on s.id = t.source join publisher h on h.id = s.publisher
			where relation = 'statement'
			order by day, s.slug`, l.asked())
		byLink := map[int64][]*Claim{}
		for _, c := range list {
			byLink[c.about] = append(byLink[c.about], c)
		}
		return byLink, err
	})
}

// walk is what a search goes by.
type walk struct {
	*network
	from, to int32
	days     stretch
	through  []bool // by kind: whether such an entity may stand between
}

// through says which kinds are among words; nil: all.
func through(words []string) []bool {
	allowed := make([]bool, len(Kinds))
	for i, kind := range Kinds {
		allowed[i] = words == nil || slices.Contains(words, kind)
	}
	return allowed
}

// Paths returns the simple chains of facts from one entity to another that pass through
// as few hubs as any does, the best first: fewest steps, then the least sum over the
// entities between of log2 of how many entities each is linked with, 16 more for an
// issue, then the first in the record. It fails with Invalid when an argument is out of bounds or names
// no entity.
func (s *Store) Paths(ctx context.Context, q PathQuery) (*PathSearch, error) {
	switch {
	case q.MaxLength < 1 || q.MaxLength > 8:
		return nil, Errorf(Invalid, "maxLength: %d is out of bounds. Ask for 1 to 8 steps.", q.MaxLength)
	case q.First < 1 || q.First > 10:
		return nil, Errorf(Invalid, "first: %d is out of bounds. Ask for 1 to 10 paths.", q.First)
	}
	ends, err := s.entityKeys(ctx, []string{"from", "to"}, []string{q.From, q.To})
	if err != nil {
		return nil, err
	}
	n, err := s.network(ctx)
	if err != nil {
		return nil, err
	}
	w := walk{n, ends[0], ends[1], stretchOf(cmp.Or(q.AsOf, s.at)), through(q.Via)}
	chains, lookedTo, complete, err := w.best(ctx, q.First, q.MaxLength)
	if err != nil {
		return nil, err
	}

	p := &PathSearch{
		Paths: make([]*Path, len(chains)), LookedTo: lookedTo, Complete: complete,
		store: s, walk: w,
	}
	var pairs [][2]int32
	for i, chain := range chains {
		p.Paths[i] = &Path{Steps: make([]*Link, len(chain)-1)}
		for j := range len(chain) - 1 {
			pairs = append(pairs, [2]int32{chain[j], chain[j+1]})
		}
	}
	links, entities, err := s.linksOf(ctx, n, w.days, pairs, ends)
	if err != nil {
		return nil, err
	}
	p.From, p.To = entities[int64(ends[0])], entities[int64(ends[1])]
	for _, path := range p.Paths {
		links = links[copy(path.Steps, links):]
	}
	return p, nil
}

// entityKeys returns the keys of the entities with the IDs that arguments give.
func (s *Store) entityKeys(ctx context.Context, arguments, ids []string) ([]int32, error) {
	var refs []entityRef
	for i, id := range ids {
		ref, err := parseIDs(arguments[i], []string{id}, Kinds...)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref...)
	}
	type found struct{ place, id int32 }
	list, err := scan(ctx, s, func(f *found) []any { return []any{&f.place, &f.id} }, `
		select r.key, e.id from json_each($1) r join entity e on e.kind = r.value ->> 'Kind' and e.slug = r.value ->> 'Slug'`, jsonList(refs))
	keys := make([]int32, len(ids))
	for _, f := range list {
		keys[f.place] = f.id
	}
	if i := slices.Index(keys, 0); err == nil && i >= 0 {
		return nil, Errorf(Invalid, "%s: nothing has the id %q. Find an id by name, as in corridor(by: {name: \"INSTC\"}) { id }.", arguments[i], ids[i])
	}
	return keys, err
}

// The search. A path of so many steps with so many hubs between its ends is sought
// before any longer one, and before any with more hubs.

// Bounds of a search.
const (
	most       = math.MaxInt32
	maxWork    = 100_000_000 // links followed by walks
	chainWork  = 100         // for as many counts a link followed by a chain
	checkEvery = 1 << 14     // entities between two looks at the clock
	checkWork  = 1 << 20     // and links
	kept       = 1 << 23     // numbers in the levels that a search leaves to the next
)

// errSpent stops a search at its bounds.
var errSpent = errors.New("the search came to its bounds")

// level tells of each entity the least weight of walks of some length with some hubs
// from it to the end.
type level struct {
	least []int32 // by entity; most: there is none
	nodes []int32 // that have one
}

// search is the room that a search takes; it is used again.
type search struct {
	levels [][]*level // by hubs, then steps
	spare  []*level

	left      int // of the work that it may do
	unchecked int // done since the last look at the clock
}

// spend counts work. It fails with errSpent when none is left, and with ctx.
func (s *search) spend(ctx context.Context, work int) error {
	if s.left -= work; s.left < 0 {
		return errSpent
	}
	if s.unchecked += work; s.unchecked > checkWork {
		s.unchecked = 0
		return ctx.Err()
	}
	return nil
}

// maxSearches is how many run at a time; more would only share the processors and need
// room of their own. To make room anew takes longer than to search, so it is made once.
var maxSearches = runtime.GOMAXPROCS(0)

// makeRoom makes it before the first search, so that what is held is known.
func (n *network) makeRoom() {
	n.room = make(chan *search, maxSearches)
	for range maxSearches {
		var s search
		for range min(8, kept/max(1, len(n.kind))) {
			s.levels = append(s.levels, []*level{s.newLevel(len(n.kind))})
		}
		n.free(&s)
	}
}

// newSearch waits for room. It fails with ctx.
func (n *network) newSearch(ctx context.Context) (*search, error) {
	select {
	case s := <-n.room:
		s.left, s.unchecked = n.bound, 0
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) free(s *search) {
	for _, levels := range s.levels {
		for _, l := range levels {
			for _, e := range l.nodes {
				l.least[e] = most
			}
			l.nodes = l.nodes[:0]
			s.spare = append(s.spare, l)
		}
	}
	if keep := kept / len(n.kind); len(s.spare) > keep {
		clear(s.spare[keep:])
		s.spare = s.spare[:keep]
	}
	s.levels = s.levels[:0]
	n.room <- s
}

func (s *search) newLevel(entities int) *level {
	if last := len(s.spare) - 1; last >= 0 {
		l := s.spare[last]
		s.spare = s.spare[:last]
		return l
	}
	l := &level{least: make([]int32, entities)}
	for e := range l.least {
		l.least[e] = most
	}
	return l
}

func (l *level) lower(e, weight int32) {
	if l.least[e] == most {
		l.nodes = append(l.nodes, e)
	}
	l.least[e] = min(l.least[e], weight)
}

// level returns the walks of some steps with some hubs between.
func (w *walk) level(ctx context.Context, s *search, hubs, steps int) (*level, error) {
	for len(s.levels) <= hubs {
		s.levels = append(s.levels, nil)
	}
	for len(s.levels[hubs]) <= steps {
		next, at := s.newLevel(len(w.kind)), len(s.levels[hubs])
		s.levels[hubs] = append(s.levels[hubs], next)
		if at == 0 {
			if hubs == 0 {
				next.lower(w.to, 0)
			}
			continue
		}
		if err := w.push(ctx, s, s.levels[hubs][at-1], next, false); err != nil {
			return nil, err
		}
		if hubs > 0 {
			fewer, err := w.level(ctx, s, hubs-1, at-1)
			if err != nil {
				return nil, err
			}
			if err := w.push(ctx, s, fewer, next, true); err != nil {
				return nil, err
			}
		}
	}
	return s.levels[hubs][steps], nil
}

// push makes walks one step longer, through hubs or through all else.
func (w *walk) push(ctx context.Context, s *search, shorter, longer *level, hubs bool) error {
	for _, v := range shorter.nodes {
		weight := shorter.least[v]
		if v == w.to {
			if hubs {
				continue
			}
		} else {
			if (w.hub[v] == 1) != hubs {
				continue
			}
			weight += w.weight[v]
		}
		if err := s.spend(ctx, 1+len(w.of(v))); err != nil {
			return err
		}
		for u := range w.neighbours(v, w.days) {
			if u != w.to && u != w.from && w.through[w.kind[u]] {
				longer.lower(u, weight)
			}
		}
	}
	return nil
}

// longest is the greatest length of a path.
const longest = 8

// partial is a chain from the start, to be gone on with.
type partial struct {
	chain [longest]int32
	steps int8 // made
	hubs  int8 // to come
	sum   int32
	whole int32 // the least sum of a chain that begins like this one
}

func (p *partial) entities() []int32 { return p.chain[:p.steps+1] }

// queue orders partials by their whole, then by their entities.
type queue struct {
	partials []partial
	order    []int32
}

func (q *queue) Len() int      { return len(q.order) }
func (q *queue) Swap(i, j int) { q.order[i], q.order[j] = q.order[j], q.order[i] }
func (q *queue) Push(x any)    { q.order = append(q.order, x.(int32)) }
func (q *queue) Less(i, j int) bool {
	a, b := &q.partials[q.order[i]], &q.partials[q.order[j]]
	return a.whole < b.whole || a.whole == b.whole && slices.Compare(a.entities(), b.entities()) < 0
}

func (q *queue) Pop() any {
	end := len(q.order) - 1
	last := q.order[end]
	q.order = q.order[:end]
	return last
}

// best returns at most k chains of at most maxLength steps with as few hubs as there
// can be, how long the longest was that was sought, and whether the search came to its
// end.
func (w *walk) best(ctx context.Context, k, maxLength int) (chains [][]int32, lookedTo int, complete bool, err error) {
	if w.from == w.to {
		return [][]int32{{w.from}}, 0, true, nil
	}
	s, err := w.newSearch(ctx)
	if err != nil {
		return nil, 0, false, err
	}
	defer w.free(s)
	for hubs := 0; hubs <= min(w.hubs, maxLength-1) && len(chains) == 0; hubs++ {
		for length := hubs + 1; length <= maxLength && len(chains) < k; length++ {
			lookedTo = max(lookedTo, length)
			switch chains, err = w.exactly(ctx, s, hubs, length, k, chains); {
			case errors.Is(err, errSpent):
				return chains, lookedTo, false, nil
			case err != nil:
				return nil, 0, false, err
			}
		}
	}
	return chains, lookedTo, true, nil
}

// exactly appends the chains of a length with so many hubs between, the best first,
// until there are k in all. What is left of a whole is never more than it turns out to
// be, so the chains come out in their order.
func (w *walk) exactly(ctx context.Context, s *search, hubs, length, k int, chains [][]int32) ([][]int32, error) {
	if length == 1 {
		if _, facts := w.between(w.from, w.to, w.days); facts > 0 {
			chains = append(chains, []int32{w.from, w.to})
		}
		return chains, nil
	}
	if _, err := w.level(ctx, s, hubs, length-1); err != nil {
		return chains, err
	}
	q := &queue{partials: []partial{{hubs: int8(hubs)}}, order: []int32{0}}
	q.partials[0].chain[0] = w.from
	var least []int32 // the wholes of the best chains that are known to be whole
	for len(q.order) > 0 && len(chains) < k {
		p := q.partials[heap.Pop(q).(int32)]
		left := length - int(p.steps) - 1 // steps after the next
		if left == 0 {
			chains, least = append(chains, append(slices.Clone(p.entities()), w.to)), least[1:]
			continue
		}
		if !slices.ContainsFunc(s.levels[0][1].nodes, func(e int32) bool { return !slices.Contains(p.entities(), e) }) {
			continue // it has used up all that leads to the end
		}
		for u := range w.neighbours(p.chain[p.steps], w.days) {
			if err := s.spend(ctx, chainWork); err != nil {
				return chains, err
			}
			toCome := p.hubs
			if w.hub[u] == 1 {
				toCome--
			}
			if toCome < 0 {
				continue
			}
			rest := s.levels[toCome][left].least[u]
			if rest == most || slices.Contains(p.entities(), u) {
				continue
			}
			sum := p.sum + w.weight[u]
			wanted := k - len(chains)
			if len(least) == wanted && sum+rest > least[wanted-1] {
				continue
			}
			if left == 1 { // nothing stands in its way
				at, _ := slices.BinarySearch(least, sum+rest)
				least = slices.Insert(least, at, sum+rest)
				least = least[:min(len(least), wanted)]
			}
			next := partial{chain: p.chain, steps: p.steps + 1, hubs: toCome, sum: sum, whole: sum + rest}
			next.chain[next.steps] = u
			q.partials = append(q.partials, next)
			heap.Push(q, int32(len(q.partials)-1))
		}
	}
	return chains, nil
}

// within returns the entities within so many steps of the start in the order in which
// they are reached, and how far each level goes. Only those of the kinds that are let
// through are gone on from.
func (w *walk) within(ctx context.Context, steps int) (entities []int32, ends []int, err error) {
	seen := make([]bool, len(w.kind))
	seen[w.from] = true
	entities, ends = []int32{w.from}, []int{1}
	for begin := 0; steps > 0 && begin < len(entities); steps-- {
		end := len(entities)
		for i, v := range entities[begin:end] {
			if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			if v != w.from && !w.through[w.kind[v]] {
				continue
			}
			for u := range w.neighbours(v, w.days) {
				if !seen[u] {
					seen[u] = true
					entities = append(entities, u)
				}
			}
		}
		begin = end
		ends = append(ends, len(entities))
	}
	return entities, ends, nil
}

// NeighbourhoodQuery asks for what is around an entity.
type NeighbourhoodQuery struct {
	Of    string // ID
	Depth int    // in steps, 1 to 3
	Kinds []string
	AsOf  Date // "": the day of the Store, or whatever the day
	Limit int  // 1 to 500
}

// linksPerNode is how many links a neighbourhood shows for each node that it may.
const linksPerNode = 4

// Neighbourhood returns the entities within some steps of one: the nearer first, of
// them hubs last, then those that more facts link with what is nearer or as near, then
// the first in the record. It fails with Invalid when an argument is out of
// bounds or names no entity.
func (s *Store) Neighbourhood(ctx context.Context, q NeighbourhoodQuery) (*Neighbourhood, error) {
	switch {
	case q.Depth < 1 || q.Depth > 3:
		return nil, Errorf(Invalid, "depth: %d is out of bounds. Ask for 1 to 3 steps.", q.Depth)
	case q.Limit < 1 || q.Limit > 500:
		return nil, Errorf(Invalid, "limit: %d is out of bounds. Ask for 1 to 500 entities.", q.Limit)
	}
	of, err := s.entityKeys(ctx, []string{"of"}, []string{q.Of})
	if err != nil {
		return nil, err
	}
	n, err := s.network(ctx)
	if err != nil {
		return nil, err
	}
	w := walk{network: n, from: of[0], days: stretchOf(cmp.Or(q.AsOf, s.at)), through: through(q.Kinds)}
	shown, distances, total, err := w.around(ctx, q.Depth, q.Limit)
	if err != nil {
		return nil, err
	}
	pairs := w.among(append([]int32{w.from}, shown...), linksPerNode*q.Limit)
	links, entities, err := s.linksOf(ctx, n, w.days, pairs, append(of, shown...))
	if err != nil {
		return nil, err
	}
	around := &Neighbourhood{Of: entities[int64(of[0])], Nodes: make([]*Neighbour, len(shown)), Links: links, Total: total}
	for i, e := range shown {
		around.Nodes[i] = &Neighbour{entities[int64(e)], distances[i], int(n.degree[e])}
	}
	return around, nil
}

// around returns the entities nearest to the start, the most relevant first, at most
// limit of them, how far each is, and how many there are within depth.
func (w *walk) around(ctx context.Context, depth, limit int) (shown []int32, distances []int, total int, err error) {
	tied := make([]int32, len(w.kind)) // by entity: how many facts link it with those nearer or as near
	seen := make([]int8, len(w.kind))  // by entity: the distance, and 1; 0: not reached
	seen[w.from] = 1
	level := []int32{w.from}
	for distance := 1; distance <= depth; distance++ {
		now := int8(distance + 1)
		var next []int32
		for i, v := range level {
			if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
				return nil, nil, 0, ctx.Err()
			}
			for _, l := range w.of(v) {
				u := l.to()
				if seen[u] != 0 && seen[u] != now || !w.through[w.kind[u]] || !w.holds(l, w.days) {
					continue
				}
				if seen[u] == 0 {
					seen[u] = now
					next = append(next, u)
				}
				tied[u]++
			}
		}
		total += len(next)
		level = next
		room := min(limit-len(shown), len(next))
		if room == 0 {
			continue
		}
		for i, u := range next {
			if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
				return nil, nil, 0, ctx.Err()
			}
			for _, l := range w.of(u) {
				if seen[l.to()] == now && w.holds(l, w.days) {
					tied[u]++
				}
			}
		}
		slices.SortFunc(next, func(a, b int32) int {
			return cmp.Or(cmp.Compare(w.hub[a], w.hub[b]), cmp.Compare(tied[b], tied[a]), cmp.Compare(a, b))
		})
		for _, u := range next[:room] {
			shown, distances = append(shown, u), append(distances, distance)
		}
	}
	return shown, distances, total, nil
}

// among returns at most limit pairs of linked entities, the earlier in the list first:
// each entity's best link, then each one's second …
func (w *walk) among(list []int32, limit int) [][2]int32 {
	type ranked struct{ nth, earlier, later int }
	var found []ranked
	for later := range list {
		nth := 0
		for earlier := range later {
			a, b := list[earlier], list[later]
			if w.degree[a] > w.degree[b] {
				a, b = b, a
			}
			if _, facts := w.between(a, b, w.days); facts > 0 {
				found = append(found, ranked{nth, earlier, later})
				nth++
			}
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.nth, b.nth) })
	pairs := make([][2]int32, min(limit, len(found)))
	for i := range pairs {
		pairs[i] = [2]int32{list[found[i].earlier], list[found[i].later]}
	}
	return pairs
}
