package db

import (
	"context"
	"errors"
	"sync"
)

// cohort is the rows that one statement returned. The first of them that is asked
// for a relation fetches it for all, so a query makes one statement for each
// relation that it names, however long its lists are. No timers, no registry: a
// cohort lives as long as its rows.
type cohort struct {
	store *Store
	rows  []row

	mu    sync.Mutex
	loads []*load // few, so that comparing names finds one soonest
}

// relation names what the rows of a cohort are asked for together.
type relation struct {
	name string
	by   string // what else tells it from others of the name: a filter, an order
	page stretchAsked
}

// row is anything that came with a cohort.
type row interface {
	rowID() int64
	join(*cohort)
}

// loaded makes a struct a row.
type loaded struct {
	id     int64
	cohort *cohort
}

func (m *loaded) rowID() int64   { return m.id }
func (m *loaded) join(c *cohort) { m.cohort = c }

var errUnfinished = errors.New("a load did not finish")

type load struct {
	of    relation
	once  sync.Once
	value any
	err   error
}

// shared runs fetch once for the whole cohort and each relation.
func shared[V any](c *cohort, of relation, fetch func() (V, error)) (V, error) {
	l := c.load(of)
	l.once.Do(func() {
		l.err = errUnfinished // what the siblings read when fetch panics
		l.value, l.err = fetch()
	})
	value, _ := l.value.(V)
	return value, l.err
}

func (c *cohort) load(of relation) *load {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.loads {
		if l.of == of {
			return l
		}
	}
	l := &load{of: of}
	c.loads = append(c.loads, l)
	return l
}

// newCohort binds rows together.
func newCohort[T any, P rowOf[T]](s *Store, rows []*T) {
	siblings := make([]row, len(rows))
	for i, r := range rows {
		siblings[i] = P(r)
	}
	joinCohort(s, siblings)
}

func joinCohort(s *Store, rows []row) {
	c := &cohort{store: s, rows: rows}
	for _, r := range rows {
		r.join(c)
	}
}

// rowOf is the pointer to T, which is the row.
type rowOf[T any] interface {
	*T
	row
}

// ids are those of the cohort's rows, each once: a country is there for each of its meetings.
func (c *cohort) ids() []int64 {
	ids := make([]int64, 0, len(c.rows))
	seen := make(map[int64]bool, len(c.rows))
	for _, r := range c.rows {
		if id := r.rowID(); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// one follows a reference from r. The rest of r's cohort is fetched with it. It
// returns nil where the reference is 0.
func one[T any, P rowOf[T], R any](ctx context.Context, r P, c *cohort, name string, ref func(P) int64,
	fetch func(context.Context, *Store, []int64) (map[int64]R, error),
) (R, error) {
	var none R
	if ref(r) == 0 {
		return none, nil
	}
	found, err := shared(c, relation{name: name}, func() (map[int64]R, error) {
		seen := map[int64]bool{0: true}
		var ids []int64
		for _, sibling := range c.rows {
			if sibling, same := sibling.(P); same && !seen[ref(sibling)] {
				seen[ref(sibling)] = true
				ids = append(ids, ref(sibling))
			}
		}
		return fetch(ctx, c.store, ids)
	})
	return found[ref(r)], err
}

// many fetches what belongs to each row of the cohort and returns r's share.
func many[V any](ctx context.Context, r row, c *cohort, name string,
	fetch func(context.Context, *Store, []int64) (map[int64]V, error),
) (V, error) {
	found, err := shared(c, relation{name: name}, func() (map[int64]V, error) { return fetch(ctx, c.store, c.ids()) })
	return found[r.rowID()], err
}
