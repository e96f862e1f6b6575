package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"readout/bench/hand"
	"readout/bench/synthetic"
	"readout/db"
	"readout/graph"
	"readout/seeds"
)

// release builds a small one and returns clients of GraphQL and of hand-written code.
func release(t *testing.T) (path string, graphql, byhand *clients) {
	t.Helper()
	data := t.TempDir()
	path = filepath.Join(t.TempDir(), "readout.db")
	if err := synthetic.Write(data, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := seeds.Load(t.Context(), os.DirFS(data), path); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	handle, err := hand.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { handle.Close() })
	mux := http.NewServeMux()
	mux.Handle("/graphql", graph.Handler(store, uncached()))
	return path, serving(t, mux), serving(t, hand.Handler(handle))
}

func serving(t *testing.T, handler http.Handler) *clients {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClients(strings.TrimPrefix(server.URL, "http://"))
}

// What is compared gives the same answers, which say something, by no more SQL
// statements than the query has relations.
func TestAnswersAreTheSame(t *testing.T) {
	path, graphql, byhand := release(t)
	handle, err := hand.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	calls := map[string][]call{}
	for _, q := range questions {
		t.Run(q.key, func(t *testing.T) {
			if calls[q.key], err = q.calls(t.Context(), handle, graphql.data); err != nil {
				t.Fatal(err)
			}
			again, err := q.calls(t.Context(), handle, graphql.data)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(calls[q.key], again, func(a, b call) bool { return bytes.Equal(q.body(a), q.body(b)) && a.hand == b.hand }) {
				t.Error("drawn twice, the variables differ")
			}
			if err := same(q, calls[q.key], graphql, byhand); err != nil {
				t.Error(err)
			}
			answer, err := graphql.data(q.body(calls[q.key][0]))
			if err != nil {
				t.Fatal(err)
			}
			if least := 300; len(answer) < least {
				t.Errorf("the answer has %d bytes, want %d or more: %s", len(answer), least, answer)
			}
		})
	}
	counts, err := statements(t.Context(), path, questions, calls)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range questions {
		if counts[q.key] < 1 || counts[q.key] > float64(q.relations) {
			t.Errorf("%s: %.0f SQL statements, want 1 to %d", q.key, counts[q.key], q.relations)
		}
	}
}

// An answer of another length than when it was compared is a failure: an error may come
// with status 200.
func TestPress(t *testing.T) {
	answer := "whole"
	c := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(answer + r.URL.Path)) }))
	list := []request{{path: "/a", length: 7}, {path: "/bb", length: 8}}
	l := c.press(list, 4, 0)
	if len(l.each) != 4 || l.failed != 0 || !slices.IsSorted(l.each) || l.quantile(1) != l.each[3].Seconds()*1000 {
		t.Errorf("4 at a time in no time: %+v; want one answer to each", l)
	}
	answer = "broken"
	if l := c.press(list, 4, 0); len(l.each) != 0 || l.failed != 4 || !strings.Contains(l.reason.Error(), "status 200 with 8 bytes, want 7") {
		t.Errorf("%+v, want four failures with their reason", l)
	}
}

func TestReport(t *testing.T) {
	r := &Results{Machine: "a machine", asked: questions[:1]}
	for i, size := range []string{"10k", "1m"} {
		r.Settings = append(r.Settings, &Setting{prepared: prepared{Size: size, Meetings: []int{10_000, 1_000_000}[i], Seconds: 301}, Load: 399, Statements: map[string]float64{"Q1": 6}})
		for _, f := range []Figures{{Server: readout, Rate: 80, CPU: 1.9 * float64(i+1)}, {Server: byHand, Rate: 100, CPU: 1}} {
			f.Size, f.Question, f.P50, f.P99 = size, "Q1", 1, 11
			for _, f.Concurrency = range []int{1, 16} {
				r.Figures = append(r.Figures, f)
			}
		}
	}
	folder := t.TempDir()
	if err := r.save(folder); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(folder, "results.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{
		"0.80 ✗ (bar 0.85)", // requests/s as a share
		"1.90 (bar 2.00)",   // CPU at 10k
		"3.80 ✗ (bar 2.00)", // CPU at 1m
		"11.0 ✗ (bar 10.0)", // p99 / p50
		"2.00 ✗ (bar 1.50)", // growth
		"301 ✗ (bar 300)",   // seconds to build a million
		"399 (bar 400)",     // memory
	} {
		if !strings.Contains(string(page), "| "+cell+" |") {
			t.Errorf("there is no cell %q in\n%s", cell, page)
		}
	}
	var raw Results
	if text, err := os.ReadFile(filepath.Join(folder, "results.json")); err != nil || json.Unmarshal(text, &raw) != nil || len(raw.Figures) != 8 {
		t.Errorf("results.json has %d figures (%v), want 8", len(raw.Figures), err)
	}
	if drawn, err := os.ReadFile(filepath.Join(folder, "growth.svg")); err != nil || !bytes.Contains(drawn, []byte("<svg")) || !bytes.Contains(drawn, []byte("Q1")) {
		t.Errorf("growth.svg shows no Q1 (%v)", err)
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		text string
		want int // 0: refused
	}{{"10k", 10_000}, {"1M", 1_000_000}, {"250", 250}, {"", 0}, {"k", 0}, {"0k", 0}, {"1g", 0}, {"1km", 0}} {
		if n, err := parseSize(c.text); n != c.want && c.want != 0 || (err != nil) != (c.want == 0) {
			t.Errorf("%q: %d, %v; want %d", c.text, n, err, c.want)
		}
	}
}
