package db

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Position is a place in an ordered list: what it is ordered by, and what breaks ties.
type Position struct{ Key, Tie string }

// Page asks for a stretch of a list.
type Page struct {
	Limit         int
	Backward      bool      // from the end
	After, Before *Position // nil: no bound
}

// Item is a row at its place in a list.
type Item[T any] struct {
	Row      *T
	Position Position
}

// List is a stretch of a list.
type List[T any] struct {
	Items                []Item[T]
	HasNext, HasPrevious bool
	// Count returns how long the whole list is. It costs a statement.
	Count func(context.Context) (int, error)
	// Coverage returns what was looked at for the list. It costs a statement.
	Coverage func(context.Context) (*Coverage, error)
	// Facets counts the whole list by what its rows have.
	Facets Facets
}

// stretchAsked is a Page that can be compared.
type stretchAsked struct {
	limit             int
	backward          bool
	after, before     Position
	isAfter, isBefore bool
}

func (p Page) asked() stretchAsked {
	asked := stretchAsked{limit: p.Limit, backward: p.Backward, isAfter: p.After != nil, isBefore: p.Before != nil}
	if p.After != nil {
		asked.after = *p.After
	}
	if p.Before != nil {
		asked.before = *p.Before
	}
	return asked
}

// listing is a list below each of some parents, or one list below none (parent 0). The
// page, the count and the facets are taken from the same parts, so they cannot disagree.
type listing[T any] struct {
	parent   string // the column that has the parent, which is $1, or a JSON list of parents; "": there is none
	id       string // the column that tells a row from the others
	key, tie string // what the rows are ordered by
	columns  string // of dest
	from     string // what stands between from and where …
	beside   string // … and what the columns need beside it
	b        conditions
	desc     bool
	dest     func(*T) []any
	// place is a column by which an index has the rows of one parent in the order of key
	// and tie, as the ordinals of meetings; "": none has.
	place string
	// again is by what an index finds a row of the parent asked.value again, up to "in",
	// so that no more rows of each of several parents are read than a page takes; "":
	// the lists are short, or have no such index, and are read whole.
	again      string
	dimensions dimensions // that it can be counted by
	tallied    tallied
	// scope is the codes of the countries whose meetings were looked at; nil: the whole record.
	scope []string
}

// lists are the pages below the rows of a cohort.
type lists[T any] struct {
	listing[T]
	cohort *cohort
	of     relation
	pages  map[int64]*List[T]
}

// below returns r's page of a list of that name. The rest of its cohort is fetched
// with it. By is pointers to all that the list is filtered and ordered by.
func below[T any, P rowOf[T]](ctx context.Context, r row, c *cohort, name string, p Page, list func(*Store) (listing[T], error), by ...any) (*List[T], error) {
	of := relation{name: name, by: wording(by), page: p.asked()}
	found, err := shared(c, of, func() (*lists[T], error) {
		l, err := list(c.store)
		if err != nil {
			return nil, err
		}
		of.page = stretchAsked{}
		all := &lists[T]{l, c, of, nil}
		all.pages, err = page[T, P](ctx, c.store, l, c.ids(), p)
		for id, list := range all.pages {
			all.bind(list, id)
		}
		return all, err
	})
	if err != nil {
		return nil, err
	}
	if list := found.pages[r.rowID()]; list != nil {
		return list, nil
	}
	empty := emptyList[T](p)
	found.bind(empty, r.rowID())
	return empty, nil
}

// bind says what can be asked of the list below a row, beside its page.
func (l *lists[T]) bind(list *List[T], id int64) {
	list.Count = func(ctx context.Context) (int, error) {
		totals, err := shared(l.cohort, relation{"count of " + l.of.name, l.of.by, stretchAsked{}}, func() (map[int64]int, error) {
			return counts(ctx, l.cohort.store, l.listing, l.cohort.ids())
		})
		return totals[id], err
	}
	list.Facets = Facets{func(ctx context.Context, dimension string, first int) ([]*Facet, error) {
		facets, err := shared(l.cohort, relation{dimension + " of " + l.of.name, l.of.by, stretchAsked{limit: first}}, func() (map[int64][]*Facet, error) {
			return tallies(ctx, l.cohort.store, l.listing, dimension, first, l.cohort.ids())
		})
		return facets[id], err
	}}
	list.Coverage = func(ctx context.Context) (*Coverage, error) {
		return shared(l.cohort, relation{name: "coverage", by: wording([]any{&l.scope})}, func() (*Coverage, error) { return l.cohort.store.Coverage(ctx, l.scope) })
	}
}

// wording is what filters and orders say, as text; "" where they say nothing.
func wording(by []any) string {
	var text []byte
	for i, p := range by {
		if reflect.ValueOf(p).Elem().IsZero() {
			continue
		}
		one, err := json.Marshal(p)
		if err != nil {
			panic(err) // filters and orders are plain data
		}
		text = append(strconv.AppendInt(text, int64(i), 10), one...)
	}
	return string(text)
}

// root returns a page of a list without a parent.
func root[T any, P rowOf[T]](ctx context.Context, s *Store, l listing[T], p Page) (*List[T], error) {
	lists, err := page[T, P](ctx, s, l, nil, p)
	list := lists[0]
	if list == nil {
		list = emptyList[T](p)
	}
	list.Count = func(ctx context.Context) (int, error) {
		total, err := counts(ctx, s, l, nil)
		return total[0], err
	}
	list.Facets = Facets{func(ctx context.Context, dimension string, first int) ([]*Facet, error) {
		byParent, err := tallies(ctx, s, l, dimension, first, nil)
		return byParent[0], err
	}}
	list.Coverage = func(ctx context.Context) (*Coverage, error) { return s.Coverage(ctx, l.scope) }
	return list, err
}

// bound checks how much a field is asked for.
func bound(field string, n, most int) error {
	if n < 0 || n > most {
		return Errorf(Invalid, "%s: %d is out of bounds. Ask for 0 to %d.", field, n, most)
	}
	return nil
}

// emptyList is a page without items. A bound is an item outside of it.
func emptyList[T any](p Page) *List[T] {
	return &List[T]{HasPrevious: p.After != nil, HasNext: p.Before != nil}
}

// page fetches the same page of each parent's list in one statement. A parent whose
// page is empty is absent.
func page[T any, P rowOf[T]](ctx context.Context, s *Store, l listing[T], parents []int64, p Page) (map[int64]*List[T], error) {
	args := l.arguments(parents)
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	after, before, direction := " > ", " < ", ""
	if l.desc {
		after, before = before, after
	}
	if l.desc != p.Backward {
		direction = " desc"
	}
	order := l.key + direction + ", " + l.tie + direction
	if l.place != "" {
		order = l.place + direction
	}
	var bounds string
	for _, bound := range []struct {
		side string
		at   *Position
	}{{after, p.After}, {before, p.Before}} {
		switch {
		case bound.at == nil:
		case l.place != "":
			bounds += "\nand " + l.place + ordinalBeyond(bound.side, arg(bound.at.Key), arg(bound.at.Tie))
		default:
			bounds += "\nand (" + l.key + ", " + l.tie + ")" + bound.side + "(" + arg(bound.at.Key) + ", " + arg(bound.at.Tie) + ")"
		}
	}
	columns := l.key + " as key, " + l.tie + " as tie, " + l.columns
	rowsOf := func(parent, columns, beside string) string {
		return l.rows(parent, columns, beside) + bounds + "\norder by "
	}

	// One row more than asked for tells whether the list goes on.
	var text string
	switch {
	case len(parents) > 1 && l.again != "":
		text = "select asked.value, " + columns + "\nfrom json_each($1) asked cross join " + l.from + l.beside +
			"\nwhere " + l.again + " in (" + rowsOf("= asked.value", cmp.Or(l.place, l.id), "") + order + " limit " + arg(p.Limit+1) + ")" +
			"\norder by asked.key, " + order
	case len(parents) > 1:
		text = rowsOf(among(parents), l.parent+", "+columns, l.beside) + l.parent + ", " + order
	default:
		text = rowsOf(among(parents), cmp.Or(l.parent, "0")+", "+columns, l.beside) + order + " limit " + arg(p.Limit+1)
	}

	type placed struct {
		parent   int64
		position Position
		row      T
	}
	found, err := scan(ctx, s, func(r *placed) []any {
		return append([]any{&r.parent, &r.position.Key, &r.position.Tie}, l.dest(&r.row)...)
	}, text, args...)
	if err != nil {
		return nil, err
	}

	lists := map[int64]*List[T]{}
	rows := make([]*T, 0, len(found))
	for _, r := range found {
		list := lists[r.parent]
		if list == nil {
			list = emptyList[T](p)
			lists[r.parent] = list
		}
		switch {
		case len(list.Items) < p.Limit:
			list.Items = append(list.Items, Item[T]{&r.row, r.position})
			rows = append(rows, &r.row)
		case p.Backward:
			list.HasPrevious = true
		default:
			list.HasNext = true
		}
	}
	if p.Backward {
		for _, list := range lists {
			slices.Reverse(list.Items)
		}
	}
	newCohort[T, P](s, rows)
	return lists, nil
}

// counts returns the length of each parent's list. A parent with an empty list is absent.
func counts[T any](ctx context.Context, s *Store, l listing[T], parents []int64) (map[int64]int, error) {
	type total struct {
		parent int64
		count  int
	}
	text, args := l.rows(among(parents), cmp.Or(l.parent, "0")+", count(*)", "")+"\ngroup by 1", l.arguments(parents)
	if l.tallied.list != "" {
		text, args = l.tallied.read(parents, "", 1)
		text = "select parent, n from (" + text + ")"
	}
	found, err := scan(ctx, s, func(t *total) []any { return []any{&t.parent, &t.count} }, text, args...)
	totals := map[int64]int{}
	for _, t := range found {
		totals[t.parent] = t.count
	}
	return totals, err
}

// among asks a column for one of some parents.
func among(parents []int64) string {
	if len(parents) == 1 {
		return "= $1" // an index that begins with the column then gives an order
	}
	return "in (select value from json_each($1))"
}

// rows selects columns of the rows below a parent.
func (l *listing[T]) rows(parent, columns, beside string) string {
	lines := l.b.lines
	if l.parent != "" {
		lines = append([]string{l.parent + " " + parent}, lines...)
	}
	return "select " + columns + "\nfrom " + l.from + beside + "\nwhere " + strings.Join(append([]string{"true"}, lines...), "\nand ")
}

func (l *listing[T]) arguments(parents []int64) []any {
	switch {
	case l.parent == "":
		return slices.Clone(l.b.args)
	}
	return append([]any{oneOf(parents)}, l.b.args...)
}

// oneOf is the argument of among.
func oneOf(parents []int64) any {
	if len(parents) == 1 {
		return parents[0]
	}
	return jsonList(parents)
}
