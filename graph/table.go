package graph

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/elnormous/contenttype"
	"github.com/vektah/gqlparser/v2/ast"

	"readout/db"
)

// A form of a table. "": the answer is no table, but JSON.
type form string

const (
	asCSV    form = "csv"
	asNDJSON form = "ndjson"
)

var (
	mediaCSV    = contenttype.NewMediaType("text/csv")
	mediaNDJSON = contenttype.NewMediaType("application/x-ndjson")
)

// formOf is the form that an address asks for by its ending.
func formOf(r *http.Request) form {
	for _, f := range []form{asCSV, asNDJSON} {
		if strings.HasSuffix(r.URL.Path, "."+string(f)) {
			return f
		}
	}
	return ""
}

// tableAsk is what the address of a table says beside the query.
type tableAsk struct {
	form     form
	rows     string // path of the list whose elements are the rows; "": the outermost
	limit    int    // of rows
	bom      bool
	formulas bool // that a spreadsheet would calculate are kept
}

// tableAsk reads what an address asks for.
func (t over) tableAsk(r *http.Request, f form) (tableAsk, *db.Error) {
	ask := tableAsk{form: f, limit: t.limits.Rows}
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return ask, db.Errorf(codeBadRequest, "address: what follows the question mark is not name=value pairs joined by &, with %%XX for any other letter.")
	}
	for _, name := range []string{"rows", "limit", "bom", "formulas"} {
		if values := given[name]; len(values) > 1 || len(values) == 1 && !utf8.ValidString(values[0]) {
			return ask, db.Errorf(codeBadRequest, "%s: give it once, in UTF-8.", name)
		}
	}
	ask.rows = given.Get("rows")
	if limit := given.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 {
			return ask, db.Errorf(codeBadRequest, "limit: %q is no number of rows. Give 1 to %d.", limit, t.limits.Rows)
		}
		ask.limit = min(n, t.limits.Rows)
	}
	switch bom := given.Get("bom"); bom {
	case "", "0", "1":
		ask.bom = bom == "1"
	default:
		return ask, db.Errorf(codeBadRequest, "bom: %q means nothing. Give 1 for a byte order mark.", bom)
	}
	switch formulas := given.Get("formulas"); formulas {
	case "", "keep":
		ask.formulas = formulas == "keep"
	default:
		return ask, db.Errorf(codeBadRequest, "formulas: %q means nothing. Give keep to have text that begins like a formula as it is.", formulas)
	}
	return ask, nil
}

// table is how an operation is read as one: its columns, and the list whose elements
// are the rows.
type table struct {
	*graphql.OperationContext
	columns []string
	root    *place
	path    []*place // from the root to the list of the rows; none: there is one row
	lists   int      // on the path

	outermost *place // of the lists; nil: none

	// outer is the connection that is followed through its pages; nil: what there is
	// comes at once.
	outer *place
	first int // of its elements that are asked for
	after any // the cursor to begin with; nil: the start
	// inner is the connection in an element of outer that is followed when it is longer
	// than a page.
	inner *place
}

// place is a field where an operation selects it, however many fragments say so.
type place struct {
	*ast.Field // where it stands first
	every      []*ast.Field
	key        string // "alias", as JSON has it
	above      *place // nil: the operation
	below      []*place
	list       bool   // of objects
	column     int    // of a leaf
	columns    []int  // of all leaves below
	page       string // key of the pageInfo that we ask for; "": none
}

// newTable finds out how an operation is a table. Rows is the path of aliases to the
// list whose elements are the rows. It fails with Invalid when more than one list is
// asked for, other than along that path.
func newTable(operation *graphql.OperationContext, rows string) (*table, *db.Error) {
	t := &table{OperationContext: operation, root: &place{}}
	t.collect(t.root, operation.Operation.SelectionSet)
	if refusal := t.choose(rows); refusal != nil {
		return nil, refusal
	}
	if refusal := t.name(t.root); refusal != nil {
		return nil, refusal
	}
	if len(t.columns) == 0 {
		return nil, db.Errorf(db.Invalid, "query: no column is asked for. A table follows pages by itself: leave pageInfo out, and ask for fields of nodes.")
	}
	return t, t.page()
}

// collect puts what is selected below a place there, in the order of the query.
func (t *table) collect(at *place, set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if !t.included(selection.Directives) || isPageInfo(selection) {
				continue
			}
			i := slices.IndexFunc(at.below, func(p *place) bool { return p.Alias == selection.Alias })
			if i < 0 {
				i = len(at.below)
				at.below = append(at.below, &place{
					Field: selection, above: at, key: strconv.Quote(selection.Alias),
					list: len(selection.SelectionSet) > 0 && selection.Definition.Type.Elem != nil,
				})
			}
			at.below[i].every = append(at.below[i].every, selection)
			t.collect(at.below[i], selection.SelectionSet)
		case *ast.InlineFragment:
			if t.included(selection.Directives) {
				t.collect(at, selection.SelectionSet)
			}
		case *ast.FragmentSpread:
			if t.included(selection.Directives) {
				t.collect(at, selection.Definition.SelectionSet)
			}
		}
	}
}

// included tells what @skip and @include say.
func (t *table) included(directives ast.DirectiveList) bool {
	for name, wanted := range map[string]bool{"skip": false, "include": true} {
		if d := directives.ForName(name); d != nil && d.ArgumentMap(t.Variables)["if"] != wanted {
			return false
		}
	}
	return true
}

func inConnection(f *ast.Field) bool {
	return f.ObjectDefinition != nil && strings.HasSuffix(f.ObjectDefinition.Name, "Connection")
}

func isPageInfo(f *ast.Field) bool { return f.Name == "pageInfo" && inConnection(f) }

// wraps tells whether a list is that of a connection, which names it.
func (p *place) wraps() bool { return p.list && inConnection(p.Field) }

// full is the path of aliases to a place.
func (p *place) full() string {
	var words []string
	for _, step := range p.steps() {
		words = append(words, step.Alias)
	}
	return strings.Join(words, ".")
}

// short is the same without the nodes and edges of connections.
func (p *place) short() string {
	var words []string
	for _, step := range p.steps() {
		if !step.wraps() {
			words = append(words, step.Alias)
		}
	}
	return strings.Join(words, ".")
}

// steps is the line from below the root to p.
func (p *place) steps() (steps []*place) {
	for ; p.above != nil; p = p.above {
		steps = append(steps, p)
	}
	slices.Reverse(steps)
	return steps
}

// choose chooses the list whose elements are the rows.
func (t *table) choose(rows string) *db.Error {
	var lists []*place
	var look func(*place)
	look = func(p *place) {
		for _, below := range p.below {
			if below.list {
				lists = append(lists, below)
			}
			look(below)
		}
	}
	look(t.root)
	chosen := 0
	if rows != "" {
		chosen = slices.IndexFunc(lists, func(p *place) bool { return rows == p.full() || rows == p.short() })
	}
	switch {
	case rows != "" && len(lists) == 0:
		return db.Errorf(db.Invalid, "rows: %q leads to no list, for the query has none. Leave it out.", rows)
	case chosen < 0:
		var paths []string
		for _, list := range lists {
			paths = append(paths, list.full())
		}
		return db.Errorf(db.Invalid, "rows: %q leads to no list of the query. Those are %s.", rows, strings.Join(paths, ", "))
	case len(lists) == 0:
		return nil
	}
	t.path = lists[chosen].steps()
	for _, step := range t.path {
		if step.list && t.outermost == nil {
			t.outermost = step
		}
		if step.list {
			t.lists++
		}
	}
	for _, other := range lists {
		switch {
		case slices.Contains(t.path, other):
		case slices.Contains(other.steps(), lists[chosen]):
			return db.Errorf(db.Invalid, "query: a table has one list, and this asks for %s in %s. Leave one of them out, or give rows=%[1]s for a row for each of its elements.", other.full(), lists[chosen].full())
		default:
			return db.Errorf(db.Invalid, "query: a table has one list, and this asks for %s beside %s. Leave one of them out.", other.full(), lists[chosen].full())
		}
	}
	return nil
}

// name gives each leaf below a place its column, which is named by the path from the
// outermost row, or from the root where it stands outside of rows.
func (t *table) name(p *place) *db.Error {
	if p == t.root || len(p.SelectionSet) > 0 {
		for _, below := range p.below {
			if refusal := t.name(below); refusal != nil {
				return refusal
			}
			p.columns = append(p.columns, below.columns...)
		}
		return nil
	}
	name := p.short()
	if list := slices.IndexFunc(p.steps(), func(step *place) bool { return step.list }); list >= 0 {
		name = strings.TrimPrefix(name, p.steps()[list].short()+".")
	}
	if slices.Contains(t.columns, name) {
		return db.Errorf(db.Invalid, "query: two columns would be called %s. Give one of them another alias.", name)
	}
	p.column = len(t.columns)
	p.columns = []int{p.column}
	t.columns = append(t.columns, name)
	return nil
}

// page finds out which connections are followed through their pages.
func (t *table) page() *db.Error {
	var connections []*place // on the path
	for i, list := range t.path {
		if list.wraps() && t.path[i-1].Definition.Arguments.ForName("after") != nil {
			connections = append(connections, t.path[i-1])
		}
	}
	for _, c := range connections {
		asked := pageAsked(c.Field, t.Variables)
		for _, other := range c.every {
			if !maps.Equal(asked, pageAsked(other, t.Variables)) {
				return db.Errorf(db.Invalid, "%s: it is asked for with other pages in each fragment. Give the same everywhere.", c.full())
			}
		}
		isOuter := c == t.outermost.above
		_, last := asked["last"]
		_, before := asked["before"]
		switch {
		case last || before: // that page only
			continue
		case isOuter:
			t.outer, t.first, t.after = c, math.MaxInt, asked["after"]
			if first, given := asked["first"]; given {
				t.first, _ = strconv.Atoi(fmt.Sprint(first)) // an Int
			}
		case len(asked) > 0: // what is asked for is enough
			continue
		case t.outer != nil && t.lists == 2:
			t.inner = c
		}
		c.page = "pageInfo"
		for slices.ContainsFunc(c.below, func(p *place) bool { return p.Alias == c.page }) {
			c.page += "_"
		}
	}
	return nil
}

// pageAsked is what a client says about the page that it wants.
func pageAsked(f *ast.Field, variables map[string]any) map[string]any {
	asked := map[string]any{}
	for name, value := range f.ArgumentMap(variables) {
		if value != nil && slices.Contains([]string{"first", "after", "last", "before"}, name) {
			asked[name] = value
		}
	}
	return asked
}
