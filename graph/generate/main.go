// Command generate writes package generated: what gqlgen makes of schema.graphqls, and
// the Objects by which package walk executes it.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
)

//go:embed walk.gotpl
var template string

// walk is the plugin of gqlgen that writes the Objects.
type walk struct{}

func (walk) Name() string { return "walk" }

// GenerateCode writes walk.go beside what gqlgen writes.
func (walk) GenerateCode(schema *codegen.Data) error {
	return templates.Render(templates.Options{
		PackageName:     schema.Config.Exec.Package,
		Filename:        filepath.Join(filepath.Dir(schema.Config.Exec.Filename), "walk.go"),
		Template:        template,
		Data:            schema,
		Packages:        schema.Config.Packages,
		GeneratedHeader: true,
		Funcs: map[string]any{
			// writer names the function that writes values of a type, after gqlgen's own.
			"writer":          func(t *config.TypeReference) string { return "write" + strings.TrimPrefix(t.MarshalFunc(), "marshal") },
			"isIntrospection": func(name string) bool { return strings.HasPrefix(name, "__") },
			"scalar":          scalar,
		},
	})
}

// scalar names the method of walk.Walk that writes what a marshaler of gqlgen or of
// package wire would.
func scalar(t *config.TypeReference) (string, error) {
	method, known := map[string]string{
		"MarshalString": "String", "MarshalID": "String", "MarshalInt": "Int", "MarshalBoolean": "Boolean",
		"MarshalFloatContext": "Float", "MarshalMap": "Map", "MarshalWord": "Word", "MarshalDate": "String",
	}[t.Marshaler.Name()]
	if !known {
		return "", fmt.Errorf("%s: add a method to walk.Walk that writes what %s does", t.GQL, t.Marshaler.Name())
	}
	return method, nil
}

func main() {
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err == nil {
		err = api.Generate(cfg, api.AddPlugin(walk{}))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
