package db

import (
	"cmp"
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
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
// entity, by id. It holds integers only, so that a record of ten million facts fits. A
// release has it as it is here, and it is read without a look at the facts.
type network struct {
	first  []int32 // by entity: where its links begin; they end where those of the next begin
	links  []edge  // of one entity after the other, ascending by neighbour
	kind   []uint8 // by entity: its place in Kinds
	hub    []uint8 // by entity: 1 for a hub
	degree []int32 // by entity: how many neighbours it has, whatever the day
	weight []int32 // by entity: 1000 log2(degree), and 16,000 more for an issue
	hubs   int     // how many there are

	// The days on which memberships, tenures and stops possibly held, by fact. What
	// certainly held on a day possibly did; a stop holds once its corridor is agreed.
	dated       []int32
	from, until []int32 // as 20041231

	bound int // of the work of a search
	room  chan *search
}

// edge is a link as one of its ends sees it: the other end, how they are linked, and the
// fact. So they stand in its bits, from the highest down, and edges are in the order of
// the ends that they lead to.
type edge uint64

const (
	factBits    = 31
	howBits     = 5 // the relation, and disputedBit
	disputedBit = 1 << (howBits - 1)
	endBits     = 64 - factBits - howBits
)

func edgeTo(to int32, how uint8, fact int32) edge {
	return edge(to)<<(factBits+howBits) | edge(how)<<factBits | edge(fact)
}

func (e edge) to() int32      { return int32(e >> (factBits + howBits)) }
func (e edge) how() uint8     { return uint8(e>>factBits) & (1<<howBits - 1) }
func (e edge) fact() int32    { return int32(e & (1<<factBits - 1)) }
func (e edge) relation() int  { return int(e.how() &^ disputedBit) }
func (e edge) disputed() bool { return e.how()&disputedBit != 0 }

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
	i, _ := slices.BinarySearch(n.dated, l.fact())
	for ; i < len(n.dated) && n.dated[i] == l.fact(); i++ {
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
			if to := l.to(); to != last && n.holds(l, s) {
				last = to
				if !yield(to) {
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
	i, _ := slices.BinarySearch(links, edgeTo(b, 0, 0))
	for _, l := range links[i:] {
		if l.to() != b {
			break
		}
		if !n.holds(l, s) {
			continue
		}
		if facts++; facts == 1 || l.how() < best.how() || l.how() == best.how() && l.fact() < best.fact() {
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
			s.links.network, s.links.err = loadNetwork(s.links.stop, s.ro)
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

// addNetwork writes the network of the facts that are written.
func (w *Writer) addNetwork() error {
	n, err := w.network()
	if err != nil {
		return err
	}
	add := func(list string, piece int, data []byte) error {
		return w.run(`insert into network (list, piece, data) values ($1, $2, $3)`, []sqldriver.Value{list, int64(piece), data})
	}
	return errors.Join(
		pieces(n.first, 4, "first", add), pieces(n.links, 8, "links", add),
		pieces(n.kind, 1, "kind", add), pieces(n.hub, 1, "hub", add), pieces(n.degree, 4, "degree", add),
		pieces(n.dated, 4, "dated", add), pieces(n.from, 4, "from", add), pieces(n.until, 4, "until", add))
}

// pieceSize is how many integers a piece of a list has.
const pieceSize = 1 << 15

// pieces gives the pieces of a list of integers, each of so many bytes, little-endian.
func pieces[T uint8 | int32 | edge](list []T, size int, name string, add func(list string, piece int, data []byte) error) error {
	piece := 0
	for part := range slices.Chunk(list, pieceSize) {
		data := make([]byte, 0, size*len(part))
		for _, value := range part {
			for shift := range size {
				data = append(data, byte(uint64(value)>>(8*shift)))
			}
		}
		if err := add(name, piece, data); err != nil {
			return err
		}
		piece++
	}
	return nil
}

// loadNetwork reads the network of a release.
func loadNetwork(ctx context.Context, db *sql.DB) (*network, error) {
	n := &network{bound: maxWork}
	if err := cmp.Or(
		joined(ctx, db, &n.first, 4, "first"), joined(ctx, db, &n.links, 8, "links"),
		joined(ctx, db, &n.kind, 1, "kind"), joined(ctx, db, &n.hub, 1, "hub"), joined(ctx, db, &n.degree, 4, "degree"),
		joined(ctx, db, &n.dated, 4, "dated"), joined(ctx, db, &n.from, 4, "from"), joined(ctx, db, &n.until, 4, "until")); err != nil {
		return nil, err
	}
	n.weigh()
	n.makeRoom()
	return n, nil
}

// joined reads a list from its pieces.
func joined[T uint8 | int32 | edge](ctx context.Context, db *sql.DB, list *[]T, size int, name string) error {
	var length int
	if err := db.QueryRowContext(ctx, `select coalesce(sum(length(data)), 0) from network where list = ?1`, name).Scan(&length); err != nil {
		return err
	}
	*list = make([]T, 0, length/size)
	rows, err := db.QueryContext(ctx, `select data from network where list = ?1 order by piece`, name)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var data sql.RawBytes
		if err := rows.Scan(&data); err != nil {
			return err
		}
		for at := 0; at < len(data); at += size {
			var value uint64
			for i, b := range data[at : at+size] {
				value |= uint64(b) << (8 * i)
			}
			*list = append(*list, T(value))
		}
	}
	return rows.Err()
}

// network makes the network of the facts that are written. Links are counted by entity,
// put in place, and then once more in the order of their neighbours, which sorts them.
func (w *Writer) network() (*network, error) {
	n := &network{}
	var top, facts, most int // the greatest ids, and no fewer pairs than there are
	read := reader{w: w}
	read.each(`
		select (select coalesce(max(id), 0) from entity), (select coalesce(max(id), 0) from fact),
			2 * (select count(*) from participation) + (select count(*) from topic) + (select count(*) from membership)
			+ (select count(*) from tenure) + (select count(*) from party) + (select count(*) from concern) + (select count(*) from stop)
			+ (select count(*) from statement) + (select count(*) from meeting), 0`, func(a, b, c, _ int64) { top, facts, most = int(a), int(b), int(c) })
	if most > math.MaxInt32/2 || top >= 1<<endBits || facts >= 1<<factBits {
		return nil, errors.New("the record has too many facts for a network in memory")
	}
	n.kind = make([]uint8, top+1)
	read.each(`
		select id, case kind when 'country' then 0 when 'official' then 1 when 'organization' then 2 when 'corridor' then 3 when 'issue' then 4 else 5 end, 0, 0
		from entity`, func(id, kind, _, _ int64) { n.kind[id] = uint8(kind) })
	disputed := make([]bool, facts+1)
	read.each(`select id, 0, 0, 0 from fact where disputed`, func(fact, _, _, _ int64) { disputed[fact] = true })

	type pair struct {
		a int32
		edge
	}
	pairs := make([]pair, 0, most) // each once, at first
	n.first = make([]int32, top+2)
	add := func(a, b, fact int64, how uint8) {
		if a == b { // what someone says of themselves links nothing
			return
		}
		pairs = append(pairs, pair{int32(a), edgeTo(int32(b), how, int32(fact))})
		n.first[a+1]++
		n.first[b+1]++
	}
	for relation, text := range linked {
		read.each(text, func(fact, a, b, c int64) {
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
	read.each(`
		select fact, cast(replace(possible_from, '-', '') as integer), cast(replace(possible_until, '-', '') as integer), 0
		from validity where possible_from <= possible_until
		union all
		select s.fact, cast(coalesce(substr(replace(c.agreed_on, '-', '') || '0101', 1, 8), '0') as integer), 99991231, 0
		from stop s join corridor c on c.id = s.corridor
		order by 1`, func(fact, from, until, _ int64) {
		n.dated, n.from, n.until = append(n.dated, int32(fact)), append(n.from, int32(from)), append(n.until, int32(until))
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
		put(links, p.to(), edgeTo(p.a, p.how(), p.fact()))
	}
	pairs = nil
	n.links = make([]edge, len(links))
	copy(next, n.first)
	for e := range int32(top + 1) {
		for _, l := range links[n.first[e]:n.first[e+1]] {
			put(n.links, l.to(), edgeTo(e, l.how(), l.fact()))
		}
	}
	n.measure()
	return n, nil
}

// measure counts neighbours and finds the hubs.
func (n *network) measure() {
	n.hub, n.degree = make([]uint8, len(n.kind)), make([]int32, len(n.kind))
	countries := 0
	for _, kind := range n.kind[1:] {
		if Kinds[kind] == KindCountry {
			countries++
		}
	}
	for e := range int32(len(n.kind)) {
		members, member, last := 0, int32(-1), int32(-1)
		for _, l := range n.of(e) {
			to := l.to()
			if to != last {
				last = to
				n.degree[e]++
			}
			if l.relation() == byMembership && to != member {
				member = to
				members++
			}
		}
		kind := Kinds[n.kind[e]]
		if (kind == KindCorridor || kind == KindOrganization) && 4*members > countries {
			n.hub[e] = 1
		}
	}
}

// weigh gives entities their weight, and counts the hubs.
func (n *network) weigh() {
	n.weight = make([]int32, len(n.kind))
	for e, degree := range n.degree {
		if degree > 0 {
			n.weight[e] = int32(math.Round(1000 * math.Log2(float64(degree))))
		}
		if Kinds[n.kind[e]] == KindIssue {
			n.weight[e] += 16_000 // a heading that editors gave; all else is there without them
		}
		n.hubs += int(n.hub[e])
	}
}

// reader reads rows of four integers until the first error.
type reader struct {
	w   *Writer
	err error
}

func (r *reader) each(text string, take func(a, b, c, d int64)) {
	if r.err != nil {
		return
	}
	if r.err = r.w.flush(); r.err != nil {
		return
	}
	rows, err := r.w.conn.Query(text, nil)
	if err != nil {
		r.err = err
		return
	}
	defer rows.Close()
	row := make([]sqldriver.Value, 4)
	for err = rows.Next(row); err == nil; err = rows.Next(row) {
		take(row[0].(int64), row[1].(int64), row[2].(int64), row[3].(int64))
	}
	if !errors.Is(err, io.EOF) {
		r.err = err
	}
}
