package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// orders are those in which a list can be asked for; nil: its usual one. Relevance is
// left to the tests of the search.
func (d *trial) orders(l list) (orders []object) {
	orders = []object{nil}
	if input := d.argument(l, "orderBy"); input != nil {
		for _, field := range d.schema.Types[d.schema.Types[input.Name()].Fields.ForName("field").Type.Name()].EnumValues {
			if field.Name != "RELEVANCE" {
				orders = append(orders, object{"field": field.Name, "direction": "ASC"}, object{"field": field.Name, "direction": "DESC"})
			}
		}
	}
	return orders
}

// ordered are the keys of the entries that match, in an order.
func (d *trial) ordered(l list, parent *entry, f, order object) (keys []string) {
	by, desc := strings.CutPrefix(l.sorts, "-")
	if order != nil {
		by, desc = order["field"].(string), order["direction"] == "DESC"
	}
	var matching []*entry
	for _, e := range l.entries(d.record, parent) {
		if l.matches(d.record, e, f) {
			matching = append(matching, e)
		}
	}
	for _, e := range d.sorted(matching, by, desc, f) {
		keys = append(keys, l.keyOf(e))
	}
	return keys
}

// Pages of any size, from either end, make up the list in its order, without gap or
// repeat; and between two cursors stands what is between their entries.
func TestPagesByBruteForce(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	for _, l := range lists {
		t.Run(l.of+"."+l.field, func(t *testing.T) {
			for _, order := range d.orders(l) {
				parent, arguments, f := d.parent(l), object{}, object{}
				entries := l.entries(d.record, parent)
				if ids := d.schema.Types[d.argument(l, "filter").Name()].Fields.ForName("ids"); ids != nil && len(entries) > 20 {
					var sample []any
					for _, i := range d.Perm(len(entries))[:20] {
						sample = append(sample, entries[i].id)
					}
					f["ids"] = sample
				}
				arguments["filter"] = f
				if order != nil {
					arguments["orderBy"] = order
				}
				_, want := d.whole(t, l, parent, merged(arguments, nil), "")
				if order != nil || l.sorts != "" {
					want = d.ordered(l, parent, f, order)
				}
				d.walk(t, l, parent, arguments, want)
				if t.Failed() {
					t.Fatalf("%s ordered by %v, filter %s", l.field, order, mustJSON(f))
				}
			}
		})
	}
}

// walk follows a list from either end in pages of 1 to 7.
func (d *trial) walk(t *testing.T, l list, parent *entry, arguments object, want []string) {
	t.Helper()
	var cursors []string
	page := func(from, until int, more object) (p found) { // want[from:until]
		t.Helper()
		p = d.fetch(t, l, parent, merged(arguments, more), "")
		got := fmt.Sprint(p.keys(l), p.PageInfo.HasPreviousPage, p.PageInfo.HasNextPage)
		if expected := fmt.Sprint(want[from:until], from > 0, until < len(want)); got != expected {
			t.Fatalf("%s: got  %s\nwant %s", mustJSON(more), got, expected)
		}
		first, last := "", ""
		if n := len(p.Edges); n > 0 {
			first, last = text(p.Edges[0]["cursor"]), text(p.Edges[n-1]["cursor"])
		}
		if first != p.PageInfo.StartCursor || last != p.PageInfo.EndCursor {
			t.Fatalf("the page goes from %s to %s, its edges from %s to %s", p.PageInfo.StartCursor, p.PageInfo.EndCursor, first, last)
		}
		return p
	}
	for at, more := 0, (object{}); ; {
		more["first"] = 1 + d.IntN(7)
		p := page(at, min(at+more["first"].(int), len(want)), more)
		for _, edge := range p.Edges {
			cursors = append(cursors, text(edge["cursor"]))
		}
		if at += len(p.Edges); !p.PageInfo.HasNextPage {
			break
		}
		more["after"] = p.PageInfo.EndCursor
	}
	for at, more := len(want), (object{}); ; {
		more["last"] = 1 + d.IntN(7)
		p := page(max(at-more["last"].(int), 0), at, more)
		if at -= len(p.Edges); !p.PageInfo.HasPreviousPage {
			break
		}
		more["before"] = p.PageInfo.StartCursor
	}
	if len(want) < 2 {
		return
	}
	i := d.IntN(len(want) - 1)
	j := i + 1 + d.IntN(len(want)-i-1)
	size := d.IntN(5)
	between := object{"after": cursors[i], "before": cursors[j]}
	page(i+1, min(i+1+size, j), merged(between, object{"first": size}))
	page(max(i+1, j-size), j, merged(between, object{"last": size}))
}

func merged(a, b object) object {
	both := object{}
	for _, o := range []object{a, b} {
		for name, value := range o {
			both[name] = value
		}
	}
	return both
}

// A list by MEETINGS counts those that match filter.meetings, where that is given.
func TestOrderByMeetings(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	for _, l := range lists {
		if input := d.argument(l, "orderBy"); input == nil || input.Name() != "EntityOrder" {
			continue
		}
		for range 6 {
			f := object{"meetings": d.filter("MeetingFilter", 2)}
			if d.IntN(3) == 0 {
				f["not"] = object{"meetings": d.filter("MeetingFilter", 1)}
			}
			order := object{"field": "MEETINGS", "direction": pick(d, []string{"ASC", "DESC"})}
			_, got := d.whole(t, l, nil, object{"filter": f, "orderBy": order}, "")
			if want := d.ordered(l, nil, f, order); !slices.Equal(got, want) {
				t.Errorf("%s(filter: %s, orderBy: %v):\ngot  %v\nwant %v", l.field, mustJSON(f), order, got, want)
			}
		}
	}
}

// A cursor counts for one filter and order of one field only.
func TestCursorsOfAnotherList(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	for _, l := range lists {
		if l.of != "Query" {
			continue
		}
		filters := []object{{}, {"not": object{"or": []any{}}}, {"and": []any{}}}
		type asked struct{ filter, order object }
		var all []asked
		for _, order := range d.orders(l) {
			all = append(all, asked{filters[0], order})
		}
		all = append(all, asked{filters[1], nil}, asked{filters[2], nil})
		arguments := func(a asked) object {
			given := object{"first": 1, "filter": a.filter}
			if a.order != nil {
				given["orderBy"] = a.order
			}
			return given
		}
		for i, from := range all {
			cursor := d.fetch(t, l, nil, arguments(from), "").PageInfo.EndCursor
			for j, to := range all {
				for _, side := range []string{"after", "before"} {
					got := d.code(t, l, merged(arguments(to), object{side: cursor}))
					want := map[bool]string{true: "", false: "CURSOR_MISMATCH"}[i == j]
					if got != want {
						t.Errorf("%s: a cursor of %v as %s of %v: got %q, want %q", l.field, from, side, to, got, want)
					}
				}
			}
		}
	}
}

// code is the code of the error that a page of a root list gives; "": none.
func (d *trial) code(t *testing.T, l list, arguments object) string {
	t.Helper()
	declared, passed := "", ""
	for name := range arguments {
		declared += " $" + name + ": " + d.argument(l, name).String()
		passed += " " + name + ": $" + name
	}
	var reply struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	body := ask(t, dataset(t), "query Q("+declared+") { "+l.field+"("+passed+") { totalCount } }", arguments)
	if err := json.Unmarshal(body, &reply); err != nil {
		t.Fatal(err)
	}
	if reply.Errors == nil {
		return ""
	}
	return reply.Errors[0].Extensions.Code
}
