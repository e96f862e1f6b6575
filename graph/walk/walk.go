// Package walk executes the queries that gqlgen has parsed, in place of its own
// executor: in one goroutine, depth first, from what resolvers return straight to the
// JSON of the answer. Rows that were loaded together load their relations together
// (package db), so that walking them one after another costs no statement more than
// taking a whole level at once.
//
// Package generated holds the Objects of the schema and how each of their fields is
// resolved. Errors, nulls and what becomes of them are those of gqlgen; a test compares
// the two.
package walk

import (
	"context"
	"encoding/json"
	"io"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

// Object is a type of the schema that has fields.
type Object struct {
	Name      string
	Satisfies []string // the types on which a fragment applies to it
	Fields    map[string]*Field
}

// Field is how a field of an Object is answered.
type Field struct {
	NonNull  bool
	Resolver bool // in package graph
	Method   bool // of a row; neither: what it holds
	// Arguments reads what the operation gives; nil: the field takes none.
	Arguments func(w *Walk, ctx context.Context, given map[string]any) (map[string]any, error)
	// Write answers for an object. False: it is null, by an error that was reported or
	// because nothing is there, and nothing has been written that counts.
	Write func(w *Walk, n *Node, object any) bool
}

// Node is a field where an operation selects it.
type Node struct {
	graphql.CollectedField
	Args  map[string]any // as Field.Arguments read them
	err   error          // that it gave
	field *Field         // nil: __typename
	key   string         // `"alias":`
	below []selection
}

// selection is what is selected of an Object below a Node.
type selection struct {
	of    *Object
	nodes []*Node
}

// Walk is an operation under way.
type Walk struct {
	Context context.Context
	// Execution is what package generated needs to read arguments and call resolvers.
	Execution any
	operation *graphql.OperationContext
	out       []byte
	places    []place // from the root to where it is
	allowance Allowance
	allowed   int   // bytes
	stopped   error // nothing more is resolved
}

// place is a step of the path to a value: a field of an object, or an element of a list.
type place struct {
	of    *Object
	node  *Node // nil: an element
	index int
}

// Allowance is asked when an answer has grown to a size in bytes, at first of 0. It
// returns up to which size it need not be asked again. An error ends the walk.
type Allowance func(size int) (allowed int, err error)

type allowanceKey struct{}

// Within returns a context under which the answer grows as an Allowance has it.
func Within(ctx context.Context, a Allowance) context.Context {
	return context.WithValue(ctx, allowanceKey{}, a)
}

// Operation answers the operation of ctx from the root of the schema.
func Operation(ctx context.Context, root *Object, execution any) *graphql.Response {
	w := &Walk{Context: ctx, Execution: execution, operation: graphql.GetOperationContext(ctx)}
	if w.allowance, _ = ctx.Value(allowanceKey{}).(Allowance); w.allowance == nil {
		w.allowance = func(size int) (int, error) { return size + 1<<20, nil }
	}
	if !w.Object(&Node{CollectedField: graphql.CollectedField{Selections: w.operation.Operation.SelectionSet}}, root, nil) {
		w.out = append(w.out, "null"...)
	}
	return &graphql.Response{Data: w.out}
}

// selected collects the fields of an object once, however many objects there are.
func (w *Walk) selected(n *Node, of *Object) []*Node {
	for _, s := range n.below {
		if s.of == of {
			return s.nodes
		}
	}
	fields := graphql.CollectFields(w.operation, n.Selections, of.Satisfies)
	nodes := make([]*Node, len(fields))
	for i, f := range fields {
		child := &Node{CollectedField: f, field: of.Fields[f.Name], key: strconv.Quote(f.Alias) + ":"}
		if child.field != nil && child.field.Arguments != nil {
			child.Args, child.err = child.field.Arguments(w, w.Context, f.ArgumentMap(w.operation.Variables))
		}
		nodes[i] = child
	}
	n.below = append(n.below, selection{of, nodes})
	return nodes
}

// Object writes what is selected of an object. Where a field that cannot be null is,
// the object is.
func (w *Walk) Object(n *Node, of *Object, object any) bool {
	start, whole := len(w.out), true
	w.out = append(w.out, '{')
	for i, child := range w.selected(n, of) {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.out = append(w.out, child.key...)
		if child.field == nil {
			w.String(of.Name)
		} else if !w.value(of, child, object) {
			whole = false
		}
	}
	w.out = append(w.out, '}')
	if !whole {
		w.out = w.out[:start]
	}
	return whole
}

// value writes the value of a field, or null where it may be.
func (w *Walk) value(of *Object, n *Node, object any) (written bool) {
	if w.stopped != nil {
		return false
	}
	start, depth := len(w.out), len(w.places)
	w.places = append(w.places, place{of: of, node: n})
	defer func() {
		if panicked := recover(); panicked != nil {
			w.places = w.places[:depth+1]
			ctx := w.here()
			w.operation.Error(ctx, w.operation.Recover(ctx, panicked))
			written = false
		}
		w.places = w.places[:depth]
		if !written {
			w.out = w.out[:start]
			if !n.field.NonNull && w.stopped == nil {
				w.out, written = append(w.out, "null"...), true
			}
		}
	}()
	if n.err != nil { // again, to report where it is
		ctx := w.here()
		if _, err := n.field.Arguments(w, ctx, n.ArgumentMap(w.operation.Variables)); err != nil {
			w.operation.Error(ctx, err)
		}
		return false
	}
	if n.field.Resolver || n.field.Method {
		if err := w.Context.Err(); err != nil {
			return w.stop(err)
		}
	}
	if !n.field.Write(w, n, object) {
		return false
	}
	if len(w.out) >= w.allowed {
		var err error
		if w.allowed, err = w.allowance(len(w.out)); err != nil {
			return w.stop(err)
		}
	}
	return true
}

// stop ends the walk.
func (w *Walk) stop(err error) bool {
	w.stopped = err
	w.operation.Error(w.here(), err)
	return false
}

// here is a context which knows the path to the value that is written.
func (w *Walk) here() context.Context {
	ctx := graphql.WithFieldContext(w.Context, &graphql.FieldContext{Object: w.places[0].of.Name})
	for _, p := range w.places {
		fc := &graphql.FieldContext{Index: &p.index}
		if p.node != nil {
			fc = &graphql.FieldContext{
				Object: p.of.Name, Field: p.node.CollectedField, Args: p.node.Args,
				IsMethod: p.node.field.Method || p.node.field.Resolver, IsResolver: p.node.field.Resolver,
			}
		}
		ctx = graphql.WithFieldContext(ctx, fc)
	}
	return ctx
}

// Fail reports what a resolver failed with.
func (w *Walk) Fail(err error) bool {
	ctx := w.here()
	w.operation.Error(ctx, graphql.AddFieldLocationToError(ctx, err))
	return false
}

// Null is that a value of a type is not there. Where the type cannot be null, that is
// an error.
func (w *Walk) Null(declared string, nonNull bool) bool {
	if nonNull {
		graphql.AddInvalidNullError(w.here(), declared)
	}
	return false
}

// List writes a list by its elements. Where an element that cannot be null is, the list is.
func List[T any](w *Walk, n *Node, list []T, nonNull bool, write func(*Walk, *Node, T) bool) bool {
	start, depth, whole := len(w.out), len(w.places), true
	w.places = append(w.places, place{})
	w.out = append(w.out, '[')
	for i, element := range list {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.places[depth].index = i
		switch at := len(w.out); {
		case write(w, n, element):
		case nonNull:
			whole = false
		default:
			w.out = append(w.out[:at], "null"...)
		}
	}
	w.out = append(w.out, ']')
	w.places = w.places[:depth]
	if !whole {
		w.out = w.out[:start]
	}
	return whole
}

// String writes text. Its JSON is that of gqlgen.
func (w *Walk) String(text string) bool {
	const hex = "0123456789ABCDEF"
	w.out = append(w.out, '"')
	plain := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		w.out = append(w.out, text[plain:i]...)
		plain = i + 1
		switch c {
		case '\t':
			w.out = append(w.out, `\t`...)
		case '\r':
			w.out = append(w.out, `\r`...)
		case '\n':
			w.out = append(w.out, `\n`...)
		case '"', '\\':
			w.out = append(w.out, '\\', c)
		default:
			w.out = append(w.out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	w.out = append(append(w.out, text[plain:]...), '"')
	return true
}

// Int writes a whole number.
func (w *Walk) Int(n int) bool {
	w.out = strconv.AppendInt(w.out, int64(n), 10)
	return true
}

// Float writes a finite number.
func (w *Walk) Float(f float64) bool {
	w.out = strconv.AppendFloat(w.out, f, 'g', -1, 64)
	return true
}

// Boolean writes true or false.
func (w *Walk) Boolean(b bool) bool {
	w.out = strconv.AppendBool(w.out, b)
	return true
}

// Word writes a word of the dataset as an enum value: phone-call is PHONE_CALL.
func (w *Walk) Word(word string) bool {
	w.out = append(w.out, '"')
	for i := range len(word) {
		c := word[i]
		switch {
		case c == '-':
			c = '_'
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		w.out = append(w.out, c)
	}
	w.out = append(w.out, '"')
	return true
}

// Map writes a JSON object.
func (w *Walk) Map(m map[string]any) bool {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // it came from JSON
	}
	w.out = append(w.out, text...)
	return true
}

// Introspection writes what gqlgen's executor says of the schema, under the context that
// its fields want.
func (w *Walk) Introspection(field func(context.Context) graphql.Marshaler) bool {
	written := field(graphql.WithFieldContext(w.Context, &graphql.FieldContext{Object: w.places[0].of.Name}))
	if written == graphql.Null {
		return false
	}
	written.MarshalGQL((*sink)(w))
	return true
}

// sink takes what a Marshaler writes.
type sink Walk

var _ io.Writer = (*sink)(nil)

func (s *sink) Write(p []byte) (int, error) {
	s.out = append(s.out, p...)
	return len(p), nil
}
