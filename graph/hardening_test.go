package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	gql "github.com/vektah/gqlparser/v2/ast"

	"readout/db"
	"readout/graph"
)

// serve answers one request.
func serve(t *testing.T, h http.Handler, c sending) *httptest.ResponseRecorder {
	t.Helper()
	return newRecorder(h, c.request(t, "http://x"))
}

func newRecorder(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// gqlgen and gqlparser are of versions that hold.
func TestVersions(t *testing.T) {
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module, least := range map[string][3]int{"github.com/99designs/gqlgen": {0, 17, 98}, "github.com/vektah/gqlparser/v2": {2, 5, 64}} {
		var got [3]int
		_, version, _ := strings.Cut(string(text), "\t"+module+" v")
		if _, err := fmt.Sscanf(version, "%d.%d.%d", &got[0], &got[1], &got[2]); err != nil {
			t.Fatal(module, err)
		}
		if slices.Compare(got[:], least[:]) < 0 {
			t.Errorf("%s is of version %v, want %v", module, got, least)
		}
	}
}

// What a query costs, by the formula in SECURITY.md.
func TestCost(t *testing.T) {
	h := graph.Handler(dataset(t), generous())
	for _, c := range []struct {
		query, variables string
		nodes            int
	}{
		{`{__typename}`, `{}`, 0},
		{`{dataset{title version}}`, `{}`, 1},
		{`{a:dataset{title} b:dataset{title}}`, `{}`, 2},
		{`{countries{nodes{name}}}`, `{}`, 1 + 20},
		{`{countries{edges{cursor node{name}}}}`, `{}`, 1 + 20},
		{`{countries(first:5){nodes{name}}}`, `{}`, 1 + 5},
		{`{countries(last:5){nodes{name}}}`, `{}`, 1 + 5},
		{`{countries(first:0){nodes{name}}}`, `{}`, 1},
		{`{countries(first:5){nodes{name} edges{node{name}}}}`, `{}`, 1 + 5 + 5},
		{`{countries(first:5){totalCount pageInfo{hasNextPage}}}`, `{}`, 1 + 1},
		{`query($n:Int){countries(first:$n){nodes{name}}}`, `{"n":7}`, 1 + 7},
		{`query($n:Int=9){countries(first:$n){nodes{name}}}`, `{}`, 1 + 9},
		{`query($n:Int){countries(first:$n){nodes{name}}}`, `{}`, 1 + 20},
		{`query($n:Int){countries(first:$n){nodes{name}}}`, `{"n":null}`, 1 + 20},
		{`{countries(first:5){nodes{meetings(first:3){nodes{title}}}}}`, `{}`, 1 + 5*(1+1+3)},
		{`{countries(first:5){nodes{...f}}}fragment f on Country{meetings(first:3){nodes{title}}}`, `{}`, 1 + 5*(1+1+3)},
		{`{nodes(ids:["country:AZE","country:IRN"]){id}}`, `{}`, 2},
		{`query($i:[ID!]!){nodes(ids:$i){... on Country{capital{name}}}}`, `{"i":["country:AZE","country:IRN","country:ARM"]}`, 3 * (1 + 1)},
		{`{country(by:{code:"AZE"}){spellings{text source{title}}}}`, `{}`, 1 + 2*(1+1)},
		{`{meeting(by:{slug:"x"}){startsOn{display claims{stance}}}}`, `{}`, 1 + 2},
		{`{neighbourhood(of:"country:AZE"){nodes{distance}}}`, `{}`, 1 + 100*2},
		{`query($l:Int!=30){neighbourhood(of:"country:AZE",limit:$l){nodes{distance}}}`, `{}`, 1 + 30*2},
		{`{paths(from:"country:AZE",to:"country:IND"){paths{length}}}`, `{}`, 1 + 3*2},
		{`{__schema{types{name}}}`, `{}`, 1 + 2},
	} {
		var answer struct {
			Extensions struct {
				Cost struct{ Nodes, Limit, Remaining int }
			}
		}
		text := serve(t, h, query(c.query, c.variables)).Body.Bytes()
		if err := json.Unmarshal(text, &answer); err != nil || bytes.Contains(text, []byte("_FAILED")) {
			t.Fatalf("%s: %s", c.query, text)
		}
		if cost := answer.Extensions.Cost; cost.Nodes != c.nodes || cost.Remaining != cost.Limit-cost.Nodes {
			t.Errorf("%s costs %+v, want %d", c.query, cost, c.nodes)
		}
	}
}

// The deepest query of all clients, that of GraphiQL and code generators, is answered.
func TestFullIntrospection(t *testing.T) {
	text, err := os.ReadFile("testdata/introspection.graphql")
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Data struct {
			Schema struct{ Types []struct{ Name string } } `json:"__schema"`
		}
	}
	w := serve(t, graph.Handler(dataset(t), graph.DefaultLimits()), query(string(text)))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Data.Schema.Types) < 150 || bytes.Contains(w.Body.Bytes(), []byte(`"errors"`)) {
		t.Errorf("got %.500s, %v", w.Body, err)
	}
}

// A query that takes too long, or comes when all lanes are full, is refused whole; a
// cheap one has a lane of its own.
func TestTimeAndLanes(t *testing.T) {
	const dear, cheap = `{meetings(first:100){nodes{participants{nodes{name}}}}}`, `{dataset{title}}`
	large := `{corridor(by:{slug:"instc"})` + nested(2, "{branches{stops{place corridor#}}}", "{name branches{stops{place}}}") + "}"
	limits := func(change func(*graph.Limits)) graph.Limits {
		l := graph.DefaultLimits()
		l.Time, l.Wait = time.Minute, time.Minute
		change(&l)
		return l
	}
	hurried := limits(func(l *graph.Limits) { l.Time = time.Nanosecond })
	full := limits(func(l *graph.Limits) { l.Dear, l.Wait = 0, time.Millisecond })
	small := limits(func(l *graph.Limits) { l.Answer = 1000 })
	for _, c := range []struct {
		name   string
		limits graph.Limits
		query  string
		status int
		code   string
	}{
		{"too late", hurried, cheap, 503, "TIMEOUT"},
		{"too late for introspection", hurried, `{__schema{types{name}}}`, 503, "TIMEOUT"},
		{"no slot", full, dear, 503, "OVERLOADED"},
		{"no slot for what turns out dear", full, large, 503, "OVERLOADED"},
		{"a lane of its own", full, cheap, 200, answered},
		{"an answer too large", small, dear, 400, "TOO_COMPLEX"},
		{"an answer that fits", small, cheap, 200, answered},
	} {
		w := serve(t, graph.Handler(dataset(t), c.limits), query(c.query))
		if code := check(t, w.Code, w.Body.Bytes()); w.Code != c.status || code != c.code {
			t.Errorf("%s: got %d %q, want %d %q: %.200s", c.name, w.Code, code, c.status, c.code, w.Body)
		}
		if (w.Header().Get("Retry-After") != "") != (w.Code == 503) {
			t.Errorf("%s: Retry-After %q", c.name, w.Header().Get("Retry-After"))
		}
	}
}

// A panic is an internal error.
func TestPanicsAreMasked(t *testing.T) {
	w := serve(t, graph.Handler(&db.Store{}, graph.DefaultLimits()), query(`{meetings{totalCount}}`))
	if !regexp.MustCompile(`"message":"internal error \w+".*"code":"INTERNAL_SERVER_ERROR"`).MatchString(w.Body.String()) || inside.MatchString(w.Body.String()) {
		t.Errorf("got %s", w.Body)
	}
}

// What clients sent is not kept without bound: neither documents parsed nor those persisted.
func TestNothingPilesUp(t *testing.T) {
	h := graph.Handler(dataset(t), graph.DefaultLimits())
	held := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	serve(t, h, query("{__typename}"))
	before := held()
	for i := range 300 {
		document := fmt.Sprintf("query Q%d{%s}", i, strings.Repeat("__typename ", 490))
		w := serve(t, h, sent(`{"query":"`+document+`","extensions":{"persistedQuery":{"version":1,"sha256Hash":"`+strings.Repeat("0", 64)+`"}}}`))
		if w.Code != http.StatusBadRequest {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		if w := serve(t, h, query(document)); w.Code != http.StatusOK {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
	}
	grown := held() - before
	t.Logf("%d MB after 300 documents of 5 kB", grown>>20)
	if grown > 30<<20 {
		t.Errorf("grown by %d MB", grown>>20)
	}
	runtime.KeepAlive(h)
}

// No text is syntax of anything: each text that the schema takes, with what SQL, LIKE,
// FTS, JSON and C take for syntax, is looked for or refused.
func TestNoTextIsSyntax(t *testing.T) {
	schema := contract(t)
	h := graph.Handler(dataset(t), generous())
	texts := []string{`' or 1=1 --`, `'; drop table entity; --`, `%_%\%`, `" OR a* NEAR/2 ^b -c (`, "a\x00b", `$1 ?1 :a @b`, `\u0000\`, `{"a":[`, strings.Repeat("é", 300), "\u202e\ufeff\U0001f600", ""}
	if raceEnabled {
		texts = texts[:4] // there is no race to find in a text
	}
	asked := 0
	// ways are the values of a type with a text in one place, as $0, as JSON.
	var ways func(t *gql.Type, depth int) []string
	ways = func(typ *gql.Type, depth int) (list []string) {
		if typ.Elem != nil {
			for _, way := range ways(typ.Elem, depth) {
				list = append(list, "["+way+"]")
			}
			return list
		}
		definition := schema.Types[typ.NamedType]
		switch {
		case definition.Kind == gql.InputObject && depth > 0:
			for _, field := range definition.Fields {
				if field.Name == "not" {
					continue // it would find the rest
				}
				for _, way := range ways(field.Type, depth-1) {
					list = append(list, `{"`+field.Name+`":`+way+`}`)
				}
			}
		case definition.Name == "String", definition.Name == "ID", definition.Name == "EDTF":
			return []string{"$0"}
		}
		return list
	}
	needed := map[string]string{"by": `{"name":"x"}`, "id": `"country:AZE"`, "ids": `["country:AZE"]`, "date": `"2020"`, "slug": `"x"`, "between": `["AZE","IRN"]`, "from": `"country:AZE"`, "to": `"country:IND"`, "of": `"country:AZE"`, "query": `"x"`}
	for _, field := range schema.Query.Fields {
		for _, argument := range field.Arguments {
			for _, way := range ways(argument.Type, 3) {
				for _, text := range texts {
					written, err := json.Marshal(text)
					if err != nil {
						t.Fatal(err)
					}
					var definitions, arguments []string
					variables := map[string]json.RawMessage{}
					for _, a := range field.Arguments {
						switch value, known := needed[a.Name]; {
						case a == argument:
							variables[a.Name] = json.RawMessage(strings.Replace(way, "$0", string(written), 1))
						case known && a.Type.NonNull && a.DefaultValue == nil:
							variables[a.Name] = json.RawMessage(value)
						default:
							continue
						}
						definitions = append(definitions, "$"+a.Name+":"+a.Type.String())
						arguments = append(arguments, a.Name+":$"+a.Name)
					}
					given, err := json.Marshal(variables)
					if err != nil {
						t.Fatal(err)
					}
					below := "__typename"
					if schema.Types[field.Type.Name()].Fields.ForName("totalCount") != nil {
						below = "totalCount nodes{__typename}"
					}
					w := serve(t, h, query(fmt.Sprintf("query(%s){%s(%s){%s}}", strings.Join(definitions, " "), field.Name, strings.Join(arguments, " "), below), string(given)))
					asked++
					switch code := check(t, w.Code, w.Body.Bytes()); code {
					case answered, bad, "CURSOR_MISMATCH", "AMBIGUOUS":
					default:
						t.Errorf("%s %s: %s", field.Name, given, w.Body)
					}
					if len(way) > 4 && strings.Contains(w.Body.String(), `"totalCount":173`) { // all meetings
						t.Errorf("%s %s finds everything", field.Name, given)
					}
				}
			}
		}
	}
	t.Logf("%d texts asked for", asked)
	if asked < 1000 {
		t.Errorf("only %d texts were asked for", asked)
	}
}

// securityRow is a row of a table in SECURITY.md: its first cell and the others.
var securityRow = regexp.MustCompile("(?m)^\\| `?([^|`]+?)`? \\| (.+) \\|$")

func security(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, row := range securityRow.FindAllStringSubmatch(string(text), -1) {
		rows[row[1]] = row[2]
	}
	return rows
}

// Every limit is in SECURITY.md with its number.
func TestLimitsAreDocumented(t *testing.T) {
	rows := security(t)
	limits := graph.DefaultLimits()
	processors := runtime.GOMAXPROCS(0)
	for name, row := range map[string]string{
		"Body": "body | 64 KiB", "Query": "document | 16 KiB", "Tokens": "tokens | 2000", "Operations": "operations | 10", "Depth": "depth | 15", "Aliases": "aliases | 30",
		"Fields": "fields | 500", "Cost": "cost | 25000", "Answer": "answer | 3 MiB", "Errors": "errors shown | 10", "Time": "time | 1.8s",
		"Dear": "dear queries at a time | 2 a processor", "Cheap": "cheap queries at a time | 8 a processor", "Wait": "wait for a slot | 1s", "Documents": "persisted documents | 4 MiB", "Parsed": "parsed documents | 16 MiB", "Answers": "answers kept | 32 MiB", "Rows": "rows | 100000",
	} {
		var number string
		switch value := reflect.ValueOf(limits).FieldByName(name); {
		case name == "Dear" || name == "Cheap":
			number = fmt.Sprintf("%d a processor", value.Int()/int64(processors))
		case value.Type() == reflect.TypeFor[time.Duration]():
			number = fmt.Sprint(value.Interface())
		case value.Int() >= 1<<20:
			number = fmt.Sprintf("%d MiB", value.Int()>>20)
		case value.Int()%1024 == 0:
			number = fmt.Sprintf("%d KiB", value.Int()>>10)
		default:
			number = fmt.Sprint(value.Int())
		}
		cell, want, _ := strings.Cut(row, " | ")
		if number != want || !strings.HasPrefix(rows[cell], want+" |") {
			t.Errorf("%s is %s; SECURITY.md says %q of %q", name, number, rows[cell], cell)
		}
	}
	if n := reflect.TypeFor[graph.Limits]().NumField(); n != 18 {
		t.Errorf("%d limits; say here where each is written", n)
	}
}

// The list of codes is closed: each constant of the program is in SECURITY.md with its
// status, and each is met in a test.
func TestCodesAreDocumented(t *testing.T) {
	declared := map[string]bool{}
	for _, pattern := range []string{"transport.go", "../db/error.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), pattern, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, isValue := n.(*ast.ValueSpec)
			if !isValue || len(spec.Values) != 1 {
				return true
			}
			if literal, isLiteral := spec.Values[0].(*ast.BasicLit); isLiteral && regexp.MustCompile(`^"[A-Z_]+"$`).MatchString(literal.Value) {
				declared[strings.Trim(literal.Value, `"`)] = true
			}
			return true
		})
	}
	status := map[string]int{"AMBIGUOUS": 200, "TIMEOUT": 503, "OVERLOADED": 503, "INTERNAL_SERVER_ERROR": 200, "RATE_LIMITED": 429} // by tests above, in graph_test.go and of package edge
	for _, h := range hostile {
		if h.code != answered {
			status[h.code] = h.status
		}
	}
	rows := security(t)
	for code := range declared {
		if status[code] == 0 {
			t.Errorf("%s is met in no test", code)
		} else if !strings.Contains(rows[code], fmt.Sprint(status[code])) {
			t.Errorf("SECURITY.md says %q of %s, which comes with %d", rows[code], code, status[code])
		}
	}
	for _, code := range append([]string{"INTERNAL_SERVER_ERROR"}, codes...) {
		if !declared[code] {
			t.Errorf("%s is in the list and not in the program", code)
		}
	}
	if len(declared) != len(codes)+1 {
		t.Errorf("%d codes are declared, the list has %d", len(declared), len(codes)+1)
	}
}

// stuck is a client that does not read its answer until it is let.
type stuck struct {
	http.ResponseWriter
	begun, let chan struct{}
}

func (s *stuck) Write(text []byte) (int, error) {
	close(s.begun)
	<-s.let
	return s.ResponseWriter.Write(text)
}

// Who does not read an answer holds no slot that others need.
func TestSlowReadersHoldNoSlot(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Dear, limits.Wait = 1, time.Millisecond
	h := graph.Handler(dataset(t), limits)
	const dear = `{meetings(first:100){nodes{title summary participants{nodes{name}} topics{nodes{... on Issue{title summary}}}}}}`
	request := func() *http.Request {
		return httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql?query="+url.QueryEscape(dear), nil)
	}
	slow := &stuck{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.ServeHTTP(slow, request())
	}()
	<-slow.begun
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, request()); w.Code != http.StatusOK {
		t.Errorf("while another does not read: %d %s", w.Code, w.Body)
	}
	close(slow.let)
	<-ended
}
