package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
)

// The relations by which facts link entities, the most telling first.
const (
	byParticipation = iota
	byHosting
	byTopic
	byMembership
	byTenure
	byParty
	byConcern
	byStop
	byStatement
)

// relations are their words.
var relations = []string{"participation", "hosting", "topic", "membership", "tenure", "party", "concern", "stop", "statement"}

// linked selects, for each relation, the entities that its facts link two by two, and
// the fact; of a hosting that is the meeting, of a statement the statement. Where two
// are selected beside a third, each of them is linked with it.
var linked = []string{
	byParticipation: `select fact, meeting, official, country from participation`,
	byHosting:       `select id, id, host_country, 0 from meeting where host_country is not null`,
	byTopic:         `select fact, meeting, entity, 0 from topic`,
	byMembership:    `select fact, body, country, 0 from membership`,
	byTenure:        `select fact, official, country, 0 from tenure`,
	byParty:         `select fact, issue, country, 0 from party`,
	byConcern:       `select fact, issue, corridor, 0 from concern`,
	byStop:          `select fact, corridor, country, 0 from stop`,
	byStatement:     `select id, official, topic, 0 from statement where topic is not null`,
}

// network is every fact that links two entities, in memory: the neighbours of each
// entity, by id. It holds integers only, so that a record of ten million facts fits.
type network struct {
	first  []int32 // by entity: where its links begin; they end where those of the next begin
	links  []edge  // of one entity after the other, ascending by neighbour
	kind   []uint8 // by entity: its place in Kinds
	hub    []bool  // by entity
	degree []int32 // by entity: how many neighbours it has, whatever the day
	weight []int32 // by entity: 1000 log2(degree), and 16,000 more for an issue
	hubs   int     // how many there are

	// The days on which memberships, tenures and stops possibly held, by fact. What
	// certainly held on a day possibly did; a stop holds once its corridor is agreed.
	dated       []int32
	from, until []int32 // as 20041231

	bound    int // of the work of a search
	searches sync.Pool
}

// edge is a link as one of its ends sees it.
type edge struct {
	to, fact int32
	how      uint8 // the relation, and disputedBit
}

const disputedBit = 1 << 7

func (e edge) relation() int  { return int(e.how &^ disputedBit) }
func (e edge) disputed() bool { return e.how&disputedBit != 0 }

// of are the links of an entity.
func (n *network) of(e int32) []edge { return n.links[n.first[e]:n.first[e+1]] }

// stretch is the days that are asked for, as numbers such as 20041231; zero: whatever the day.
type stretch struct{ first, last int32 }

func stretchOf(day Date) stretch {
	if day == "" {
		return stretch{}
	}
	return stretch{dayNumber(day.Earliest()), dayNumber(day.Latest())}
}

func dayNumber(day Date) (n int32) {
	for _, r := range strings.ReplaceAll(string(day), "-", "") {
		n = 10*n + r - '0'
	}
	return n
}

// holds tells whether a link was there in a stretch.
func (n *network) holds(l edge, s stretch) bool {
	switch l.relation() {
	case byMembership, byTenure, byStop:
		if s == (stretch{}) {
			return true
		}
	default:
		return true
	}
	i, _ := slices.BinarySearch(n.dated, l.fact)
	for ; i < len(n.dated) && n.dated[i] == l.fact; i++ {
		if n.from[i] <= s.last && n.until[i] >= s.first {
			return true
		}
	}
	return false
}

// neighbours are the entities that e is linked with in a stretch, each once, ascending.
func (n *network) neighbours(e int32, s stretch) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		last := int32(-1)
		for _, l := range n.of(e) {
			if l.to != last && n.holds(l, s) {
				last = l.to
				if !yield(l.to) {
					return
				}
			}
		}
	}
}

// between returns the most telling of the links from a to b in a stretch, and how many
// there are: undisputed first, then by relation, then the first of the record.
func (n *network) between(a, b int32, s stretch) (best edge, facts int) {
	links := n.of(a)
	i, _ := slices.BinarySearchFunc(links, b, func(l edge, b int32) int { return cmp.Compare(l.to, b) })
	for _, l := range links[i:] {
		if l.to != b {
			break
		}
		if !n.holds(l, s) {
			continue
		}
		if facts++; facts == 1 || l.how < best.how || l.how == best.how && l.fact < best.fact {
			best = l
		}
	}
	return best, facts
}

// lazyNetwork is built once, when it is first asked for.
type lazyNetwork struct {
	once    sync.Once
	ready   chan struct{} // closed when the rest is set
	network *network
	err     error
	stop    context.Context // ends with the Store
	cancel  context.CancelFunc
}

func newLazyNetwork() *lazyNetwork {
	l := &lazyNetwork{ready: make(chan struct{})}
	l.stop, l.cancel = context.WithCancel(context.Background())
	return l
}

// warm begins to read what paths are searched in, so that the first search need not
// wait for it. It returns at once.
func (s *Store) warm() {
	s.links.once.Do(func() {
		go func() {
			defer close(s.links.ready)
			s.links.network, s.links.err = readNetwork(s.links.stop, s.ro)
		}()
	})
}

// network returns the network when it is ready; a ctx that ends before is its error.
func (s *Store) network(ctx context.Context) (*network, error) {
	s.warm()
	select {
	case <-s.links.ready:
		return s.links.network, s.links.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// readNetwork reads the network of a release. Links are counted by entity, put in
// place, and then once more in the order of their neighbours, which sorts them.
func readNetwork(ctx context.Context, db *sql.DB) (*network, error) {
	n := &network{bound: maxWork}
	var top, facts, most int // the greatest ids, and no fewer pairs than there are
	if err := db.QueryRowContext(ctx, `
		select (select coalesce(max(id), 0) from entity), (select coalesce(max(id), 0) from fact),
			2 * (select count(*) from participation) + (select count(*) from topic) + (select count(*) from membership)
			+ (select count(*) from tenure) + (select count(*) from party) + (select count(*) from concern) + (select count(*) from stop)
			+ (select count(*) from statement) + (select count(*) from meeting)`).Scan(&top, &facts, &most); err != nil {
		return nil, err
	}
	if most > math.MaxInt32/2 {
		return nil, errors.New("the record has too many facts for a network in memory")
	}
	n.kind = make([]uint8, top+1)
	var read reader
	read.each(ctx, db, `
		select id, case kind when 'country' then 0 when 'official' then 1 when 'organization' then 2 when 'corridor' then 3 when 'issue' then 4 else 5 end, 0, 0
		from entity`, func(id, kind, _, _ int32) { n.kind[id] = uint8(kind) })
	disputed := make([]bool, facts+1)
	read.each(ctx, db, `select id, 0, 0, 0 from fact where disputed`, func(fact, _, _, _ int32) { disputed[fact] = true })

	type pair struct {
		a int32
		edge
	}
	pairs := make([]pair, 0, most) // each once, at first
	n.first = make([]int32, top+2)
	add := func(a, b, fact int32, how uint8) {
		if a == b { // what someone says of themselves links nothing
			return
		}
		pairs = append(pairs, pair{a, edge{b, fact, how}})
		n.first[a+1]++
		n.first[b+1]++
	}
	for relation, text := range linked {
		read.each(ctx, db, text, func(fact, a, b, c int32) {
			how := uint8(relation)
			if relation != byHosting && relation != byStatement && disputed[fact] {
				how |= disputedBit
			}
			add(a, b, fact, how)
			if c != 0 {
				add(a, c, fact, how)
			}
		})
	}
	read.each(ctx, db, `
		select fact, cast(replace(possible_from, '-', '') as integer), cast(replace(possible_until, '-', '') as integer), 0
		from validity where possible_from <= possible_until
		union all
		select s.fact, cast(coalesce(substr(replace(c.agreed_on, '-', '') || '0101', 1, 8), '0') as integer), 99991231, 0
		from stop s join corridor c on c.id = s.corridor
		order by 1`, func(fact, from, until, _ int32) {
		n.dated, n.from, n.until = append(n.dated, fact), append(n.from, from), append(n.until, until)
	})
	if read.err != nil {
		return nil, read.err
	}

	for e := range top + 1 {
		n.first[e+1] += n.first[e]
	}
	next := slices.Clone(n.first)
	put := func(links []edge, e int32, l edge) {
		links[next[e]] = l
		next[e]++
	}
	links := make([]edge, 2*len(pairs))
	for _, p := range pairs {
		put(links, p.a, p.edge)
		put(links, p.to, edge{p.a, p.fact, p.how})
	}
	pairs = nil
	n.links = make([]edge, len(links))
	copy(next, n.first)
	for e := range int32(top + 1) {
		for _, l := range links[n.first[e]:n.first[e+1]] {
			put(n.links, l.to, edge{e, l.fact, l.how})
		}
	}
	n.measure()
	return n, nil
}

// measure counts neighbours and finds the hubs.
func (n *network) measure() {
	n.hub, n.degree, n.weight = make([]bool, len(n.kind)), make([]int32, len(n.kind)), make([]int32, len(n.kind))
	countries := 0
	for _, kind := range n.kind[1:] {
		if Kinds[kind] == KindCountry {
			countries++
		}
	}
	for e := range int32(len(n.kind)) {
		members, member, last := 0, int32(-1), int32(-1)
		for _, l := range n.of(e) {
			if l.to != last {
				last = l.to
				n.degree[e]++
			}
			if l.relation() == byMembership && l.to != member {
				member = l.to
				members++
			}
		}
		if n.degree[e] > 0 {
			n.weight[e] = int32(math.Round(1000 * math.Log2(float64(n.degree[e]))))
		}
		kind := Kinds[n.kind[e]]
		if kind == KindIssue {
			n.weight[e] += 16_000 // a heading that editors gave; all else is there without them
		}
		if (kind == KindCorridor || kind == KindOrganization) && 4*members > countries {
			n.hub[e] = true
			n.hubs++
		}
	}
}

// reader reads rows of four integers until the first error.
type reader struct{ err error }

func (r *reader) each(ctx context.Context, db *sql.DB, text string, take func(a, b, c, d int32)) {
	if r.err != nil {
		return
	}
	rows, err := db.QueryContext(ctx, text)
	if err != nil {
		r.err = err
		return
	}
	defer rows.Close()
	var a, b, c, d any // into any, Scan copies; into an integer it goes by way of text
	for rows.Next() {
		if r.err = rows.Scan(&a, &b, &c, &d); r.err != nil {
			return
		}
		take(int32(a.(int64)), int32(b.(int64)), int32(c.(int64)), int32(d.(int64)))
	}
	r.err = rows.Err()
}
