package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"readout/db"
	"readout/graph"
	"readout/seeds"
)

var update = flag.Bool("update", false, "write the answers of graph/examples anew")

// folder is where the release that the tests share is built.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "readout-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

var release = sync.OnceValues(func() (*db.Store, error) {
	path := filepath.Join(folder, "readout.db")
	if _, err := seeds.Load(context.Background(), seeds.Embedded(), path); err != nil {
		return nil, err
	}
	return db.Open(context.Background(), path)
})

// dataset returns the embedded dataset, built once for all tests.
func dataset(t *testing.T) *db.Store {
	t.Helper()
	store, err := release()
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// generous limits are for tests that read the whole record at once.
func generous() graph.Limits {
	limits := graph.DefaultLimits()
	limits.Cost, limits.Fields, limits.Time = 1<<30, 1<<30, time.Minute
	return limits
}

// ask returns the body of the answer to a query, however dear.
func ask(t *testing.T, store *db.Store, query string, variables map[string]any) (body []byte) {
	t.Helper()
	return askWithin(t, store, generous(), query, variables)
}

func askWithin(t *testing.T, store *db.Store, limits graph.Limits, query string, variables map[string]any) (body []byte) {
	t.Helper()
	request, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(request))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	graph.Handler(store, limits).ServeHTTP(w, r)
	return w.Body.Bytes()
}

// exampleForm is a file of graph/examples: question, prose, query, variables, answer.
var exampleForm = regexp.MustCompile(strings.ReplaceAll(`(?s)\A# (?P<question>[^\n]+\?)

(?P<prose>.+?)

'''graphql
(?P<query>.+?)'''
(?:
Variables:

'''json
(?P<variables>.+?)'''
)?(?:
Answer:

'''json
(?P<answer>.+?)'''
)?\z`, "'''", "```"))

// TestExamples asks every example and compares the answer with the one printed.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("examples/*.md")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d examples, %v; want 12 or more", len(files), err)
	}
	for i, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if number := fmt.Sprintf("%02d-", i+1); !strings.HasPrefix(filepath.Base(file), number) {
				t.Errorf("the name should begin with %s", number)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := exampleForm.FindSubmatch(text)
			if part == nil {
				t.Fatal("want a question as heading, prose, a graphql block, and Variables: and Answer: with json blocks")
			}
			query := string(part[exampleForm.SubexpIndex("query")])
			checkName(t, query)

			var variables map[string]any
			if v := part[exampleForm.SubexpIndex("variables")]; v != nil {
				if err := json.Unmarshal(v, &variables); err != nil {
					t.Fatalf("variables: %v", err)
				}
			}
			got := pretty(t, askWithin(t, dataset(t), graph.DefaultLimits(), query, variables))
			if strings.Contains(got, "\n  \"errors\": ") {
				t.Fatalf("the answer has errors:\n%s", got)
			}
			answer := exampleForm.SubexpIndex("answer")
			switch want := string(part[answer]); {
			case got == want:
			case *update:
				before, _, _ := strings.Cut(string(text), "\nAnswer:\n")
				after := before + "\nAnswer:\n\n```json\n" + got + "```\n"
				if err := os.WriteFile(file, []byte(after), 0o644); err != nil {
					t.Fatal(err)
				}
			case want == "":
				t.Error("no answer is printed; go test ./graph -run Examples -update writes it")
			default:
				t.Errorf("not the answer printed; go test ./graph -run Examples -update writes it anew:\n%s", diff(want, got))
			}
		})
	}
}

// checkName fails unless the query is one operation with a name, which is the title
// of its tab in the playground.
func checkName(t *testing.T, query string) {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatal(err)
	}
	if len(document.Operations) != 1 || document.Operations[0].Name == "" {
		t.Fatal("want one operation, with a name")
	}
}

// pretty indents an answer by two spaces. Its extensions are left out: they tell of
// the server, not of the record.
func pretty(t *testing.T, body []byte) string {
	t.Helper()
	body = extensions.ReplaceAll(bytes.TrimSpace(body), []byte("}"))
	var out bytes.Buffer
	if err := json.Indent(&out, body, "", "  "); err != nil {
		t.Fatalf("no JSON: %v\n%s", err, body)
	}
	return out.String() + "\n"
}

var extensions = regexp.MustCompile(`,"extensions":\{"cost":\{[^{}]*\}\}\}$`)

// diff shows the lines from the first that differs to the last, with three before them.
func diff(want, got string) string {
	a, b := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out strings.Builder
	show := func(sign string, lines []string) {
		const most = 30
		for _, line := range lines[:min(len(lines), most)] {
			out.WriteString(sign + line)
		}
		if more := len(lines) - most; more > 0 {
			fmt.Fprintf(&out, "%s… %d more lines\n", sign, more)
		}
	}
	fmt.Fprintf(&out, "from line %d of the answer (- printed, + given):\n", head+1)
	show("  ", a[max(0, head-3):head])
	show("- ", a[head:len(a)-tail])
	show("+ ", b[head:len(b)-tail])
	return out.String()
}
