package graph_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"readout/graph"
)

func handlerFor(f *testing.F, limits graph.Limits) http.Handler {
	f.Helper()
	store, err := release()
	if err != nil {
		f.Fatal(err)
	}
	return graph.Handler(store, limits)
}

// documents are the queries of the examples.
func documents(f *testing.F) (list []string) {
	f.Helper()
	files, err := filepath.Glob("examples/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, string(exampleForm.FindSubmatch(text)[exampleForm.SubexpIndex("query")]))
	}
	return list
}

// Whatever the body of a POST, the answer is one that the server may give.
func FuzzBody(f *testing.F) {
	h := handlerFor(f, graph.DefaultLimits())
	for _, h := range hostile {
		if h.send.method == "" && len(h.send.body) < 4<<10 {
			f.Add(h.send.body)
		}
	}
	for _, document := range documents(f) {
		f.Add(query(document).body)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		w := serve(t, h, sending{body: text})
		check(t, w.Code, w.Body.Bytes())
	})
}

// Whatever the parameters of a GET, the answer is one that the server may give.
func FuzzAddress(f *testing.F) {
	h := handlerFor(f, graph.DefaultLimits())
	for _, h := range hostile {
		if h.send.method == http.MethodGet {
			f.Add(strings.TrimPrefix(h.send.target, "/graphql?"))
		}
	}
	f.Fuzz(func(t *testing.T, parameters string) {
		r := bare(http.MethodGet, "").request(t, "http://x")
		r.URL.RawQuery = parameters
		w := newRecorder(h, r)
		check(t, w.Code, w.Body.Bytes())
	})
}

// A text is found, not found or refused as bad input, wherever it is a text.
func FuzzText(f *testing.F) {
	h := handlerFor(f, graph.DefaultLimits())
	for _, text := range []string{"", "baku", "Əliyev", "INSC", "\"north south", "«север», юг", "a* NEAR b", "' or 1=1 --", "\x00", "امیرعبداللهیان", "2021-08", "%", "ﷺ"} {
		f.Add(text)
	}
	const document = `query($t:String!,$d:EDTF!,$i:ID!){
		search(query:$t,first:5){totalCount edges{excerpts{text} reason score}} meetings(filter:{text:$t},orderBy:{field:RELEVANCE}){totalCount}
		sources(filter:{title:$t}){totalCount} country(by:{name:$t}){id} c:country(by:{code:$t}){id} official(by:{slug:$t}){id} source(slug:$t){id}
		during:meetings(filter:{during:{overlaps:{since:$d}}}){totalCount} node(id:$i){id} ids:countries(filter:{ids:[$i]}){totalCount}}`
	f.Fuzz(func(t *testing.T, text string) {
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		w := serve(t, h, query(document, `{"t":`+string(written)+`,"d":"2021","i":"country:AZE"}`))
		switch code := check(t, w.Code, w.Body.Bytes()); code {
		case answered, bad, "AMBIGUOUS":
		default:
			t.Errorf("%s: %s", written, w.Body)
		}
		w = serve(t, h, query(document, `{"t":"baku","d":`+string(written)+`,"i":`+string(written)+`}`))
		if code := check(t, w.Code, w.Body.Bytes()); code != answered && code != bad {
			t.Errorf("%s: %s", written, w.Body)
		}
	})
}

// A cursor is one of the list or refused, and what stands in one of the list is only a place.
func FuzzCursor(f *testing.F) {
	h := handlerFor(f, graph.DefaultLimits())
	own := regexp.MustCompile(`"endCursor":"([^"]+)"`)
	first := ""
	for _, text := range []string{"", "bm90aGluZw", "eHh4eHh4eHgAYQBi", "!", "AAAA", "2024-05-19\x00x"} {
		f.Add(text, "2024-05-19", "x")
	}
	const document = `query($c:String){meetings(first:2,after:$c){pageInfo{endCursor hasNextPage} nodes{slug}} b:meetings(last:2,before:$c){nodes{slug}}}`
	f.Fuzz(func(t *testing.T, text, key, tie string) {
		if first == "" {
			first = own.FindStringSubmatch(serve(t, h, query(document)).Body.String())[1]
		}
		plain, err := base64.RawURLEncoding.DecodeString(first)
		if err != nil {
			t.Fatal(err)
		}
		mark, _, _ := strings.Cut(string(plain), "\x00")
		forged := base64.RawURLEncoding.EncodeToString([]byte(mark + "\x00" + key + "\x00" + tie))
		for _, cursor := range []string{text, forged} {
			written, err := json.Marshal(cursor)
			if err != nil {
				t.Fatal(err)
			}
			w := serve(t, h, query(document, `{"c":`+string(written)+`}`))
			code := check(t, w.Code, w.Body.Bytes())
			if code != answered && code != bad && code != "CURSOR_MISMATCH" || cursor == forged && code != answered && !strings.ContainsRune(key+tie, 0) {
				t.Errorf("%s: %s", written, w.Body)
			}
		}
	})
}

// The guard finds the cost of any document that is valid, and the same as counting
// node by node from the top.
func FuzzGuard(f *testing.F) {
	limits := graph.DefaultLimits()
	limits.Cost = -1 // nothing is executed
	h := handlerFor(f, limits)
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		f.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		f.Fatal(err)
	}
	for _, document := range documents(f) {
		f.Add(document)
	}
	for _, document := range []string{
		doubled(5), `{countries(first:5){nodes{...f ...f}}}fragment f on Country{meetings(last:3){edges{node{title ...g}} totalCount}}fragment g on Meeting{sources{nodes{title}}}`,
		`{neighbourhood(of:"x",limit:7){nodes{entity{name}}links{sources{title}}}}`, `query($i:[ID!]=["a","b"]){nodes(ids:$i){... on Country{capital{name}}}}`,
		`{__schema{types{fields{type{name}}}}}`, `{meetings{facets{countries(first:9){country{name}}}timeline{bins{count}}coverage{since{value}}}}`,
	} {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document string) {
		var answer struct {
			Errors     []struct{ Extensions struct{ Code string } }
			Extensions struct{ Cost *struct{ Nodes int } }
		}
		w := serve(t, h, query(document))
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Errors) == 0 {
			t.Fatalf("got %s, %v", w.Body, err)
		}
		if answer.Errors[0].Extensions.Code != complexity || answer.Extensions.Cost == nil {
			return
		}
		parsed, errs := gqlparser.LoadQueryWithRules(schema, document, nil)
		if errs != nil || len(parsed.Operations) != 1 {
			return
		}
		c := counting{steps: 100_000}
		c.set(parsed.Operations[0].SelectionSet, 1, 0)
		if c.steps > 0 && c.nodes < 1e9 && float64(answer.Extensions.Cost.Nodes) != c.nodes {
			t.Errorf("%s costs %d, want %g", document, answer.Extensions.Cost.Nodes, c.nodes)
		}
	})
}

// counting finds a cost from the top, as SECURITY.md has it.
type counting struct {
	nodes float64
	steps int // left, since fragments are followed anew
}

// set counts a selection that is made times times; page is the size of the connection
// that it is of, or 0.
func (c *counting) set(set ast.SelectionSet, times, page float64) {
	for _, selection := range set {
		if c.steps--; c.steps < 0 {
			return
		}
		switch s := selection.(type) {
		case *ast.InlineFragment:
			c.set(s.SelectionSet, times, page)
		case *ast.FragmentSpread:
			c.set(s.Definition.SelectionSet, times, page)
		case *ast.Field:
			c.field(s, times, page)
		}
	}
}

func (c *counting) field(f *ast.Field, times, page float64) {
	if strings.HasPrefix(f.Name, "__type") && len(f.SelectionSet) == 0 {
		return
	}
	typ, isList := f.Definition.Type.Name(), f.Definition.Type.Elem != nil
	ofConnection := strings.HasSuffix(f.ObjectDefinition.Name, "Connection")
	size := 0.0 // not said
	arguments := f.ArgumentMap(nil)
	for _, name := range []string{"limit", "last", "first"} {
		if n, given := arguments[name].(int64); given && n >= 0 {
			size = min(float64(n), 500)
		} else {
			continue
		}
		if size == 0 {
			size = -1
		}
	}
	if ids, given := arguments["ids"].([]any); given {
		if size = float64(len(ids)); size == 0 {
			size = -1
		}
	}
	or := func(otherwise float64) float64 {
		switch size {
		case 0:
			return otherwise
		case -1:
			return 0
		}
		return size
	}
	switch {
	case len(f.SelectionSet) == 0:
		if ofConnection && f.Name == "totalCount" {
			c.nodes += times
		}
	case ofConnection && f.Name == "pageInfo", strings.HasSuffix(typ, "Date"):
		c.set(f.SelectionSet, times, 0)
	case ofConnection && f.Name == "edges":
		c.set(f.SelectionSet, times*page, 0)
	case ofConnection && f.Name == "nodes":
		c.nodes += times * page
		c.set(f.SelectionSet, times*page, 0)
	case isList:
		c.nodes += times * or(2)
		c.set(f.SelectionSet, times*or(2), 0)
	case strings.HasSuffix(typ, "Connection"):
		c.nodes += times
		c.set(f.SelectionSet, times, or(20))
	default:
		c.nodes += times
		c.set(f.SelectionSet, times*max(or(1), 1), 0)
	}
}
