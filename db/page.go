package db

import (
	"context"
	"fmt"
	"slices"
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

// listing is a list below each of some parents, or one list below none (parent 0).
type listing[T any] struct {
	// sql selects parent, key, tie and the columns of dest. $1 is a JSON list of
	// parents where there are any; args follow. The page and the count are taken
	// from the same text, so they cannot disagree.
	sql        string
	args       []any
	desc       bool
	dest       func(*T) []any
	dimensions dimensions // that it can be counted by
	// scope is the codes of the countries whose meetings were looked at; nil: the whole record.
	scope []string
}

// below returns r's page of the list. The rest of its cohort is fetched with it.
func below[T any, P rowOf[T]](ctx context.Context, r row, c *cohort, l listing[T], p Page) (*List[T], error) {
	key := fmt.Sprintf("%s%s%t%d%t%q%q", l.sql, jsonList(l.args), l.desc, p.Limit, p.Backward, p.After, p.Before)
	list, err := many(ctx, r, c, key, func(ctx context.Context, s *Store, parents []int64) (map[int64]*List[T], error) {
		return page[T, P](ctx, s, l, parents, p)
	})
	if list == nil || err != nil {
		list = emptyList[T](p)
	}
	whole := *list
	whole.Count = func(ctx context.Context) (int, error) {
		return many(ctx, r, c, "count "+l.sql+jsonList(l.args), func(ctx context.Context, s *Store, parents []int64) (map[int64]int, error) {
			return counts(ctx, s, l, parents)
		})
	}
	whole.Facets = Facets{func(ctx context.Context, dimension string, first int) ([]*Facet, error) {
		key := fmt.Sprintf("%d %s of %s%s", first, dimension, l.sql, jsonList(l.args))
		return many(ctx, r, c, key, func(ctx context.Context, s *Store, parents []int64) (map[int64][]*Facet, error) {
			return tallies(ctx, s, l, dimension, first, parents)
		})
	}}
	whole.Coverage = func(ctx context.Context) (*Coverage, error) {
		return shared(c, fmt.Sprintf("coverage of %q", l.scope), func() (*Coverage, error) { return c.store.Coverage(ctx, l.scope) })
	}
	return &whole, err
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
		return fmt.Sprintf("$%d", len(args))
	}
	after, before, direction := ">", "<", "asc"
	if l.desc {
		after, before = before, after
	}
	if l.desc != p.Backward {
		direction = "desc"
	}
	order := "key " + direction + ", tie " + direction

	var where []string
	if p.After != nil {
		where = append(where, fmt.Sprintf("(key, tie) %s (%s, %s)", after, arg(p.After.Key), arg(p.After.Tie)))
	}
	if p.Before != nil {
		where = append(where, fmt.Sprintf("(key, tie) %s (%s, %s)", before, arg(p.Before.Key), arg(p.Before.Tie)))
	}
	bounds := ""
	if where != nil {
		bounds = " where " + strings.Join(where, " and ")
	}

	// One row more than asked for tells whether the list goes on.
	var text string
	if len(parents) > 1 {
		text = `select * from (select *, row_number() over (partition by parent order by ` + order + `) as nth
			from (` + l.sql + `)` + bounds + `) where nth <= ` + arg(p.Limit+1) + ` order by parent, nth`
	} else {
		text = `select *, 0 as nth from (` + l.sql + `)` + bounds + ` order by ` + order + ` limit ` + arg(p.Limit+1)
	}

	type numbered struct {
		parent, nth int64
		item        Item[T]
	}
	found, err := scan(ctx, s, func(r *numbered) []any {
		r.item.Row = new(T)
		head := []any{&r.parent, &r.item.Position.Key, &r.item.Position.Tie}
		return append(append(head, l.dest(r.item.Row)...), &r.nth)
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
			list.Items = append(list.Items, r.item)
			rows = append(rows, r.item.Row)
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
	found, err := scan(ctx, s, func(t *total) []any { return []any{&t.parent, &t.count} },
		`select parent, count(*) from (`+l.sql+`) group by parent`, l.arguments(parents)...)
	totals := map[int64]int{}
	for _, t := range found {
		totals[t.parent] = t.count
	}
	return totals, err
}

func (l listing[T]) arguments(parents []int64) []any {
	if parents == nil {
		return slices.Clone(l.args)
	}
	return append([]any{jsonList(parents)}, l.args...)
}
