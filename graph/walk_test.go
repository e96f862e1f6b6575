package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"readout/db"
	"readout/graph"
	"readout/seeds"
)

// Package walk answers byte for byte what gqlgen's own executor does, but for the order
// of errors, which gqlgen leaves to chance.
func TestWalkAnswersLikeGqlgen(t *testing.T) {
	limits := generous()
	limits.Aliases, limits.Depth, limits.Errors, limits.Answer = 1000, 100, 1<<20, 1<<40
	both := func(store *db.Store) [2]http.Handler {
		return [2]http.Handler{graph.Handler(store, limits), graph.HandlerByGqlgen(store, limits)}
	}
	whole, broken := both(dataset(t)), both(closed(t))

	var failed, null int // answers
	compare := func(t *testing.T, by [2]http.Handler, name string, q sending) {
		t.Helper()
		var got [2]string
		for i, h := range by {
			w := serve(t, h, q)
			got[i] = fmt.Sprintf("%d\n%s", w.Code, comparable(t, w.Body.Bytes()))
		}
		if got[0] != got[1] {
			t.Fatalf("%s\n%s\ngot  %s\nwant %s", name, q.body, got[0], got[1])
		}
		if strings.Contains(got[0], "\nerror ") {
			failed++
		}
		if strings.Contains(got[0], `{"data":null`) {
			null++
		}
	}

	t.Run("examples", func(t *testing.T) {
		files, err := filepath.Glob("examples/*.md")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := func(name string) string {
				return exampleForm.FindStringSubmatch(string(text))[exampleForm.SubexpIndex(name)]
			}
			q := query(part("query"))
			if variables := part("variables"); variables != "" {
				q = query(part("query"), variables)
			}
			compare(t, whole, file, q)
			compare(t, broken, file, q)
		}
	})
	t.Run("hostile requests", func(t *testing.T) {
		for _, h := range hostile {
			if h.status == 200 && h.send.method == "" {
				compare(t, whole, h.name, h.send)
			}
		}
	})
	t.Run("by hand", func(t *testing.T) {
		for _, document := range []string{
			`{__typename}`,
			`{__schema{queryType{name fields{name}}} dataset{title} again:__type(name:"Meeting"){name ... on __Type{kind}} none:__type(name:"None"){name}}`,
			`{meetings(first:2){nodes{...a ...a}}} fragment a on Node{id ...b} fragment b on Meeting{title ... on Entity{name}}`,
			`query($yes:Boolean=true,$no:Boolean=false){dataset{title@skip(if:$yes) licences@include(if:$no)} c:country(by:{code:"AZE"}){name@include(if:$yes)}}`,
			`{country(by:{code:"AZE"}){meetings(first:1000){nodes{id}} name}}`,
			`{countries(first:3){nodes{name meetings(first:1000){nodes{id}}}}}`,
			`{countries(first:3){nodes{name meetings(after:"x"){nodes{id}} again:meetings(before:"y"){nodes{id}}}}}`,
			`{a:meeting(slug:"none"){title} b:node(id:"none"){id} nodes(ids:["country:AZE","country:none","meeting:none"]){__typename id}}`,
			`{meetings(filter:{during:{within:{since:"2023-99"}}}){nodes{id}} dataset{title}}`,
			`{country(by:{code:"AZE"}){meetings(filter:{during:{within:{since:"2023-99"}}}){nodes{id}}}}`,
			`query($f:Int){meetings(first:$f){nodes{id}} country(by:{code:"IRN"}){name officials(first:$f){nodes{id}}}}`,
		} {
			compare(t, whole, "", query(document))
			compare(t, broken, "", query(document))
		}
	})
	t.Run("at random", func(t *testing.T) {
		d := newTrial(t)
		schema := contract(t)
		for range 400 {
			g := &documentMaker{Rand: d.Rand, schema: schema, left: 40}
			document := "query($yes:Boolean=true,$no:Boolean=false)" + g.set(schema.Query, 0)
			compare(t, whole, "", query(document))
			compare(t, broken, "", query(document))
		}
	})
	if failed < 100 || null < 20 {
		t.Errorf("%d answers with errors, %d of nothing else: too few to tell", failed, null)
	}
}

// closed is a store whose every statement fails.
func closed(t *testing.T) *db.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := seeds.Load(t.Context(), seeds.Embedded(), path); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	store.Close()
	return store
}

var errorID = regexp.MustCompile(`internal error [A-Z2-7]{16}|"id":"[A-Z2-7]{16}"`)

// comparable is an answer with its errors in a fixed order after it.
func comparable(t *testing.T, body []byte) string {
	t.Helper()
	var answer struct {
		Errors     []json.RawMessage
		Data       json.RawMessage
		Extensions json.RawMessage
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v in %.500s", err, body)
	}
	text := fmt.Sprintf(`{"data":%s,"extensions":%s}`, answer.Data, answer.Extensions)
	var errors []string
	for _, e := range answer.Errors {
		errors = append(errors, "\nerror "+errorID.ReplaceAllString(string(e), "an id"))
	}
	slices.Sort(errors)
	return text + strings.Join(errors, "")
}

// documentMaker draws valid documents.
type documentMaker struct {
	*rand.Rand
	schema *ast.Schema
	left   int // fields
	names  int
}

// literals are given for arguments, by the type and else by the name of these. Some are refused.
var literals = map[string][]string{
	"by CountryBy!":     {`{code:"AZE"}`, `{code:"IRN"}`, `{name:"Russia"}`, `{code:"none"}`, `{}`},
	"by EntityBy!":      {`{slug:"instc"}`, `{slug:"eco"}`, `{slug:"bayramov"}`, `{slug:"none"}`, `{}`},
	"by":                {"YEAR", "QUARTER", "MONTH"},
	"between":           {`["AZE","IRN"]`, `["RUS","IRN"]`, `["AZE"]`},
	"date":              {`"2004-01-01"`, `"2023-06-25"`, `"2023"`, `"2023-99"`},
	"asOf":              {`"2004-01-01"`, `"2023"`, `"2023-99"`},
	"first":             {"0", "1", "2", "3", "3", "3", "-1", "1000"},
	"last":              {"2", "1000"},
	"depth":             {"1", "2", "9"},
	"limit":             {"5", "5000"},
	"maxLength":         {"3", "99"},
	"from":              {`"country:AZE"`, `"country:none"`, `"corridor:instc"`},
	"to":                {`"country:IRN"`, `"none"`, `"corridor:instc"`},
	"of":                {`"country:AZE"`, `"country:none"`},
	"id":                {`"country:AZE"`, `"none"`, `"corridor:instc"`, `"organization:eco"`},
	"ids":               {`["country:AZE","corridor:instc"]`, `["country:none","country:IRN"]`, `[]`},
	"query":             {`"aliyev"`, `"rail"`, `""`},
	"slug":              {`"none"`, `"2023-06-amirabdollahian-bayramov-call"`},
	"name":              {`"Meeting"`, `"Azerbaijan"`, `"none"`},
	"after":             {`"x"`},
	"filter":            {`{}`},
	"includeDeprecated": {"true"},
}

// set draws a selection of a type.
func (g *documentMaker) set(of *ast.Definition, depth int) string {
	var parts []string
	for range 1 + g.IntN(4) {
		switch n := g.IntN(12); {
		case n == 0:
			parts = append(parts, "__typename")
		case n == 1 && of != g.schema.Query:
			possible := g.schema.GetPossibleTypes(of)
			if to := possible[g.IntN(len(possible))]; depth < 9 {
				parts = append(parts, "... on "+to.Name+g.set(to, depth+1))
			}
		case of.Kind != ast.Union:
			if field := g.field(of.Fields[g.IntN(len(of.Fields))], depth); field != "" {
				parts = append(parts, field)
			}
		}
	}
	if parts == nil {
		parts = []string{"__typename"}
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// field draws a field, or "" where it will not do.
func (g *documentMaker) field(f *ast.FieldDefinition, depth int) string {
	g.left--
	to := g.schema.Types[f.Type.Name()]
	if g.left < 0 || depth > 8 || strings.HasPrefix(f.Name, "__") {
		return ""
	}
	var arguments []string
	for _, a := range f.Arguments {
		pool := literals[a.Name+" "+a.Type.String()]
		if pool == nil {
			pool = literals[a.Name]
		}
		switch {
		case pool == nil && a.Type.NonNull && a.DefaultValue == nil:
			return ""
		case pool == nil, g.IntN(3) > 0 && (!a.Type.NonNull || a.DefaultValue != nil) && !(a.Name == "first" && depth > 1):
		default:
			arguments = append(arguments, a.Name+":"+pool[g.IntN(len(pool))])
		}
	}
	g.names++
	text := fmt.Sprintf("a%d:%s", g.names, f.Name)
	if arguments != nil {
		text += "(" + strings.Join(arguments, ",") + ")"
	}
	text += []string{"", "", "", "", "", "", "@skip(if:$no)", "@include(if:$no)", "@include(if:$yes)"}[g.IntN(9)]
	if to.IsCompositeType() {
		text += g.set(to, depth+1)
	}
	return text
}

// What a page of meetings with participants costs by either executor.
func BenchmarkExecutor(b *testing.B) {
	store, err := release()
	if err != nil {
		b.Fatal(err)
	}
	limits := generous()
	limits.Answers = 0
	body := mustJSON(map[string]string{"query": `{meetings(first:50){nodes{id title kind startsOn{value} participants{edges{role country{code name} node{name}}}}}}`})
	for name, h := range map[string]http.Handler{"walk": graph.Handler(store, limits), "gqlgen": graph.HandlerByGqlgen(store, limits)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				if w := newRecorder(h, r); w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
