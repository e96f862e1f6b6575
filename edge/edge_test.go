package edge_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"readout/db"
	"readout/edge"
	"readout/graph"
	"readout/seeds"
)

// store opens a release of the small package; its titles may be changed.
func store(t *testing.T, changed ...string) *db.Store {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../seeds/testdata/small")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "meetings.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(changed...).Replace(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := seeds.Load(t.Context(), os.DirFS(folder), path); err != nil {
		t.Fatal(err)
	}
	opened, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return opened
}

// routes are GraphQL, the health of the server and handlers that do one thing each.
func routes(s *db.Store, limits graph.Limits) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/graphql", graph.Handler(s, limits))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'self'")
		w.Header().Set("Cache-Control", "no-cache")
		io.WriteString(w, "page")
	})
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("secret of the house") })
	mux.HandleFunc("/half", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, text)
		panic("secret of the house")
	})
	mux.HandleFunc("GET /text", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("ETag", `W/"text"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	})
	mux.HandleFunc("GET /zipped", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, text)
		z.Close()
	})
	return mux
}

var text = strings.Repeat("Who met whom, when, about what. ", 200)

func serve(t *testing.T, s edge.Settings, limits graph.Limits) http.Handler {
	t.Helper()
	release := store(t)
	return edge.New(s).Wrap(release.Release().Hash, routes(release, limits))
}

// ask sends a request with headers in pairs; a POST sends a GraphQL document.
func ask(h http.Handler, method, address string, header ...string) *http.Response {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(`{"query":"{ meetings { totalCount } }"}`)
	}
	r := httptest.NewRequest(method, address, body)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if panicked := recover(); panicked != nil && panicked != http.ErrAbortHandler {
				panic(panicked)
			}
		}()
		h.ServeHTTP(w, r)
	}()
	return w.Result()
}

func body(t *testing.T, answer *http.Response) string {
	t.Helper()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// query is an address that asks by GET.
func query(document string, more ...string) string {
	values := url.Values{"query": {document}}
	for i := 0; i < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	return "/graphql?" + values.Encode()
}

var good = query("{ meetings { totalCount } }")

// log is what is logged from here on, one object a line.
func log(t *testing.T) func() []map[string]any {
	t.Helper()
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&lines, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return func() (read []map[string]any) {
		for line := range strings.Lines(lines.String()) {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatal(err)
			}
			read = append(read, fields)
		}
		return read
	}
}

// Whatever the answer, it says how browsers are to treat it, which release gave it and
// under which id it is logged.
func TestHeaders(t *testing.T) {
	h := serve(t, edge.Settings{Rate: 100}, graph.DefaultLimits())
	const locked = "default-src 'none'; frame-ancestors 'none'"
	ids := map[string]bool{"mine": true}
	for _, c := range []struct {
		method, address string
		status          int
		policy, cache   string
	}{
		{"GET", good, 200, locked, "public, max-age=60"},
		{"HEAD", good, 200, locked, "public, max-age=60"},
		{"POST", "/graphql", 200, locked, "no-store"},
		{"GET", query("{ nope }"), 200, locked, "no-store"},
		{"PUT", "/graphql", 405, locked, "no-store"},
		{"OPTIONS", "/graphql", 405, locked, "no-store"},
		{"GET", "/healthz", 200, locked, "no-store"},
		{"GET", "/page", 200, "script-src 'self'", "no-cache"},
		{"GET", "/nowhere", 404, locked, "no-store"},
		{"GET", "/panic", 500, locked, "no-store"},
	} {
		answer := ask(h, c.method, c.address, "X-Request-Id", "mine")
		got := answer.Header
		if answer.StatusCode != c.status || got.Get("Content-Security-Policy") != c.policy || got.Get("Cache-Control") != c.cache {
			t.Errorf("%s %s: %d, %v", c.method, c.address, answer.StatusCode, got)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "cross-origin",
			"Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()", "Server": "",
		} {
			if got.Get(name) != want {
				t.Errorf("%s %s: %s is %q", c.method, c.address, name, got.Get(name))
			}
		}
		if len(got.Get("Readout-Release")) != 16 {
			t.Errorf("%s %s: release %q", c.method, c.address, got.Get("Readout-Release"))
		}
		if id := got.Get("X-Request-Id"); len(id) != 16 || ids[id] {
			t.Errorf("%s %s: id %q", c.method, c.address, id)
		} else {
			ids[id] = true
		}
	}
}

// A script of any site may read, and send nothing that it could not send unasked but
// what clients of GraphQL do.
func TestScriptsOfOtherSites(t *testing.T) {
	reached := 0
	h := edge.New(edge.Settings{}).Wrap("r", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	for _, c := range []struct {
		method, headers string
		allowed         bool
	}{
		{"GET", "if-none-match", true},
		{"HEAD", "", true},
		{"POST", "content-type", true},
		{"POST", "apollographql-client-name,apollographql-client-version,content-type", true},
		{"POST", "accept,content-type,traceparent,tracestate", true},
		{"POST", "content-type,x-relay-client-name", true},
		{"POST", "apollo-require-preflight,content-type,x-apollo-operation-name", true},
		{"PUT", "", false},
		{"DELETE", "", false},
		{"POST", "authorization", false},
	} {
		asked := []string{"Origin", "https://news.example", "Access-Control-Request-Method", c.method}
		if c.headers != "" {
			asked = append(asked, "Access-Control-Request-Headers", c.headers)
		}
		answer := ask(h, "OPTIONS", "/graphql", asked...)
		got := answer.Header
		origin, age := "", ""
		if c.allowed {
			origin, age = "*", "86400"
		}
		if answer.StatusCode != 204 || got.Get("Access-Control-Allow-Origin") != origin || got.Get("Access-Control-Max-Age") != age ||
			got.Get("Access-Control-Allow-Credentials") != "" || c.allowed && got.Get("Access-Control-Allow-Headers") != c.headers {
			t.Errorf("%s %s: %d %v", c.method, c.headers, answer.StatusCode, got)
		}
	}
	if reached != 0 {
		t.Error("a preflight was let through")
	}
	got := ask(h, "POST", "/graphql", "Origin", "https://news.example").Header
	if got.Get("Access-Control-Allow-Origin") != "*" || got.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("got %v", got)
	}
	for _, name := range []string{"Etag", "Retry-After", "X-Request-Id", "X-Ratelimit-Remaining", "Readout-Release"} {
		if !strings.Contains(got.Get("Access-Control-Expose-Headers"), name) {
			t.Errorf("%s cannot be read: %s", name, got.Get("Access-Control-Expose-Headers"))
		}
	}
	if !strings.Contains(strings.Join(ask(h, "GET", "/graphql").Header.Values("Vary"), ","), "Origin") {
		t.Error("a cache may give a script the answer to somebody who is none")
	}
}

func TestCompression(t *testing.T) {
	h := serve(t, edge.Settings{}, graph.DefaultLimits())
	for _, c := range []struct {
		method, address, accept, want string
		header                        []string
	}{
		{"GET", "/text", "", "", nil},
		{"GET", "/text", "gzip", "gzip", nil},
		{"GET", "/text", "zstd", "zstd", nil},
		{"GET", "/text", "gzip, deflate, br, zstd", "zstd", nil},
		{"GET", "/text", "gzip;q=1.0, zstd;q=0.5", "gzip", nil},
		{"GET", "/text", "GZIP;Q=0.2", "gzip", nil},
		{"GET", "/text", "gzip;q=0, zstd;q=0", "", nil},
		{"GET", "/text", "zstd;q=0, *", "gzip", nil},
		{"GET", "/text", "*", "zstd", nil},
		{"GET", "/text", "*;q=0", "", nil},
		{"GET", "/text", "br", "", nil},
		{"GET", "/text", "identity;q=0, gzip;q=0.1", "gzip", nil},
		{"GET", "/text", "identity, gzip;q=0.5, zstd;q=0.5", "", nil},
		{"GET", "/text", "br", "gzip", []string{"Accept-Encoding", "gzip"}}, // in a second line
		{"HEAD", "/text", "gzip", "", nil},
		{"GET", "/text", "gzip", "", []string{"If-None-Match", `"text"`}},
		{"GET", "/text", "gzip", "", []string{"Range", "bytes=0-1999"}},
		{"GET", "/zipped", "zstd, gzip", "gzip", nil},
		{"GET", "/healthz", "gzip", "", nil}, // too small to gain
		{"GET", query("{ __schema { types { name description fields { name description } } } }"), "zstd", "zstd", nil},
	} {
		answer := ask(h, c.method, c.address, append([]string{"Accept-Encoding", c.accept}, c.header...)...)
		name := fmt.Sprint(c.method, " ", c.address, " ", c.accept, c.header)
		if got := answer.Header.Get("Content-Encoding"); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
			continue
		}
		if !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: a cache would not tell the forms apart", name)
		}
		var plain io.Reader = answer.Body
		var err error
		switch c.want {
		case "gzip":
			plain, err = gzip.NewReader(answer.Body)
		case "zstd":
			plain, err = zstd.NewReader(answer.Body)
		}
		if err != nil {
			t.Fatal(name, err)
		}
		unpacked, err := io.ReadAll(plain)
		if err != nil || strings.HasPrefix(c.address, "/text") && !strings.HasPrefix(text, string(unpacked)) || len(unpacked) == 0 && answer.StatusCode == 200 && c.method == "GET" {
			t.Errorf("%s: unpacks to %d bytes, %v", name, len(unpacked), err)
		}
	}
}

// An id in an answer leads to the lines of the log.
func TestRequestID(t *testing.T) {
	lines := log(t)
	release := store(t)
	h := edge.New(edge.Settings{}).Wrap("r", routes(release, graph.DefaultLimits()))
	release.Close()
	answer := ask(h, "GET", good, "X-Request-Id", "mine")
	id := answer.Header.Get("X-Request-Id")
	if got := body(t, answer); !strings.Contains(got, `"message":"internal error `+id+`"`) || !strings.Contains(got, `"id":"`+id+`"`) {
		t.Errorf("%s is not in %s", id, got)
	}
	if read := lines(); len(read) != 2 || read[0]["id"] != id || read[1]["id"] != id || read[1]["code"] != "INTERNAL_SERVER_ERROR" ||
		!strings.Contains(read[0]["error"].(string), "database is closed") {
		t.Errorf("logged %v", read)
	}
}

// One line tells of a request, and of nobody.
func TestLog(t *testing.T) {
	lines := log(t)
	h := serve(t, edge.Settings{}, graph.DefaultLimits())
	long := strings.Repeat("Long", 50)
	for _, c := range []struct{ method, address, want string }{
		{"GET", query("query Secret($id: ID!) { node(id: $id) { id } }", "variables", `{"id":"corridor:hush"}`), "GET /graphql 200 Secret 1"},
		{"GET", good, "GET /graphql 200  2"},
		{"HEAD", good, "HEAD /graphql 200  2"},
		{"POST", "/graphql", "POST /graphql 200  2"},
		{"GET", query("query " + long + " { __typename }"), "GET /graphql 200 " + long[:64] + " 0"},
		{"GET", query("query Hush { hush }"), "GET /graphql 200  0 GRAPHQL_VALIDATION_FAILED"},
		{"GET", query("{ __typename }", "operationName", "hush"), "GET /graphql 200  0 GRAPHQL_VALIDATION_FAILED"},
		{"HUSH", "/graphql", "other /graphql 405  0 METHOD_NOT_ALLOWED"},
		{"GET", "/healthz?hush", "GET /healthz 200  0"},
		{"GET", "/hush", "GET - 404  0"},
		{"GET", "/panic", "GET /panic 500  0"},
	} {
		before := len(lines())
		answer := ask(h, c.method, c.address, "User-Agent", "hush", "Referer", "hush", "X-Forwarded-For", "hush")
		read := lines()[before:]
		line := read[len(read)-1]
		if got := strings.TrimSpace(fmt.Sprint(line["method"], " ", line["route"], " ", line["status"], " ", line["operation"], " ", line["cost"], " ", line["code"])); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		size := len(body(t, answer))
		if c.method == "HEAD" {
			size = 0 // a recorder keeps what a server would not send
		}
		if line["bytes"] != float64(size) || line["took"].(float64) <= 0 || line["id"] != answer.Header.Get("X-Request-Id") {
			t.Errorf("%s: %v", c.want, line)
		}
		if c.address == good && line["statements"] != map[string]float64{"GET": 2, "HEAD": 0}[c.method] { // the answer was kept
			t.Errorf("%v statements", line["statements"])
		}
		if len(line) != 13 || c.address != "/panic" && len(read) != 1 {
			t.Errorf("%s: %d lines, the last of %d fields", c.want, len(read), len(line))
		}
		if all := fmt.Sprint(read); strings.Contains(all, "hush") || strings.Contains(all, "192.0.2.1") {
			t.Errorf("%s: logged %s", c.want, all)
		}
	}
}

// A handler that breaks down tells the client nothing; an answer begun is cut off.
func TestPanic(t *testing.T) {
	lines := log(t)
	server := httptest.NewServer(serve(t, edge.Settings{}, graph.DefaultLimits()))
	defer server.Close()
	answer, err := http.Get(server.URL + "/panic")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := body(t, answer); answer.StatusCode != 500 || got != "internal error "+answer.Header.Get("X-Request-Id")+"\n" {
		t.Errorf("%d %s", answer.StatusCode, got)
	}
	plain := http.Client{Transport: &http.Transport{DisableCompression: true}} // a broken gzip would tell by itself
	defer plain.CloseIdleConnections()
	if half, err := plain.Get(server.URL + "/half"); err == nil {
		defer half.Body.Close()
		if all, err := io.ReadAll(half.Body); err == nil {
			t.Errorf("half an answer passes for a whole of %d bytes", len(all))
		}
	}
	server.Close()                       // when all handlers have ended
	if read := lines(); len(read) < 4 || // Go's client tries twice
		!strings.Contains(fmt.Sprint(read[0]["error"]), "secret of the house") {
		t.Errorf("logged %d lines", len(read))
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings edge.Settings
		peers    []string // of two requests
		headers  [2][]string
		limited  bool // the second
	}{
		{"no limit", edge.Settings{}, []string{"192.0.2.1:1", "192.0.2.1:2"}, [2][]string{}, false},
		{"same peer", edge.Settings{Rate: 1}, []string{"192.0.2.1:1", "192.0.2.1:2"}, [2][]string{}, true},
		{"two peers", edge.Settings{Rate: 1}, []string{"192.0.2.1:1", "192.0.2.2:1"}, [2][]string{}, false},
		{"one network of IPv6", edge.Settings{Rate: 1}, []string{"[2001:db8::1]:1", "[2001:db8::2]:1"}, [2][]string{}, true},
		{"two networks of IPv6", edge.Settings{Rate: 1}, []string{"[2001:db8::1]:1", "[2001:db8:1::1]:1"}, [2][]string{}, false},
		{
			"a header that nobody vouches for",
			edge.Settings{Rate: 1},
			[]string{"192.0.2.1:1", "192.0.2.1:1"},
			[2][]string{{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "198.51.100.2"}},
			true,
		},
		{
			"two clients of a proxy",
			edge.Settings{Rate: 1, BehindProxy: true},
			[]string{"192.0.2.1:1", "192.0.2.1:1"},
			[2][]string{{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "198.51.100.2"}},
			false,
		},
		{
			"one that writes the header itself",
			edge.Settings{Rate: 1, BehindProxy: true},
			[]string{"192.0.2.1:1", "192.0.2.1:1"},
			[2][]string{{"X-Forwarded-For", "1.1.1.1, 198.51.100.1"}, {"X-Forwarded-For", "2.2.2.2", "X-Forwarded-For", "198.51.100.1"}},
			true,
		},
		{
			"by the other header",
			edge.Settings{Rate: 1, BehindProxy: true},
			[]string{"192.0.2.1:1", "192.0.2.1:1"},
			[2][]string{{"X-Real-IP", "198.51.100.1"}, {"X-Real-IP", "198.51.100.2"}},
			false,
		},
		{"a proxy that says nothing", edge.Settings{Rate: 1, BehindProxy: true}, []string{"192.0.2.1:1", "192.0.2.1:1"}, [2][]string{}, true},
	} {
		h := edge.New(c.settings).Wrap("r", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		for i, peer := range c.peers {
			r := httptest.NewRequest("GET", good, nil)
			r.RemoteAddr = peer
			for j := 0; j < len(c.headers[i]); j += 2 {
				r.Header.Add(c.headers[i][j], c.headers[i][j+1])
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if limited := w.Code == http.StatusTooManyRequests; limited != (c.limited && i == 1) {
				t.Errorf("%s: request %d: %d", c.name, i, w.Code)
			}
		}
	}
}

// A 429 is an answer like others, which a script can read; a new release forgets nobody;
// who watches over the server is let through.
func TestTooMany(t *testing.T) {
	lines := log(t)
	release := store(t)
	e := edge.New(edge.Settings{Rate: 1})
	ask(e.Wrap("old", routes(release, graph.DefaultLimits())), "GET", good)
	h := e.Wrap("new", routes(release, graph.DefaultLimits()))
	for accept, mediaType := range map[string]string{
		"application/graphql-response+json": "application/graphql-response+json; charset=utf-8",
		"":                                  "application/json; charset=utf-8",
		"text/html":                         "application/json; charset=utf-8",
	} {
		answer := ask(h, "POST", "/graphql", "Accept", accept, "Origin", "https://news.example")
		got := answer.Header
		if answer.StatusCode != 429 || got.Get("Content-Type") != mediaType || got.Get("Retry-After") != "60" || got.Get("X-RateLimit-Remaining") != "0" ||
			got.Get("Access-Control-Allow-Origin") != "*" || got.Get("Cache-Control") != "no-store" || got.Get("Readout-Release") != "new" {
			t.Errorf("%s: %d %v", accept, answer.StatusCode, got)
		}
		var refusal struct {
			Data   json.RawMessage
			Errors []struct {
				Message    string
				Extensions struct{ Code string }
			}
		}
		if err := json.Unmarshal([]byte(body(t, answer)), &refusal); err != nil || refusal.Data != nil || len(refusal.Errors) != 1 || refusal.Errors[0].Extensions.Code != "RATE_LIMITED" {
			t.Errorf("%s: %+v %v", accept, refusal, err)
		}
		if read := lines(); read[len(read)-1]["code"] != "RATE_LIMITED" {
			t.Errorf("logged %v", read[len(read)-1])
		}
	}
	if answer := ask(h, "GET", "/healthz"); answer.StatusCode != 200 {
		t.Errorf("health: %d", answer.StatusCode)
	}
	if answer := ask(h, "OPTIONS", "/graphql", "Origin", "https://news.example", "Access-Control-Request-Method", "POST"); answer.StatusCode != 204 {
		t.Errorf("preflight: %d", answer.StatusCode)
	}
}
