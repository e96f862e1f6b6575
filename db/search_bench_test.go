package db

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// worked is how long the processor has worked for this process: unlike a clock, it does
// not count what others on the machine do.
func worked(t testing.TB) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// manyOfficials builds a file of n officials with names such as people of the region have, a
// third of them with an alias, and opens it.
func manyOfficials(t testing.TB, n int) (store *Store, names []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(list string) string { words := strings.Fields(list); return words[r.IntN(len(words))] }
	syllable := func() string {
		return pick("b ch d f g gh h j k kh l m n p q r s sh t v y z") + pick("a a e i o u ai ey") + pick("- - l m n r s d b z")
	}
	word := func() string {
		text := syllable() + syllable()
		if r.IntN(3) == 0 {
			text += syllable()
		}
		text = strings.ReplaceAll(text, "-", "")
		return strings.ToUpper(text[:1]) + text[1:]
	}
	given := make([]string, 800)
	for i := range given {
		given[i] = word()
	}
	path := filepath.Join(t.TempDir(), "crowd.db")
	_, err := Build(context.Background(), path, Release{Hash: "crowd"}, func(w *Writer) error {
		for i := range n {
			name := given[int(float64(len(given))*r.Float64()*r.Float64())] + " " + word() + pick("ov yev i yan zadeh dze shvili oglu ian ev in pour bekov uly")
			names = append(names, name)
			var aliases []string
			if i%3 == 0 {
				aliases = []string{pick("Seyyed Mohammad Ali Abdul") + " " + name}
			}
			if err := w.AddOfficial(fmt.Sprint("official-", i), name, aliases, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if store, err = Open(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store, names
}

// BenchmarkSearchTyping types names of officials letter by letter, then in a hurry and
// in another script. It reports how long the processor works for half, 95 and 99 in 100 of
// the queries at most, and for the directory that the first of them makes.
func BenchmarkSearchTyping(b *testing.B) {
	store, names := manyOfficials(b, 100_000)
	start := worked(b)
	if _, err := store.names(); err != nil {
		b.Fatal(err)
	}
	first := worked(b) - start
	cyrillic := strings.NewReplacer("sh", "ш", "kh", "х", "ch", "ч", "gh", "г", "a", "а", "b", "б", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "х", "i", "и",
		"j", "дж", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "к", "r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "y", "й", "z", "з")
	var queries []string
	for i := 0; i < len(names); i += 2500 {
		letters := []rune(names[i])
		for n := 1; n <= len(letters); n++ {
			queries = append(queries, string(letters[:n]))
		}
		queries = append(queries, cyrillic.Replace(strings.ToLower(names[i])), string(letters[:3])+string(letters[4:]))
	}
	var times []time.Duration
	for b.Loop() {
		for _, query := range queries {
			start := worked(b)
			if _, err := store.Search(context.Background(), query, nil, Page{Limit: 10}); err != nil {
				b.Fatal(err)
			}
			times = append(times, worked(b)-start)
		}
	}
	b.ReportMetric(float64(first.Milliseconds()), "ms-first")
	slices.Sort(times)
	for _, share := range []int{50, 95, 99} {
		b.ReportMetric(float64(times[len(times)*share/100].Microseconds())/1000, fmt.Sprintf("ms-p%d", share))
	}
}
