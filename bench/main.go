// Bench measures Readout against hand-written code over the same file; README.md says
// how. Started with -serve, it is one of the servers that it measures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	folder := flag.String("folder", filepath.Join(cache, "readout-bench"), "`folder` to keep packages and releases in")
	sizes := flag.String("sizes", "1m", "numbers of `meetings`, such as 10k,100k,1m")
	keys := flag.String("questions", "", "`keys` of questions, such as Q1,Q2; all when empty")
	repeats := flag.Int("repeats", 5, "how often each is measured, in turn; 0 builds the releases and stops")
	each := flag.Duration("time", 2*time.Second, "how long each is asked each time")
	others := flag.String("others", "bare", "`servers` to measure beside readout and hand: bare, cached, bytes")
	out := flag.String("out", "", "`folder` to write results.md, results.json and growth.svg into; none when empty")
	profiles := flag.String("profiles", "", "`folder` to write profiles of the servers' CPU into, after each question; none when empty")
	what := flag.String("serve", "", "be a server: `hand`, bare or bytes")
	release := flag.String("db", "", "release `file` to serve")
	addr := flag.String("addr", "", "`address` to serve at")
	admin := flag.String("admin", "", "`address` of metrics")
	flag.Parse()
	if *what != "" {
		return serve(ctx, *what, *release, *addr, *admin)
	}

	b := bench{repeats: *repeats, each: *each, servers: []string{readout, byHand}, profiles: *profiles, progress: os.Stderr}
	for other := range strings.SplitSeq(*others, ",") {
		if other != "" {
			b.servers = append(b.servers, other)
		}
	}
	for _, q := range questions {
		if *keys == "" || slices.Contains(strings.Split(*keys, ","), q.key) {
			b.asked = append(b.asked, q)
		}
	}
	for _, made := range []string{*folder, *profiles} {
		if made == "" {
			continue
		}
		if err := os.MkdirAll(made, 0o755); err != nil {
			return err
		}
	}
	program, hash, err := program(ctx, *folder)
	if err != nil {
		return err
	}
	r := newResults(b)
	for size := range strings.SplitSeq(*sizes, ",") {
		p, err := prepare(ctx, *folder, size, program, hash)
		if err != nil {
			return err
		}
		if b.repeats == 0 {
			continue
		}
		at := b
		if p.Meetings > 1_000_000 {
			at.asked = slices.DeleteFunc(slices.Clone(b.asked), func(q question) bool { return q.key > "Q4" })
		}
		setting, figures, err := at.at(ctx, program, p)
		if err != nil {
			return err
		}
		r.Settings = append(r.Settings, setting)
		r.Figures = append(r.Figures, figures...)
	}
	if b.repeats == 0 {
		return nil
	}
	r.print(os.Stdout)
	if *out != "" {
		return r.save(*out)
	}
	return nil
}
