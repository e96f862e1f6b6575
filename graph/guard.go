package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"readout/graph/wire"
)

// Limits of a request. The zero value of a field is no limit that a server can want:
// begin with DefaultLimits.
type Limits struct {
	Body       int64 // bytes of a POST
	Query      int   // bytes of a document
	Tokens     int   // of a document
	Operations int   // in a document
	Depth      int   // of fields in fields
	Aliases    int
	Fields     int   // fragments counted where they are spread
	Cost       int   // in nodes, see guard
	Answer     int64 // bytes of an answer, see budget
	Errors     int   // shown
	Time       time.Duration

	Cheap, Dear int           // requests at a time of each lane, see slots
	Wait        time.Duration // for a slot, a part of Time
	Documents   int64         // bytes of persisted documents
	Parsed      int64         // bytes of parsed documents, about
	Answers     int64         // bytes of answers kept, to be sent again; 0: none
	Rows        int           // of a table
}

// guard refuses a document that asks for too much before any of it runs, and
// variables of the wrong kind. It looks at each fragment once, however often it is
// spread.
//
// The cost is the number of nodes that the query can return: 1 for each field that
// leads to an object; what stands below a connection times its page size (first, last
// or 20), below ids times their number, below another list with `first` or `limit`
// times that, and below any other list times 2. Introspection counts in the same way.
// Edges, pageInfo, dates and scalars are free, but a totalCount is 1, for it is counted.
type guard struct {
	limits Limits
	schema *ast.Schema
}

// ExtensionName names g to gqlgen.
func (*guard) ExtensionName() string { return "guard" }

// Validate keeps the schema.
func (g *guard) Validate(executable graphql.ExecutableSchema) error {
	g.schema = executable.Schema()
	return nil
}

// MutateOperationParameters refuses a document with too many fields before it is
// validated, which compares each field of a selection with every other.
func (g *guard) MutateOperationParameters(_ context.Context, request *graphql.RawParams) *gqlerror.Error {
	if len(request.Query) <= 2*g.limits.Fields {
		return nil // it has no room for them
	}
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: request.Query}, g.limits.Tokens)
	if err != nil {
		return nil // the executor will say so
	}
	fields := 0
	var count func(ast.SelectionSet)
	count = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch selection := selection.(type) {
			case *ast.Field:
				fields++
				count(selection.SelectionSet)
			case *ast.InlineFragment:
				count(selection.SelectionSet)
			}
		}
	}
	for _, operation := range document.Operations {
		count(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		count(fragment.SelectionSet)
	}
	return tooMany("fields", fields, g.limits.Fields)
}

// tooMany refuses more than a limit; nil: it is not.
func tooMany(what string, asked, limit int) *gqlerror.Error {
	if asked <= limit {
		return nil
	}
	err := gqlerror.Errorf("query: it has %d %s. At most %d are answered: ask for less at a time, or for smaller pages.", asked, what, limit)
	err.Extensions = map[string]any{"code": string(codeTooComplex)}
	return err
}

// MutateOperationContext measures the operation.
func (g *guard) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	if refused := g.strict(operation); refused != nil {
		return refused
	}
	m := measuring{variables: operation.Variables, fragments: map[*ast.FragmentDefinition]measure{}}
	total := m.set(operation.Operation.SelectionSet)
	cost := addUp(total.cost, total.entry)
	operation.Stats.SetExtension("cost", cost)
	most := g.limits.Cost
	if ctx.Value(byPages{}) != nil {
		most = math.MaxInt
	}
	for _, limit := range []struct {
		what         string
		asked, limit int
	}{
		{"operations", len(operation.Doc.Operations), g.limits.Operations},
		{"levels of fields", total.depth, g.limits.Depth},
		{"aliases", total.aliases, g.limits.Aliases},
		{"fields", total.fields, g.limits.Fields},
		{"nodes", cost, most},
	} {
		if refused := tooMany(limit.what, limit.asked, limit.limit); refused != nil {
			return refused
		}
	}
	return nil
}

// costOf is the cost that the guard found.
func costOf(operation *graphql.OperationContext) int {
	cost, _ := operation.Stats.GetExtension("cost").(int)
	return cost
}

// InterceptResponse tells the client what its query costs, once that is known.
func (g *guard) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil {
		return nil
	}
	if graphql.HasOperationContext(ctx) {
		if operation := graphql.GetOperationContext(ctx); operation.Operation != nil {
			if response.Extensions == nil {
				response.Extensions = map[string]any{}
			}
			cost := costOf(operation)
			response.Extensions["cost"] = map[string]any{"nodes": cost, "limit": g.limits.Cost, "remaining": max(0, g.limits.Cost-cost)}
		}
	}
	if left := len(response.Errors) - g.limits.Errors; left > 0 {
		response.Errors = response.Errors[:g.limits.Errors]
	}
	return response
}

// measure is how much a selection asks for.
type measure struct {
	depth, aliases, fields int
	cost                   int // of what is there once
	entry                  int // of what is there for each entry of a connection
}

type measuring struct {
	variables map[string]any
	fragments map[*ast.FragmentDefinition]measure
}

// addUp and times stop at the largest number.
func addUp(a, b int) int {
	if a > math.MaxInt32-b {
		return math.MaxInt32
	}
	return a + b
}

func times(a, b int) int {
	if b != 0 && a > math.MaxInt32/b {
		return math.MaxInt32
	}
	return a * b
}

func (m measuring) set(set ast.SelectionSet) (total measure) {
	for _, selection := range set {
		var part measure
		switch selection := selection.(type) {
		case *ast.Field:
			part = m.field(selection)
		case *ast.InlineFragment:
			part = m.set(selection.SelectionSet)
		case *ast.FragmentSpread:
			known, seen := m.fragments[selection.Definition]
			if !seen {
				known = m.set(selection.Definition.SelectionSet)
				m.fragments[selection.Definition] = known
			}
			part = known
		}
		total.depth = max(total.depth, part.depth)
		total.aliases = addUp(total.aliases, part.aliases)
		total.fields = addUp(total.fields, part.fields)
		total.cost = addUp(total.cost, part.cost)
		total.entry = addUp(total.entry, part.entry)
	}
	return total
}

// maxAlias is how long an alias may be: it stands in the answer once for each object.
const maxAlias = 64

// otherList is for how many a list without a size counts: most facts have one or two claims.
const otherList = 2

func (m measuring) field(f *ast.Field) measure {
	below := m.set(f.SelectionSet)
	below.depth++
	below.fields = addUp(below.fields, 1)
	if f.Alias != f.Name {
		below.aliases = addUp(below.aliases, 1)
		if f.Name == "__typename" { // no budget sees it: it is written without a resolver
			below.aliases = addUp(below.aliases, 9)
		}
		if len(f.Alias) > maxAlias {
			below.aliases = math.MaxInt32
		}
	}
	if f.Definition == nil || f.ObjectDefinition == nil {
		return below // __typename
	}
	inConnection := strings.HasSuffix(f.ObjectDefinition.Name, "Connection")
	switch {
	case len(f.SelectionSet) == 0:
		if inConnection && f.Name == "totalCount" {
			below.cost = 1
		}
	case inConnection && f.Name == "pageInfo", strings.HasSuffix(f.Definition.Type.Name(), "Date"):
	case inConnection && f.Name == "edges":
		below.entry, below.cost = below.cost, 0
	case inConnection && f.Name == "nodes":
		below.entry, below.cost = addUp(1, below.cost), 0
	default:
		// Entries of a connection, else the objects of a list.
		size := m.size(f)
		switch {
		case f.Definition.Type.Elem != nil:
			below.cost = times(size, addUp(1, below.cost))
		case strings.HasSuffix(f.Definition.Type.Name(), "Connection"):
			below.cost = addUp(addUp(1, below.cost), times(size, below.entry))
		default:
			below.cost = addUp(1, times(max(size, 1), below.cost))
		}
		below.entry = 0
	}
	return below
}

// mostAsked is the largest size that any field takes. What asks for more will be
// refused by its field, which says better why.
const mostAsked = 500

// size is how many objects a field may lead to.
func (m measuring) size(f *ast.Field) int {
	for _, name := range []string{"first", "last", "limit"} {
		if n, given := m.number(f, name); given {
			return min(n, mostAsked)
		}
	}
	if ids := f.Arguments.ForName("ids"); ids != nil {
		if value, err := ids.Value.Value(m.variables); err == nil {
			if list, isList := value.([]any); isList {
				return len(list)
			}
		}
	}
	switch {
	case f.Definition.Arguments.ForName("after") != nil:
		return wire.DefaultPage
	case f.Definition.Type.Elem != nil:
		return otherList
	}
	return 1
}

// number is an argument as it will be read: given, or by default.
func (m measuring) number(f *ast.Field, name string) (int, bool) {
	definition := f.Definition.Arguments.ForName(name)
	if definition == nil {
		return 0, false
	}
	value := definition.DefaultValue
	if given := f.Arguments.ForName(name); given != nil {
		_, isGiven := m.variables[given.Value.Raw]
		if given.Value.Kind != ast.Variable || isGiven {
			value = given.Value
		}
	}
	if value == nil {
		return 0, false
	}
	plain, err := value.Value(m.variables)
	if err != nil || plain == nil {
		return 0, false
	}
	n, err := strconv.Atoi(fmt.Sprint(plain))
	if err != nil || n < 0 {
		return 0, false // it will be refused
	}
	return n, true
}

// strict refuses variables that gqlparser lets pass: "5" for an Int, 5 for a String, 1.5
// for an ID, an enum value in other case.
func (g *guard) strict(operation *graphql.OperationContext) *gqlerror.Error {
	for _, definition := range operation.Operation.VariableDefinitions {
		if value, given := operation.Variables[definition.Variable]; given {
			if wrong := g.mismatch("$"+definition.Variable, definition.Type, value); wrong != "" {
				err := gqlerror.ErrorPosf(definition.Position, "%s", wrong)
				err.Extensions = map[string]any{"code": string(codeValidation)}
				return err
			}
		}
	}
	return nil
}

// mismatch says what is wrong with a value of a type, or "".
func (g *guard) mismatch(path string, t *ast.Type, value any) string {
	if value == nil {
		return "" // gqlparser has looked
	}
	if list, isList := value.([]any); isList && t.Elem != nil {
		for i, element := range list {
			if wrong := g.mismatch(fmt.Sprintf("%s[%d]", path, i), t.Elem, element); wrong != "" {
				return wrong
			}
		}
		return ""
	}
	for t.Elem != nil { // one value stands for a list of it
		t = t.Elem
	}
	definition := g.schema.Types[t.NamedType]
	if fields, isObject := value.(map[string]any); isObject && definition.Kind == ast.InputObject {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if field := definition.Fields.ForName(name); field != nil {
				if wrong := g.mismatch(path+"."+name, field.Type, fields[name]); wrong != "" {
					return wrong
				}
			}
		}
		return ""
	}
	text, isText := value.(string)
	var fits bool
	switch {
	case definition.Kind == ast.Enum:
		fits = isText && definition.EnumValues.ForName(text) != nil
	case definition.Kind != ast.Scalar:
		return "" // an object, which gqlparser has looked at
	case definition.Name == "Int":
		fits = isInteger(value)
	case definition.Name == "Float":
		fits = !isText
	case definition.Name == "Boolean":
		_, fits = value.(bool)
	case definition.Name == "ID":
		fits = isText || isInteger(value)
	default:
		fits = isText
	}
	if fits {
		return ""
	}
	written, err := json.Marshal(value)
	if err != nil || len(written) > 60 {
		written = []byte("the value")
	}
	return fmt.Sprintf("%s: %s is no %s.", path, written, definition.Name)
}

// isInteger tells whether a number in JSON is one of 32 bits.
func isInteger(value any) bool {
	switch n := value.(type) {
	case json.Number:
		_, err := strconv.ParseInt(string(n), 10, 32)
		return err == nil
	case int64:
		return n == int64(int32(n))
	}
	return false
}

// tooLong says that time has run out.
func tooLong(limit time.Duration) string {
	return fmt.Sprintf("query: it took longer than %s. Ask for less at a time.", limit)
}
