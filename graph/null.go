package graph

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// noNull refuses null in an input object, where absence asks for nothing: a client
// that sends `kinds: null` may have meant none, or any. An argument may be null, and
// is then absent, since typed clients send every variable.
type noNull struct{}

func (noNull) ExtensionName() string                   { return "noNull" }
func (noNull) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext looks at every argument of the operation, before it runs.
func (noNull) MutateOperationContext(_ context.Context, operation *graphql.OperationContext) (refused *gqlerror.Error) {
	refuse := func(path string, at *ast.Position) {
		if refused == nil {
			refused = gqlerror.ErrorPosf(at, "%s: null means nothing here. Leave it out to ask for nothing, or give a value.", path)
			refused.Extensions = map[string]any{"code": "BAD_USER_INPUT"}
		}
	}
	var given func(path string, value any, at *ast.Position) // in a variable
	given = func(path string, value any, at *ast.Position) {
		switch value := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(value)) {
				if value[name] == nil {
					refuse(path+"."+name, at)
				}
				given(path+"."+name, value[name], at)
			}
		case []any:
			for i, element := range value {
				given(fmt.Sprintf("%s[%d]", path, i), element, at)
			}
		}
	}
	var written func(path string, value *ast.Value, inObject bool)
	written = func(path string, value *ast.Value, inObject bool) {
		switch value.Kind {
		case ast.NullValue:
			if inObject {
				refuse(path, value.Position)
			}
		case ast.Variable:
			variable, isGiven := operation.Variables[value.Raw]
			if isGiven && variable == nil && inObject {
				refuse(path+": $"+value.Raw, value.Position)
			}
			given(path, variable, value.Position)
		case ast.ObjectValue:
			for _, child := range value.Children {
				written(path+"."+child.Name, child.Value, true)
			}
		case ast.ListValue:
			for i, child := range value.Children {
				written(fmt.Sprintf("%s[%d]", path, i), child.Value, inObject)
			}
		}
	}
	seen := map[string]bool{}
	var look func(ast.SelectionSet)
	look = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch selection := selection.(type) {
			case *ast.Field:
				for _, argument := range selection.Arguments {
					written(argument.Name, argument.Value, false)
				}
				look(selection.SelectionSet)
			case *ast.InlineFragment:
				look(selection.SelectionSet)
			case *ast.FragmentSpread:
				if !seen[selection.Name] && selection.Definition != nil {
					seen[selection.Name] = true
					look(selection.Definition.SelectionSet)
				}
			}
		}
	}
	look(operation.Operation.SelectionSet)
	return refused
}
