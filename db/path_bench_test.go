package db

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

// crowd writes a record of about so many facts in SQL: 200 countries, 60 bodies, four of
// them hubs, a meeting for every four facts with two participants, a topic and half a
// statement; a few officials, issues and countries are in many of them.
func crowd(facts int) fill {
	return func(w *Writer) error {
		meetings := facts / 4
		officials, issues := meetings/10, meetings/20
		firstIssue, firstMeeting := 260+officials, 260+officials+issues
		// few gives a number below n, the low ones far more often.
		few := func(n int, salt int) string {
			x := fmt.Sprintf("((i * %d + %d) * 104729 %% 1000003) / 1000003.0", 7919+2018*salt, salt)
			return fmt.Sprintf("cast(%d * (%s) * (%s) * (%s) as integer)", n, x, x, x)
		}
		upTo := func(n int) string {
			return fmt.Sprintf("with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) ", n)
		}
		next := 0
		fact := func(kind string, n int) (first int) {
			first = next
			next += n
			if err := w.exec(upTo(n)+`insert into fact (id, kind, resolved_by, disputed) select i + $1, $2, 'only', i % 20 = 0 from n`, first, kind); err != nil {
				panic(err)
			}
			return first
		}
		participations, topics := fact("participation", 2*meetings), fact("topic", meetings)
		memberships, tenures := fact("membership", 200*60), fact("tenure", officials)
		for _, text := range []string{
			`insert into publisher (id, slug, name, voice) values (1, 'p', 'P', 1)`,
			upTo(100) + `insert into source (id, slug, publisher, title, url, language) select i, 's' || i, 1, 'Title', 'https://example.org/' || i, 'en' from n`,
			upTo(firstMeeting+meetings) + fmt.Sprintf(`insert into entity (id, kind, slug, name, sort_key)
				select i, case when i <= 200 then 'country' when i <= 230 then 'corridor' when i <= 260 then 'organization'
					when i <= %d then 'official' when i <= %d then 'issue' else 'meeting' end, 'e' || i, 'Entity ' || i, 'entity' from n`, firstIssue, firstMeeting),
			upTo(200) + `insert into country (id, alpha2, numeric, official_name, region, subregion)
				select i, char(65 + i / 26, 65 + i % 26), printf('%03d', i), 'Country', '', '' from n`,
			upTo(30) + `insert into corridor (id, modes, summary) select 200 + i, '[]', '' from n`,
			upTo(30) + `insert into organization (id, summary) select 230 + i, '' from n`,
			upTo(officials) + `insert into official (id) select 260 + i from n`,
			upTo(issues) + fmt.Sprintf(`insert into issue (id, kind, summary) select %d + i, 'project', '' from n`, firstIssue),
			upTo(meetings) + fmt.Sprintf(`insert into meeting (id, slug, kind, summary, starts_on, starts_earliest, starts_latest, host_country)
				select %[1]d + i, 'e' || (%[1]d + i), 'visit', '', '2005', '2005-01-01', '2005-12-31', iif(i %% 2, 1 + %[2]s, null) from n`, firstMeeting, few(200, 1)),
			upTo(meetings) + fmt.Sprintf(`insert into entity_source (entity, source) select %d + i, 1 + i %% 100 from n`, firstMeeting),
			upTo(2*meetings) + fmt.Sprintf(`insert or ignore into participation (fact, meeting, official, country)
				select %d + i, %d + (i + 1) / 2, 261 + %s, 1 + %s from n`, participations, firstMeeting, few(officials, 2), few(200, 3)),
			upTo(meetings) + fmt.Sprintf(`insert into topic (fact, meeting, entity)
				select %d + i, %d + i, iif(i %% 3, %d + 1 + %s, 1 + %s) from n`, topics, firstMeeting, firstIssue, few(issues, 4), few(260, 5)),
			upTo(200*60) + fmt.Sprintf(`insert into membership (fact, body, country, spell)
				select %d + i, 201 + i %% 60, 1 + i / 60 %% 200, 1 from n where i %% 60 < 4 or i * 7919 %% 97 < 8`, memberships),
			upTo(officials) + fmt.Sprintf(`insert into tenure (fact, official, country, title, spell) select %d + i, 260 + i, 1 + %s, 'minister', 1 from n`, tenures, few(200, 6)),
			`insert into validity (fact, possible_from, possible_until, certain_from, certain_until, undated)
				select id, 1990 + id % 20 || '-01-01', 1995 + id % 31 || '-12-31', 1990 + id % 20 || '-01-01', 1995 + id % 31 || '-12-31', 0
				from fact where kind in ('membership', 'tenure')`,
			upTo(meetings/2) + fmt.Sprintf(`insert into statement (slug, official, topic, stated_on, stated_earliest, stated_latest, paraphrase, source)
				select 'st' || i, 261 + %s, %d + 1 + %s, '2005', '2005-01-01', '2005-12-31', 'Well.', 1 + i %% 100 from n`, few(officials, 7), firstIssue, few(issues, 8)),
			`insert into claim (fact, source, stance) select id, 1 + id % 100, 'asserts' from fact where kind <> 'participation' and id % 10 < 9`,
		} {
			if err := w.exec(text); err != nil {
				return err
			}
		}
		return nil
	}
}

// crowded opens a record of so many facts. READOUT_BENCH names a folder to keep it in.
func crowded(b *testing.B, facts int) *Store {
	b.Helper()
	folder := cmp.Or(os.Getenv("READOUT_BENCH"), b.TempDir())
	file := filepath.Join(folder, fmt.Sprintf("crowd-%d.db", facts))
	if _, err := Build(b.Context(), file, Release{Name: "crowd", Hash: "2"}, crowd(facts)); err != nil {
		b.Fatal(err)
	}
	store, err := Open(b.Context(), file)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	return store
}

// size is what READOUT_FACTS says, or a hundred thousand facts.
func size(b *testing.B) int {
	b.Helper()
	facts, err := strconv.Atoi(cmp.Or(os.Getenv("READOUT_FACTS"), "100000"))
	if err != nil {
		b.Fatal(err)
	}
	return facts
}

// BenchmarkPaths asks for the paths between two entities of the record, drawn at random,
// with words and sources; half of them on a day.
func BenchmarkPaths(b *testing.B) {
	store := crowded(b, size(b))
	n, err := store.network(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		ask  PathQuery
	}{
		{"default", PathQuery{MaxLength: 6, First: 3}},
		{"most", PathQuery{MaxLength: 8, First: 10}},
		{"people", PathQuery{MaxLength: 6, First: 3, Via: []string{KindMeeting, KindOfficial}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			id := func() string {
				e := 1 + r.IntN(len(n.kind)-1)
				if r.IntN(3) == 0 {
					e = 1 + r.IntN(260) // a country or a body
				}
				return fmt.Sprint(Kinds[n.kind[e]], ":e", e)
			}
			var took []time.Duration
			cut, found := 0, 0
			for b.Loop() {
				q := c.ask
				q.From, q.To, q.AsOf = id(), id(), []Date{"", "2004-12-31"}[r.IntN(2)]
				began := time.Now()
				p, err := store.Paths(b.Context(), q)
				if err != nil {
					b.Fatal(err)
				}
				for _, path := range p.Paths {
					for _, l := range path.Steps {
						if _, err := l.Fact(b.Context()); err != nil {
							b.Fatal(err)
						}
						if _, err := l.Sources(b.Context()); err != nil {
							b.Fatal(err)
						}
					}
				}
				took = append(took, time.Since(began))
				found += len(p.Paths)
				if !p.Complete {
					cut++
				}
			}
			report(b, took)
			b.ReportMetric(float64(found)/float64(len(took)), "paths/op")
			b.ReportMetric(float64(cut)/float64(len(took)), "cut/op")
		})
	}
}

// BenchmarkNeighbourhood asks for what is two steps around entities drawn at random.
func BenchmarkNeighbourhood(b *testing.B) {
	store := crowded(b, size(b))
	n, err := store.network(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	var took []time.Duration
	for b.Loop() {
		e := 1 + r.IntN(len(n.kind)-1)
		began := time.Now()
		around, err := store.Neighbourhood(b.Context(), NeighbourhoodQuery{Of: fmt.Sprint(Kinds[n.kind[e]], ":e", e), Depth: 2, Limit: 100})
		if err != nil {
			b.Fatal(err)
		}
		for _, l := range around.Links {
			if _, err := l.Sources(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		took = append(took, time.Since(began))
	}
	report(b, took)
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(took[len(took)-1].Seconds()*1000, "max-ms")
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(took[len(took)*p/100].Seconds()*1000, fmt.Sprintf("p%d-ms", p))
	}
}

// BenchmarkLoadNetwork reads the network of a record into memory.
func BenchmarkLoadNetwork(b *testing.B) {
	store := crowded(b, size(b))
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	var n *network
	for b.Loop() {
		var err error
		if n, err = loadNetwork(b.Context(), store.ro); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(held()-before)/(1<<20), "MiB-held")
	b.ReportMetric(float64(len(n.links)), "links")
}
