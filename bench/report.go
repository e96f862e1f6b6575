package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Results are all figures of a run.
type Results struct {
	Machine  string
	Day      string
	Repeats  int
	Each     string
	Settings []*Setting
	Figures  []Figures

	asked []question
}

func newResults(b bench) *Results {
	return &Results{
		Machine: fmt.Sprintf("%s, %d processors, %s", processor(), runtime.NumCPU(), runtime.Version()),
		Day:     time.Now().UTC().Format(time.DateOnly),
		Repeats: b.repeats, Each: b.each.String(), asked: b.asked,
	}
}

// processor is what the machine calls its own.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// of returns the figures of a question; nil: it was not measured.
func (r *Results) of(size, question, server string, concurrency int) *Figures {
	i := slices.IndexFunc(r.Figures, func(f Figures) bool {
		return f.Size == size && f.Question == question && f.Server == server && f.Concurrency == concurrency
	})
	if i < 0 {
		return nil
	}
	return &r.Figures[i]
}

// table is rows of cells, the first a header.
type table [][]string

func (t *table) add(cells ...string) { *t = append(*t, cells) }

// markdown writes t for a page.
func (t table) markdown(w io.Writer) {
	for i, cells := range t {
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", "---|"+strings.Repeat("---:|", len(cells)-1))
		}
	}
	fmt.Fprintln(w)
}

// plain writes t for a terminal.
func (t table) plain(w io.Writer) {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, cells := range t {
		fmt.Fprintln(columns, strings.Join(cells, "\t"))
	}
	columns.Flush()
	fmt.Fprintln(w)
}

func number(value float64) string {
	switch {
	case value >= 100:
		return fmt.Sprintf("%.0f", value)
	case value >= 10:
		return fmt.Sprintf("%.1f", value)
	}
	return fmt.Sprintf("%.2f", value)
}

// against is a figure with its bar: ✗ where it is missed.
func against(value, bar float64, met bool) string {
	switch {
	case bar == 0:
		return number(value)
	case met:
		return fmt.Sprintf("%s (bar %s)", number(value), number(bar))
	}
	return fmt.Sprintf("%s ✗ (bar %s)", number(value), number(bar))
}

// ratios compares with hand-written code at a size, 16 requests at a time.
func (r *Results) ratios(s *Setting) (t table) {
	t.add("", "requests/s", "by hand", "ratio", "CPU ms", "by hand", "times", "p50 ms, 1 at a time", "p99/p50")
	for _, q := range r.asked {
		ours, theirs, one := r.of(s.Size, q.key, readout, 16), r.of(s.Size, q.key, byHand, 16), r.of(s.Size, q.key, readout, 1)
		if ours == nil || one == nil {
			continue
		}
		rate, ratio, cpu, times := "", "", "", ""
		if theirs != nil {
			rate, cpu = number(theirs.Rate), number(theirs.CPU)
			ratio = against(ours.Rate/theirs.Rate, q.bars.rate, ours.Rate >= q.bars.rate*theirs.Rate)
			times = against(ours.CPU/theirs.CPU, q.bars.cpu, ours.CPU <= q.bars.cpu*theirs.CPU)
		}
		t.add(q.key+" "+q.name, number(ours.Rate), rate, ratio, number(ours.CPU), cpu, times,
			against(one.P50, q.bars.p50, one.P50 <= q.bars.p50), against(ours.P99/ours.P50, 10, ours.P99 <= 10*ours.P50))
	}
	return t
}

// work is what else there is to know of requests at a size.
func (r *Results) work(s *Setting) (t table) {
	t.add("", "ratio, 1 at a time", "ratio, bare", "allocations", "by hand", "SQL statements", "of at most", "bytes")
	for _, q := range r.asked {
		ours, one := r.of(s.Size, q.key, readout, 16), r.of(s.Size, q.key, readout, 1)
		if ours == nil || one == nil {
			continue
		}
		alone, plain, allocations := "", "", ""
		if theirs := r.of(s.Size, q.key, byHand, 1); theirs != nil {
			alone = number(one.Rate / theirs.Rate)
		}
		if theirs := r.of(s.Size, q.key, byHand, 16); theirs != nil {
			allocations = number(theirs.Mallocs)
			if f := r.of(s.Size, q.key, bare, 16); f != nil {
				plain = number(f.Rate / theirs.Rate)
			}
		}
		t.add(q.key, alone, plain, number(ours.Mallocs), allocations,
			fmt.Sprint(s.Statements[q.key]), fmt.Sprint(q.relations), fmt.Sprintf("%.0f", ours.Bytes))
	}
	return t
}

// hits compares answers from the cache with bytes from memory at a size; nil: neither
// was measured.
func (r *Results) hits(s *Setting) (t table) {
	for _, q := range r.asked {
		ours, theirs := r.of(s.Size, q.key, cached, 16), r.of(s.Size, q.key, bytesOf, 16)
		if ours == nil || theirs == nil {
			continue
		}
		if t == nil {
			t.add("", "requests/s from the cache", "bytes from memory", "ratio", "CPU ms", "from memory", "allocations")
		}
		ratio := ours.Rate / theirs.Rate
		t.add(q.key, number(ours.Rate), number(theirs.Rate), against(ratio, 0.5, ratio >= 0.5), number(ours.CPU), number(theirs.CPU), number(ours.Mallocs))
	}
	return t
}

// growth compares the sizes: CPU a request at the server, which other work of the
// machine changes least.
func (r *Results) growth() (t table) {
	if len(r.Settings) < 2 {
		return nil
	}
	header := []string{"CPU ms a request"}
	for _, s := range r.Settings {
		header = append(header, s.Size)
	}
	first, last := r.Settings[0], r.Settings[len(r.Settings)-1]
	t.add(append(header, last.Size+" / "+first.Size)...)
	for _, q := range r.asked {
		cells := []string{q.key + " " + q.name}
		for _, s := range r.Settings {
			if f := r.of(s.Size, q.key, readout, 16); f != nil {
				cells = append(cells, number(f.CPU))
			} else {
				cells = append(cells, "")
			}
		}
		times := ""
		if from, to := r.of(first.Size, q.key, readout, 16), r.of(last.Size, q.key, readout, 16); from != nil && to != nil {
			times = against(to.CPU/from.CPU, q.bars.growth, to.CPU <= q.bars.growth*from.CPU)
		}
		t.add(append(cells, times)...)
	}
	return t
}

// releases says what releases cost.
func (r *Results) releases() (t table) {
	t.add("meetings", "build s", "CPU s", "memory MB", "file MB", "ready s", "held MB, idle", "under load", "page 1,000 / page 1")
	for _, s := range r.Settings {
		million := s.Meetings == 1_000_000
		bar := func(value, bar float64) string {
			if !million {
				bar = 0
			}
			return against(value, bar, value <= bar)
		}
		deep := ""
		if far, near := r.of(s.Size, "Q4", readout, 16), r.of(s.Size, "Q4.1", readout, 16); far != nil && near != nil {
			deep = bar(far.CPU/near.CPU, 1.2)
		}
		t.add(s.Size, bar(s.Seconds, 300), number(s.CPU), bar(s.Memory, 1500), number(s.File), bar(s.Ready, 3), number(s.Idle), bar(s.Load, 400), deep)
	}
	return t
}

// write writes the whole report.
func (r *Results) write(w io.Writer, as func(table, io.Writer)) {
	fmt.Fprintf(w, "%s, %s; each figure is the median of %d turns of %s.\n\n", r.Machine, r.Day, r.Repeats, r.Each)
	for _, s := range r.Settings {
		fmt.Fprintf(w, "%d meetings:\n\n", s.Meetings)
		as(r.ratios(s), w)
		as(r.work(s), w)
		for _, f := range r.Figures {
			if f.Size == s.Size && f.Failed > 0 {
				fmt.Fprintf(w, "%s of %s, %d at a time: %.1f%% of the requests failed.\n\n", f.Question, f.Server, f.Concurrency, 100*f.Failed)
			}
		}
		if hits := r.hits(s); hits != nil {
			as(hits, w)
		}
	}
	if growth := r.growth(); growth != nil {
		as(growth, w)
	}
	as(r.releases(), w)
}

func (r *Results) print(w io.Writer) { r.write(w, table.plain) }

// save writes the report as Markdown, the raw figures as JSON, and the plot.
func (r *Results) save(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var page bytes.Buffer
	r.write(&page, table.markdown)
	raw, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"results.md": page.Bytes(), "results.json": append(raw, '\n')} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	if len(r.Settings) < 2 {
		return nil
	}
	return r.plot(filepath.Join(folder, "growth.svg"))
}
