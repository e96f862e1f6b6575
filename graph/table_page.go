package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"readout/graph/wire"
)

// pages are the documents that ask for a table page by page.
type pages struct {
	head, rest         string // of the first page, and of the others: without what stands outside of rows
	first, after, deep string // variables that the client has not: the page of outer, and the start of inner
}

// pages writes the operation anew, so that the lists on the path to the rows can be
// followed, and come last in their objects: what is repeated in each row is then known
// when the row is.
func (t *table) pages() pages {
	var p pages
	for name, into := range map[string]*string{"first": &p.first, "after": &p.after, "deep": &p.deep} {
		for *into = name; t.Operation.VariableDefinitions.ForName(*into) != nil; {
			*into += "_"
		}
	}
	p.head = p.document(t, false)
	p.rest = p.document(t, true)
	return p
}

func (p pages) document(t *table, rest bool) string {
	operation := *t.Operation
	operation.SelectionSet = p.rewrite(t, t.Operation.SelectionSet, 0, rest)
	operation.VariableDefinitions = nil
	document := &ast.QueryDocument{Operations: ast.OperationList{&operation}}
	used := map[string]bool{}
	var uses func(ast.SelectionSet)
	var value func(*ast.Value)
	value = func(v *ast.Value) {
		if v.Kind == ast.Variable {
			used[v.Raw] = true
		}
		for _, child := range v.Children {
			value(child.Value)
		}
	}
	arguments := func(list ast.ArgumentList) {
		for _, a := range list {
			value(a.Value)
		}
	}
	directives := func(list ast.DirectiveList) {
		for _, d := range list {
			arguments(d.Arguments)
		}
	}
	uses = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch selection := selection.(type) {
			case *ast.Field:
				arguments(selection.Arguments)
				directives(selection.Directives)
				uses(selection.SelectionSet)
			case *ast.InlineFragment:
				directives(selection.Directives)
				uses(selection.SelectionSet)
			case *ast.FragmentSpread:
				directives(selection.Directives)
				if !slices.Contains(document.Fragments, selection.Definition) {
					document.Fragments = append(document.Fragments, selection.Definition)
					directives(selection.Definition.Directives)
					uses(selection.Definition.SelectionSet)
				}
			}
		}
	}
	directives(operation.Directives)
	uses(operation.SelectionSet)
	for _, definition := range t.Operation.VariableDefinitions {
		if used[definition.Variable] {
			operation.VariableDefinitions = append(operation.VariableDefinitions, definition)
		}
	}
	for name, is := range map[string]string{p.first: "Int", p.after: "String", p.deep: "String"} {
		if used[name] {
			operation.VariableDefinitions = append(operation.VariableDefinitions, &ast.VariableDefinition{Variable: name, Type: ast.NamedType(is, nil)})
		}
	}
	slices.SortFunc(operation.VariableDefinitions, func(a, b *ast.VariableDefinition) int { return strings.Compare(a.Variable, b.Variable) })
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithCompacted(), formatter.WithoutDescription()).FormatQueryDocument(document)
	return text.String()
}

// rewrite writes anew what is selected of the object in which the next step of the path is
// at depth.
func (p pages) rewrite(t *table, set ast.SelectionSet, depth int, rest bool) ast.SelectionSet {
	if depth == len(t.path) {
		return set
	}
	aside, on := p.part(t, set, depth, rest)
	outside := !slices.ContainsFunc(t.path[:depth], func(p *place) bool { return p.list })
	if rest && outside {
		aside = nil
	}
	if depth > 0 && t.path[depth-1].page != "" {
		info := &ast.Field{Alias: t.path[depth-1].page, Name: "pageInfo", SelectionSet: ast.SelectionSet{
			&ast.Field{Alias: "hasNextPage", Name: "hasNextPage"},
		}}
		if at := t.path[depth-1]; at == t.outer || at == t.inner {
			info.SelectionSet = append(info.SelectionSet, &ast.Field{Alias: "endCursor", Name: "endCursor"})
		}
		aside = append(aside, info)
	}
	return append(aside, on...)
}

// part parts what is selected into what leads on to the rows and what stands aside.
func (p pages) part(t *table, set ast.SelectionSet, depth int, rest bool) (aside, on ast.SelectionSet) {
	fragment := func(condition string, directives ast.DirectiveList, set ast.SelectionSet) *ast.InlineFragment {
		return &ast.InlineFragment{TypeCondition: condition, Directives: directives, SelectionSet: set}
	}
	next := t.path[depth]
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			switch {
			case !t.included(selection.Directives):
			case selection.Alias == next.Alias:
				on = append(on, p.step(t, selection, depth, rest))
			case !isPageInfo(selection):
				aside = append(aside, selection)
			}
		case *ast.InlineFragment:
			if !t.included(selection.Directives) {
				continue
			}
			a, o := p.part(t, selection.SelectionSet, depth, rest)
			if len(a) > 0 {
				aside = append(aside, fragment(selection.TypeCondition, selection.Directives, a))
			}
			if len(o) > 0 {
				on = append(on, fragment(selection.TypeCondition, selection.Directives, o))
			}
		case *ast.FragmentSpread:
			if !t.included(selection.Directives) {
				continue
			}
			a, o := p.part(t, selection.Definition.SelectionSet, depth, rest)
			if len(o) == 0 {
				aside = append(aside, selection)
				continue
			}
			if len(a) > 0 {
				aside = append(aside, fragment(selection.Definition.TypeCondition, selection.Directives, a))
			}
			on = append(on, fragment(selection.Definition.TypeCondition, selection.Directives, o))
		}
	}
	return aside, on
}

// step is a field on the path, with the pages that we ask for.
func (p pages) step(t *table, f *ast.Field, depth int, rest bool) *ast.Field {
	step := *f
	step.SelectionSet = p.rewrite(t, f.SelectionSet, depth+1, rest)
	variable := func(name string) *ast.Value { return &ast.Value{Kind: ast.Variable, Raw: name} }
	with := func(arguments ast.ArgumentList, name string, v *ast.Value) ast.ArgumentList {
		arguments = slices.DeleteFunc(slices.Clone(arguments), func(a *ast.Argument) bool { return a.Name == name })
		return append(arguments, &ast.Argument{Name: name, Value: v})
	}
	switch at := t.path[depth]; {
	case at.page == "":
	case at == t.outer:
		step.Arguments = with(with(f.Arguments, "first", variable(p.first)), "after", variable(p.after))
	default:
		step.Arguments = with(f.Arguments, "first", &ast.Value{Kind: ast.IntValue, Raw: strconv.Itoa(wire.MaxPage)})
		if at == t.inner {
			step.Arguments = with(step.Arguments, "after", variable(p.deep))
		}
	}
	return &step
}
