package graph_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"readout/db"
	"readout/graph"
	"readout/seeds"
)

// getting asks by GET, or by another method; parameters and headers are pairs.
func getting(h http.Handler, method string, parameters []string, header ...string) *httptest.ResponseRecorder {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	r := httptest.NewRequest(method, "/graphql?"+values.Encode(), nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const twoOperations = `query A($f: Int, $k: [MeetingKind!]) { meetings(first: $f, filter: {kinds: $k}) { totalCount } } query B { dataset { title } }`

// An ETag names the answer: another one for whatever may change it, and only for that.
func TestETag(t *testing.T) {
	h := graph.Handler(dataset(t), graph.DefaultLimits())
	stricter := graph.DefaultLimits()
	stricter.Cost-- // which extensions.cost shows
	ask := []string{"query", twoOperations, "operationName", "A", "variables", `{"f": 1, "k": ["SUMMIT"]}`}
	first := getting(h, "GET", ask).Header().Get("ETag")
	if !strings.HasPrefix(first, `W/"`) {
		t.Fatalf("got %q: want a weak one, for compressed forms share it", first)
	}
	for _, c := range []struct {
		name   string
		same   bool
		answer *httptest.ResponseRecorder
	}{
		{"again", true, getting(h, "GET", ask)},
		{"HEAD", true, getting(h, "HEAD", ask)},
		{"another handler of the release", true, getting(graph.Handler(dataset(t), graph.DefaultLimits()), "GET", ask)},
		{"variables in another order", true, getting(h, "GET", []string{"query", twoOperations, "operationName", "A", "variables", `{"k":["SUMMIT"],"f":1}`})},
		{"other variables", false, getting(h, "GET", []string{"query", twoOperations, "operationName", "A", "variables", `{"f": 2, "k": ["SUMMIT"]}`})},
		{"another operation", false, getting(h, "GET", []string{"query", twoOperations, "operationName", "B", "variables", `{"f": 1, "k": ["SUMMIT"]}`})},
		{"another document", false, getting(h, "GET", []string{"query", twoOperations + " ", "operationName", "A", "variables", `{"f": 1, "k": ["SUMMIT"]}`})},
		{"another media type", false, getting(h, "GET", ask, "Accept", "application/graphql-response+json")},
		{"other limits", false, getting(graph.Handler(dataset(t), stricter), "GET", ask)},
		{"another release", false, getting(graph.Handler(small(t), graph.DefaultLimits()), "GET", ask)},
	} {
		got := c.answer.Header()
		if c.answer.Code != 200 || got.Get("Cache-Control") != "public, max-age=60" || got.Get("ETag") == "" || (got.Get("ETag") == first) != c.same {
			t.Errorf("%s: %d %v", c.name, c.answer.Code, got)
		}
	}
}

// small is a release of another package.
func small(t *testing.T) *db.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "small.db")
	if _, err := seeds.Load(t.Context(), os.DirFS("../seeds/testdata/small"), path); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// What may not be kept has no ETag.
func TestNoStore(t *testing.T) {
	h := graph.Handler(dataset(t), graph.DefaultLimits())
	post := httptest.NewRecorder()
	request := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"{ dataset { title } }"}`))
	request.Header.Set("Content-Type", "application/json")
	h.ServeHTTP(post, request)
	for name, answer := range map[string]*httptest.ResponseRecorder{
		"a POST":           post,
		"an unknown field": getting(h, "GET", []string{"query", "{ nope }"}),
		"a bad argument":   getting(h, "GET", []string{"query", "{ meetings(first: 101) { totalCount } }"}),
		"no query":         getting(h, "GET", nil),
		"a refused form":   getting(h, "GET", []string{"query", "{ dataset { title } }"}, "Accept", "text/html"),
		"a wrong method":   getting(h, "DELETE", []string{"query", "{ dataset { title } }"}),
	} {
		if got := answer.Header(); got.Get("Cache-Control") != "no-store" || got.Get("ETag") != "" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A client that has the answer is told so, without a statement and without a slot.
func TestNotModified(t *testing.T) {
	limits := graph.DefaultLimits()
	ask := []string{"query", "{ meetings { totalCount } }"}
	etag := getting(graph.Handler(dataset(t), limits), "GET", ask).Header().Get("ETag")
	for _, c := range []struct {
		method, given string
		status        int
	}{
		{"GET", etag, 304},
		{"HEAD", etag, 304},
		{"GET", strings.TrimPrefix(etag, "W/"), 304},
		{"GET", `"a,b", W/"c" ,` + etag + `, "d"`, 304},
		{"GET", "*", 304},
		{"GET", `"stale"`, 200},
		{"GET", strings.Trim(etag, `W/"`), 200}, // without its quotes it is none
		{"GET", "", 200},
	} {
		ctx, statements := db.CountStatements(context.Background())
		h := graph.Handler(dataset(t), limits)
		answer := getting(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r.WithContext(ctx)) }), c.method, ask, "If-None-Match", c.given)
		got := answer.Header()
		if answer.Code != c.status || got.Get("ETag") != etag || got.Get("Cache-Control") != "public, max-age=60" || !strings.Contains(strings.Join(got.Values("Vary"), ","), "Accept") {
			t.Errorf("%s %s: %d %v", c.method, c.given, answer.Code, got)
		}
		if spared := statements.Load() == 0 && answer.Body.Len() == 0; spared != (c.status == 304) {
			t.Errorf("%s %s: %d statements, %s", c.method, c.given, statements.Load(), answer.Body)
		}
	}
	limits.Cheap, limits.Wait = 0, 0
	full := graph.Handler(dataset(t), limits)
	if answer := getting(full, "GET", ask); answer.Code != 503 || answer.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("no slot is free, and: %d %s", answer.Code, answer.Body)
	}
	if answer := getting(full, "GET", ask, "If-None-Match", "*"); answer.Code != 304 {
		t.Errorf("no slot is needed, and: %d %s", answer.Code, answer.Body)
	}
	if answer := getting(full, "GET", []string{"query", "{ nope }"}, "If-None-Match", "*"); answer.Code != 200 {
		t.Errorf("there is no answer that a client could have, and: %d %s", answer.Code, answer.Body)
	}
}

// An answer is kept for its document, operation and variables, and sent again without a statement.
func TestAnswersAreKept(t *testing.T) {
	const named = `query A{dataset{title}} query B($n:Int){meetings(first:$n){nodes{title}}}`
	large := "{meetings(first:100){nodes{" + numbered(30, "a#:summary ") + "}}}"
	asking := func(document, operation, variables string) sending {
		return sent(fmt.Sprintf(`{"query":%s,"operationName":%q,"variables":%s}`, mustJSON(document), operation, variables))
	}
	h := graph.Handler(dataset(t), generous())
	for _, c := range []struct {
		name       string
		by         http.Handler
		send       sending
		statements bool
	}{
		{"at first", h, asking(named, "B", `{"n":3}`), true},
		{"again", h, asking(named, "B", `{"n":3}`), false},
		{"variables in another order and space", h, asking(named, "B", `{ "n" : 3 }`), false},
		{"other variables", h, asking(named, "B", `{"n":4}`), true},
		{"other operation", h, asking(named, "A", `{"n":3}`), false}, // it has no need of one
		{"other document", h, asking(named+" ", "B", `{"n":3}`), true},
		{"by GET", h, bare("GET", "?operationName=B&query="+url.QueryEscape(named)+"&variables="+url.QueryEscape(`{"n":3}`)), false},
		{"with errors", h, asking(`{meetings(first:1,after:"x"){nodes{title}} dataset{title} issues{nodes{name}}}`, "", "null"), true},
		{"with errors, again", h, asking(`{meetings(first:1,after:"x"){nodes{title}} dataset{title} issues{nodes{name}}}`, "", "null"), true},
		{"large", h, asking(large, "", "null"), true},
		{"large, again", h, asking(large, "", "null"), true},
		{"another server", graph.Handler(dataset(t), generous()), asking(named, "B", `{"n":3}`), true},
	} {
		plain := serve(t, graph.Handler(dataset(t), generous()), c.send)
		ctx, statements := db.CountStatements(t.Context())
		r := c.send.request(t, "http://x").WithContext(ctx)
		w := newRecorder(c.by, r)
		if (statements.Load() > 0) != c.statements {
			t.Errorf("%s: %d statements", c.name, statements.Load())
		}
		if got, want := w.Body.String(), plain.Body.String(); got != want || !maps.EqualFunc(w.Header(), plain.Header(), slices.Equal[[]string]) {
			t.Errorf("%s:\ngot  %v %.300s\nwant %v %.300s", c.name, w.Header(), got, plain.Header(), want)
		}
	}

	limits := generous()
	limits.Answers = 0
	h = graph.Handler(dataset(t), limits)
	for range 2 {
		ctx, statements := db.CountStatements(t.Context())
		newRecorder(h, asking(named, "B", `{"n":3}`).request(t, "http://x").WithContext(ctx))
		if statements.Load() == 0 {
			t.Error("an answer was kept where none may be")
		}
	}
}
