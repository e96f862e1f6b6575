package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"readout/bench/hand"
	"readout/db"
	"readout/graph"
)

// Figures are what was measured of a question, at one server and concurrency; medians
// of the repeats.
type Figures struct {
	Size, Question, Server string
	Concurrency            int
	Rate                   float64 // requests a second
	CPU                    float64 // of the server, milliseconds a request
	P50, P99               float64 // milliseconds
	Mallocs                float64 // a request
	Bytes                  float64 // of an answer
	Failed                 float64 // share of the requests: refused, or cut off
}

// Setting is a release that was measured, with what holds for all questions.
type Setting struct {
	prepared
	Ready      float64            // seconds until the server was ready
	Idle, Load float64            // MB held beside pages of files: when ready, and after all questions
	Statements map[string]float64 // a request, by question
}

// bench is a run.
type bench struct {
	repeats  int
	each     time.Duration
	servers  []string
	asked    []question
	profiles string // folder for profiles of the CPU; "": none
	progress io.Writer
}

// at measures all questions at one release.
func (b bench) at(ctx context.Context, program string, p *prepared) (setting *Setting, list []Figures, err error) {
	setting = &Setting{prepared: *p}
	running := map[string]*server{}
	defer func() {
		for _, s := range running {
			s.stop()
		}
	}()
	for _, what := range b.servers {
		var s *server
		if what == readout || what == cached {
			s, err = served(ctx, what, program, p)
		} else {
			s, err = own(ctx, what, p.release())
		}
		if err != nil {
			return nil, nil, err
		}
		running[what] = s
	}
	main := running[readout]
	setting.Ready = main.ready.Seconds()
	if setting.Idle, err = main.memory(); err != nil {
		return nil, nil, err
	}

	handle, err := hand.Open(p.release())
	if err != nil {
		return nil, nil, err
	}
	defer handle.Close()
	graphql, byhand := newClients(main.addr), newClients(running[byHand].addr)
	calls := map[string][]call{}
	for _, q := range b.asked {
		if calls[q.key], err = q.calls(ctx, handle, graphql.data); err != nil {
			return nil, nil, err
		}
		if err := same(q, calls[q.key], graphql, byhand); err != nil {
			return nil, nil, err
		}
	}
	if setting.Statements, err = statements(ctx, p.release(), b.asked, calls); err != nil {
		return nil, nil, err
	}
	for _, q := range b.asked {
		for _, concurrency := range []int{1, 16} {
			figures, err := b.compare(p.Size, q, calls[q.key], running, concurrency)
			if err != nil {
				return nil, nil, err
			}
			list = append(list, figures...)
		}
	}
	setting.Load, err = main.memory()
	return setting, list, err
}

// served is Readout as it is served, its log thrown away.
func served(ctx context.Context, what, program string, p *prepared) (*server, error) {
	addr, admin, err := twoPorts()
	if err != nil {
		return nil, err
	}
	args := []string{"serve", "-db", p.release(), "-data", p.data(), "-addr", addr, "-admin", admin}
	if what == readout {
		args = append(args, "-cache", "0")
	}
	return start(ctx, what, exec.Command(program, args...), addr, admin)
}

// same checks that two servers answer each call alike, letter by letter.
func same(q question, calls []call, graphql, byhand *clients) error {
	for _, c := range calls {
		ours, err := graphql.data(q.body(c))
		if err != nil {
			return err
		}
		if c.hand == "" {
			continue
		}
		theirs, err := byhand.ask(request{path: c.hand})
		if err != nil {
			return err
		}
		if !bytes.Equal(ours, theirs) {
			return fmt.Errorf("%s: %v is answered in two ways:\n%s\n%s", q.key, c.variables, ours, theirs)
		}
	}
	return nil
}

// statements counts the SQL statements of a request.
func statements(ctx context.Context, release string, asked []question, calls map[string][]call) (map[string]float64, error) {
	store, err := db.Open(ctx, release)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	if err := store.Ready(ctx); err != nil {
		return nil, err
	}
	handler := graph.Handler(store, uncached())
	counts := map[string]float64{}
	for _, q := range asked {
		list := calls[q.key]
		for _, c := range list[:min(20, len(list))] {
			ctx, count := db.CountStatements(ctx)
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(q.body(c)))
			r.Header.Set("Content-Type", "application/json")
			handler.ServeHTTP(httptest.NewRecorder(), r)
			counts[q.key] = max(counts[q.key], float64(count.Load()))
		}
	}
	return counts, nil
}

// compare asks all servers that know the question in turn, so that whatever else the
// machine does falls on all of them alike.
func (b bench) compare(size string, q question, calls []call, running map[string]*server, concurrency int) ([]Figures, error) {
	type side struct {
		server   *server
		clients  *clients
		requests []request
		seen     []Figures
	}
	var sides []*side
	for _, what := range b.servers {
		s := &side{server: running[what], clients: newClients(running[what].addr)}
		for _, c := range calls {
			r := request{path: "/graphql", body: q.body(c)}
			if what == byHand || what == bytesOf {
				if c.hand == "" {
					break
				}
				r = request{path: c.hand}
			}
			answer, err := s.clients.ask(r) // which also warms up
			if err != nil {
				return nil, err
			}
			r.length = len(answer)
			s.requests = append(s.requests, r)
		}
		if s.requests != nil {
			sides = append(sides, s)
		}
	}
	for range b.repeats {
		for _, s := range sides {
			before, err := s.server.usage()
			if err != nil {
				return nil, err
			}
			l := s.clients.press(s.requests, concurrency, b.each)
			if len(l.each) == 0 {
				return nil, fmt.Errorf("%s of %s: nothing was answered: %w", q.key, s.server.what, l.reason)
			}
			if l.failed > 0 {
				fmt.Fprintf(b.progress, "%s of %s: %d requests failed, such as %v\n", q.key, s.server.what, l.failed, l.reason)
			}
			after, err := s.server.usage()
			if err != nil {
				return nil, err
			}
			n, length := float64(len(l.each)), 0
			for _, r := range s.requests {
				length += r.length
			}
			s.seen = append(s.seen, Figures{
				Rate: n / l.took.Seconds(),
				CPU:  (after.seconds - before.seconds) * 1000 / n, Mallocs: (after.mallocs - before.mallocs) / n,
				P50: l.quantile(0.5), P99: l.quantile(0.99),
				Bytes:  float64(length) / float64(len(s.requests)),
				Failed: float64(l.failed) / (n + float64(l.failed)),
			})
		}
	}
	if b.profiles != "" && concurrency > 1 {
		for _, s := range sides {
			path := filepath.Join(b.profiles, fmt.Sprintf("%s-%s-%s.pprof", size, q.key, s.server.what))
			if err := s.server.profile(path, b.each, func() { s.clients.press(s.requests, concurrency, b.each+time.Second) }); err != nil {
				return nil, err
			}
		}
	}
	var list []Figures
	for _, s := range sides {
		f := Figures{Size: size, Question: q.key, Server: s.server.what, Concurrency: concurrency}
		for _, figure := range []func(*Figures) *float64{
			func(f *Figures) *float64 { return &f.Rate }, func(f *Figures) *float64 { return &f.CPU },
			func(f *Figures) *float64 { return &f.P50 }, func(f *Figures) *float64 { return &f.P99 },
			func(f *Figures) *float64 { return &f.Mallocs }, func(f *Figures) *float64 { return &f.Bytes },
			func(f *Figures) *float64 { return &f.Failed },
		} {
			var values []float64
			for i := range s.seen {
				values = append(values, *figure(&s.seen[i]))
			}
			*figure(&f) = median(values)
		}
		fmt.Fprintf(b.progress, "%-5s %-5s %-8s %2d at a time %9.1f/s %8.3f ms CPU %9.3f ms p50 %9.3f ms p99 %8.0f allocations\n",
			size, q.key, f.Server, f.Concurrency, f.Rate, f.CPU, f.P50, f.P99, f.Mallocs)
		list = append(list, f)
	}
	return list, nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func init() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
}
