package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Everything points at db; db points at SQLite.
func TestImportRule(t *testing.T) {
	may := map[string]string{
		"readout":                 "readout/db readout/edge readout/graph readout/seeds readout/web",
		"readout/bench":           "readout/bench/hand readout/bench/synthetic readout/db readout/edge readout/graph",
		"readout/bench/hand":      "readout/db", // for its driver alone
		"readout/bench/synthetic": "readout/seeds",
		"readout/db":              "",
		"readout/edge":            "readout/db readout/graph",
		"readout/graph":           "readout/db readout/graph/generated readout/graph/walk readout/graph/wire",
		"readout/graph/generate":  "", // a command
		"readout/graph/generated": "readout/db readout/graph/walk readout/graph/wire",
		"readout/graph/walk":      "",
		"readout/graph/wire":      "readout/db",
		"readout/seeds":           "readout/db",
		"readout/web":             "",
	}
	owners := map[string]string{ // who alone may import what
		"database/sql":                   "readout/db",
		"github.com/mattn/go-sqlite3":    "readout/db",
		"github.com/golang-migrate":      "readout/db",
		"github.com/99designs/gqlgen":    "readout/graph",
		"github.com/vektah/gqlparser/v2": "readout/graph",
		"github.com/prometheus":          "readout/edge",
		"go.opentelemetry.io/otel/sdk":   "readout/edge",
	}
	listed, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for decoder := json.NewDecoder(bytes.NewReader(listed)); decoder.More(); seen++ {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		allowed, known := may[pkg.ImportPath]
		if !known {
			t.Errorf("%s: say here what it may import", pkg.ImportPath)
		}
		for _, imported := range pkg.Imports {
			if strings.HasPrefix(imported, "readout") && !strings.Contains(" "+allowed+" ", " "+imported+" ") {
				t.Errorf("%s imports %s", pkg.ImportPath, imported)
			}
			for library, owner := range owners {
				if strings.HasPrefix(pkg.ImportPath, "readout/bench") {
					continue // it stands in for other programs: a server with its own SQL, one that reads metrics
				}
				if strings.HasPrefix(imported, library) && !strings.HasPrefix(pkg.ImportPath, owner) {
					t.Errorf("%s imports %s, which is for %s", pkg.ImportPath, imported, owner)
				}
			}
		}
	}
	if seen != len(may) {
		t.Errorf("%d packages, want %d", seen, len(may))
	}
}

// console is what a program prints, readable while it runs.
type console struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func newConsole() *console { return &console{grew: make(chan struct{}, 1)} }

func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case c.grew <- struct{}{}:
	default:
	}
	return c.text.Write(p)
}

func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// forget drops what was printed.
func (c *console) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = bytes.Buffer{}
}

// find waits until the program has printed what the pattern matches, and returns its group.
func (c *console) find(t *testing.T, pattern string) string {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(c.String()); found != nil {
			return found[1]
		}
		select {
		case <-c.grew:
		case <-deadline:
			t.Fatalf("%s is not in:\n%s", pattern, c)
		}
	}
}

// start serves with these arguments on a free port. Stop ends it and returns what it ended with.
func start(t *testing.T, args ...string) (base string, printed *console, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	printed = newConsole()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve", "-addr", "127.0.0.1:0"}, args...), io.Discard, printed)
	}()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { stop() })
	return "http://" + printed.find(t, `serving address=(\S+)`), printed, stop
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// A start on an empty folder builds the release and serves it; the next finds it.
func TestServe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	base, printed, stop := start(t, "-db", path)
	printed.find(t, `(release built)`)
	contract, err := os.ReadFile("schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"/healthz":         "ok\n",
		"/schema.graphqls": string(contract),
		"/graphql?query=%7Bcorridor(by:%7Bname:%22insc%22%7D)%7Bid%7D%7D": `{"data":{"corridor":{"id":"corridor:instc"}}`,
	} {
		if status, body := get(t, base+address); status != http.StatusOK || !strings.HasPrefix(body, want) {
			t.Errorf("%s: %d %s", address, status, body)
		}
	}
	for _, address := range []string{"/nowhere", "/metrics", "/debug/pprof/"} {
		if status, _ := get(t, base+address); status != http.StatusNotFound {
			t.Errorf("%s: %d", address, status)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	_, printed, _ = start(t, "-db", path)
	printed.find(t, `(release is up to date)`)
}

// A stop lets a request under way end.
func TestStopFinishesRequests(t *testing.T) {
	base, printed, stop := start(t, "-db", filepath.Join(t.TempDir(), "readout.db"))
	connection, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	body := `{"query":"{ dataset { title } }"}`
	fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
	buffer := make([]byte, 25)
	if _, err := io.ReadFull(connection, buffer); err != nil { // the handler has begun to read the body
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	printed.find(t, `(stopping)`)
	fmt.Fprint(connection, body)
	answer, err := io.ReadAll(connection)
	if err != nil || !strings.Contains(string(answer), "200 OK") || !strings.Contains(string(answer), "diplomatic record") {
		t.Errorf("got %s, %v", answer, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A package with a mistake is refused, and the old release stays served.
func TestBrokenPackageKeepsTheOldRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	if err := run(t.Context(), []string{"load", "-db", path}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder := broken(t)
	if err := run(t.Context(), []string{"load", "-db", path, "-data", folder}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "meetings.csv:2: starts_on: ") {
		t.Errorf("got %v", err)
	}
	base, printed, _ := start(t, "-db", path, "-data", folder)
	if _, body := get(t, base+"/graphql?query=%7Bmeetings%7BtotalCount%7D%7D"); !strings.Contains(body, `"totalCount":173`) {
		t.Errorf("got %s", body)
	}
	printed.find(t, `(old release is served.*meetings.csv:2: starts_on: )`)
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the old release changed, %v", err)
	}
}

// broken is a copy of the dataset whose first meeting has an impossible date.
func broken(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("seeds/data")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "meetings.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	spoilt := strings.Replace(string(text), ",2020-03-15,", ",2020-13-15,", 1)
	if spoilt == string(text) {
		t.Fatal("the first meeting has another date")
	}
	if err := os.WriteFile(file, []byte(spoilt), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}

// What the command line says when it cannot do what is asked, and when it can.
func TestCommandLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		name  string
		args  []string
		usage bool   // exit code 2
		fails string // what the error says; "": it does not fail
		says  string // printed to either stream
	}{
		{"version", []string{"version"}, false, "", "sqlite 3."},
		{"check", []string{"check"}, false, "", "The data package is sound"},
		{"check of a doubtful package", []string{"check", "-data", "seeds/testdata/small"}, false, "", "until 2024-05-19, says a source of 2022-07-25\nThe data package is sound; 2 findings to look at.\n"},
		{"check of a broken package", []string{"check", "-data", broken(t)}, false, `meetings.csv:2: starts_on: `, ""},
		{"check of no package", []string{"check", "-data", t.TempDir()}, false, "datapackage.json", ""},
		{"help", []string{"-h"}, false, "", "READOUT_ADDR"},
		{"help of a command", []string{"load", "-h"}, false, "", "readout check"},
		{"unknown command", []string{"sing"}, true, "", `there is no command "sing"`},
		{"unknown flag", []string{"-loud"}, true, "", "flag provided but not defined: -loud"},
		{"nothing to watch", []string{"-watch"}, true, "", "-watch is for a -data folder"},
		{"a limit that is no number", []string{"-max-cost", "dear"}, true, "", `invalid value "dear" for flag -max-cost`},
		{"a limit of nothing", []string{"-timeout", "0s"}, true, "", "a limit below 1 would let nothing through"},
		{"a cache below nothing", []string{"-cache", "-1"}, true, "", "-cache -1 is below 0"},
		{"too many words", []string{"load", "now"}, true, "", `"now" is not understood`},
		{"port in use", []string{"-addr", taken.Addr().String(), "-db", filepath.Join(t.TempDir(), "x.db")}, false, "cannot listen on " + taken.Addr().String() + ": bind: address already in use", ""},
		{"admin port in use", []string{"-addr", "127.0.0.1:0", "-admin", taken.Addr().String(), "-db", filepath.Join(t.TempDir(), "x.db")}, false, "cannot listen on " + taken.Addr().String() + ": bind: address already in use", ""},
		{"a rate that is none", []string{"-rate", "-1"}, true, "", `invalid value "-1" for flag -rate`},
		{"no such folder can be made", []string{"load", "-db", "/dev/null/readout.db"}, false, "not a directory", ""},
	} {
		var printed bytes.Buffer
		err := run(t.Context(), c.args, &printed, &printed)
		switch {
		case c.usage != errors.Is(err, errUsage):
			t.Errorf("%s: ended with %v", c.name, err)
		case !c.usage && c.fails == "" && err != nil:
			t.Errorf("%s: failed with %v", c.name, err)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s: failed with %v, want %s", c.name, err, c.fails)
		case !strings.Contains(printed.String(), c.says):
			t.Errorf("%s: printed %s, want %s", c.name, &printed, c.says)
		}
	}
}

// A flag's twin in the environment sets it, and the flag wins. What it cannot be is refused.
func TestEnvironment(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("READOUT_DB", filepath.Join(folder, "env.db"))
	for want, args := range map[string][]string{"env.db": {"load"}, "flag.db": {"load", "-db", filepath.Join(folder, "flag.db")}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(folder, want)); err != nil {
			t.Error(err)
		}
	}
	t.Setenv("READOUT_DRAIN", "soon")
	var printed bytes.Buffer
	if err := run(t.Context(), []string{"version"}, io.Discard, &printed); !errors.Is(err, errUsage) || !strings.Contains(printed.String(), `READOUT_DRAIN: "soon": `) {
		t.Errorf("got %v, printed %s", err, &printed)
	}
}

// Switches and numbers have twins too.
func TestEdgeFromEnvironment(t *testing.T) {
	t.Setenv("READOUT_RATE", "1")
	t.Setenv("READOUT_BEHIND_PROXY", "true")
	t.Setenv("READOUT_ADMIN", "127.0.0.1:0")
	base, printed, _ := start(t, "-db", filepath.Join(t.TempDir(), "readout.db"))
	for _, c := range []struct {
		client string
		status int
	}{{"198.51.100.1", 200}, {"198.51.100.1", 429}, {"198.51.100.2", 200}} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/schema.graphqls", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Forwarded-For", c.client)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.client, answer.StatusCode, c.status)
		}
	}
	admin := "http://" + printed.find(t, `admin=(\S+)`)
	if status, body := get(t, admin+"/metrics"); status != 200 || !strings.Contains(body, `readout_requests_total{code="RATE_LIMITED",route="-",status="429"} 1`) {
		t.Errorf("metrics: %d %s", status, body)
	}
	if status, _ := get(t, admin+"/graphql"); status != http.StatusNotFound {
		t.Errorf("the private address answers queries: %d", status)
	}
	t.Setenv("READOUT_RATE", "often")
	var said bytes.Buffer
	if err := run(t.Context(), []string{"version"}, io.Discard, &said); !errors.Is(err, errUsage) || !strings.Contains(said.String(), "READOUT_RATE") {
		t.Errorf("a rate that is no number: %v, %s", err, &said)
	}
}

// Clients may keep the contract until it changes.
func TestSchemaIsKept(t *testing.T) {
	base, _, _ := start(t, "-db", filepath.Join(t.TempDir(), "readout.db"))
	answer, err := http.Get(base + "/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	etag := answer.Header.Get("ETag")
	if !strings.HasPrefix(etag, `W/"`) || answer.Header.Get("Cache-Control") != "public, max-age=60" {
		t.Errorf("got %v", answer.Header)
	}
	for given, status := range map[string]int{etag: 304, `"stale", ` + etag: 304, "*": 304, `"stale"`: 200} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/schema.graphqls", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("If-None-Match", given)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("%s: %d, want %d", given, answer.StatusCode, status)
		}
	}
}

// No client holds a connection for long. Each case shortens one time of the server, so
// that it is the one which cuts.
func TestSlowClients(t *testing.T) {
	const request = "GET / HTTP/1.1\r\nHost: x\r\n"
	for _, c := range []struct {
		name, sent string
		shorten    func(*http.Server)
		answer     string // what it begins with
	}{
		{"slow headers", request + "X-Slow: ", func(s *http.Server) { s.ReadHeaderTimeout /= 50 }, ""},
		{"slow body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", func(s *http.Server) { s.ReadTimeout /= 50 }, "HTTP/1.1 400 Bad Request"},
		{"no next request", request + "\r\n", func(s *http.Server) { s.IdleTimeout /= 200 }, "HTTP/1.1 200 OK"},
		{"too many headers", request + "X-Long: " + strings.Repeat("x", 24<<10) + "\r\n\r\n", func(*http.Server) {}, "HTTP/1.1 431 Request Header Fields Too Large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			connection := connect(t, c.shorten, func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err != nil {
					w.WriteHeader(http.StatusBadRequest)
				}
			})
			fmt.Fprint(connection, c.sent)
			connection.SetReadDeadline(time.Now().Add(4 * time.Second)) // under the time that would cut next
			answer, err := io.ReadAll(connection)
			var waiting net.Error
			if errors.As(err, &waiting) && waiting.Timeout() {
				t.Fatal("the connection is still open")
			}
			if !strings.HasPrefix(string(answer), c.answer) {
				t.Errorf("got %.80s", answer)
			}
		})
	}
	t.Run("does not read", func(t *testing.T) {
		cut := make(chan error)
		connection := connect(t, func(s *http.Server) { s.WriteTimeout /= 100 }, func(w http.ResponseWriter, _ *http.Request) {
			var err error
			for chunk := make([]byte, 1<<20); err == nil; { // more than buffers hold
				_, err = w.Write(chunk)
			}
			cut <- err
		})
		fmt.Fprint(connection, request+"\r\n")
		select {
		case <-cut:
		case <-time.After(4 * time.Second):
			connection.Close()
			t.Error("the handler is held, and ended only with ", <-cut)
		}
	})
}

// connect opens a connection to a patient server that answers by handler.
func connect(t *testing.T, shorten func(*http.Server), handler http.HandlerFunc) net.Conn {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := patient(handler)
	shorten(server)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

// Limits are flags, and their twins say as much.
func TestLimits(t *testing.T) {
	t.Setenv("READOUT_MAX_DEPTH", "2")
	base, _, _ := start(t, "-db", filepath.Join(t.TempDir(), "readout.db"), "-max-cost", "7", "-max-body", "40")
	for query, want := range map[string]string{
		"{countries(first:6){totalCount}}":               `"totalCount":195`,
		"{countries(first:7){nodes{name}}}":              `3 levels of fields. At most 2 are answered`,
		"{countries(first:7){edges{__typename}}}":        `3 levels of fields. At most 2 are answered`,
		"{countries(first:7){nodes}}":                    `must have a selection`,
		"{" + strings.Repeat("dataset{title} ", 8) + "}": `8 nodes. At most 7 are answered`,
	} {
		if _, body := get(t, base+"/graphql?query="+url.QueryEscape(query)); !strings.Contains(body, want) {
			t.Errorf("%s: got %s, want %s", query, body, want)
		}
	}
	answer, err := http.Post(base+"/graphql", "application/json", strings.NewReader(strings.Repeat(" ", 41)))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("41 bytes: %d", answer.StatusCode)
	}
	t.Setenv("READOUT_MAX_DEPTH", "deep")
	var printed bytes.Buffer
	if err := run(t.Context(), []string{"version"}, &printed, &printed); !errors.Is(err, errUsage) || !strings.Contains(printed.String(), "READOUT_MAX_DEPTH: ") {
		t.Errorf("got %v, %s", err, &printed)
	}
}

// Every flag of a limit is in README.md and SECURITY.md.
func TestFlagsAreDocumented(t *testing.T) {
	var printed bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, &printed, &printed); err != nil {
		t.Fatal(err)
	}
	flags := regexp.MustCompile(`(?m)^  (-\S+)(?s:.+?)\((READOUT_\w+)\)`).FindAllStringSubmatch(printed.String(), -1)
	if len(flags) < 9 {
		t.Fatalf("%d flags in %s", len(flags), &printed)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range flags {
		if !strings.Contains(string(readme), "`"+flag[1]+"`") {
			t.Errorf("%s is not in README.md", flag[1])
		}
		if want := "READOUT_" + strings.ToUpper(strings.ReplaceAll(flag[1][1:], "-", "_")); flag[2] != want {
			t.Errorf("%s has the twin %s, want %s", flag[1], flag[2], want)
		}
	}
}

// What the README shows is what the server answers, and it leads to every example.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	base, _, _ := start(t, "-db", filepath.Join(t.TempDir(), "readout.db"))
	post := func(body string) any {
		answer, err := http.Post(base+"/graphql", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var value any
		if err := json.NewDecoder(answer.Body).Decode(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	block := regexp.MustCompile("(?s)```graphql\n(.+?)```\n\nAnswer:\n\n```json\n(.+?)```").FindStringSubmatch(readme)
	if block == nil {
		t.Fatal("the first query is gone")
	}
	query, err := json.Marshal(map[string]string{"query": block[1]})
	if err != nil {
		t.Fatal(err)
	}
	var printed any
	if err := json.Unmarshal([]byte(block[2]), &printed); err != nil {
		t.Fatal(err)
	}
	got, _ := post(string(query)).(map[string]any)
	delete(got, "extensions") // what it costs
	if !reflect.DeepEqual(any(got), printed) {
		t.Errorf("the first query answers %v", got)
	}
	command := regexp.MustCompile(`curl localhost:8080/graphql .* -d '(.+)'`).FindStringSubmatch(readme)
	if command == nil {
		t.Fatal("the command is gone")
	}
	if got := fmt.Sprint(post(command[1])); !strings.Contains(got, "corridor:instc") {
		t.Errorf("the command answers %s", got)
	}
	table := regexp.MustCompile("(?s)curl -G localhost:8080/graphql.csv --data-urlencode 'query=(.+?)'\n\n```csv\n(.+?)```").FindStringSubmatch(readme)
	if table == nil {
		t.Fatal("the table is gone")
	}
	if _, got := get(t, base+"/graphql.csv?query="+url.QueryEscape(table[1])); got != table[2] {
		t.Errorf("the table is %s", got)
	}
	var help bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, io.Discard, &help); err != nil {
		t.Fatal(err)
	}
	names := func(text string, form string) (flags []string) {
		for _, found := range regexp.MustCompile(form).FindAllStringSubmatch(text, -1) {
			flags = append(flags, found[1]+" "+found[2])
		}
		slices.Sort(flags)
		return flags
	}
	told, known := names(readme, "(?m)^\\| `(-[a-z-]+)`, `(READOUT_[A-Z_]+)` \\|"), names(help.String(), `(?m)^  (-[a-z-]+)[^\n]*\n[^\n]*\((READOUT_[A-Z_]+)\)`)
	if !slices.Equal(told, known) || len(told) < 6 {
		t.Errorf("the flags are %v, the README tells of %v", known, told)
	}
	examples, err := filepath.Glob("graph/examples/*.md")
	if err != nil || len(examples) == 0 {
		t.Fatal("no examples", err)
	}
	for _, example := range examples {
		if !strings.Contains(readme, "("+filepath.ToSlash(example)+")") {
			t.Errorf("%s is not linked", example)
		}
	}
}
