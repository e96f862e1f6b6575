package db

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

var (
	benchedFile = flag.String("release", "", "file of a release for benchmarks of lists, made where it is missing")
	benchedSize = flag.Int("meetings", 20_000, "how many meetings it gets")
)

// crowdedRecord is a record of -meetings meetings, by the rule of Zipf: few countries
// meet often, most seldom.
func crowdedRecord(b *testing.B) *Store {
	path := *benchedFile
	if path == "" {
		path = filepath.Join(b.TempDir(), "lists.db")
	}
	if _, err := Build(b.Context(), path, Release{Name: "synthetic", Hash: fmt.Sprint(*benchedSize)}, writeCrowd(*benchedSize)); err != nil {
		b.Fatal(err)
	}
	store, err := Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	return store
}

// someSlug is that of the i-th meeting: in no order within a day.
func someSlug(i int) string { return fmt.Sprintf("m%03d-%d", i*7919%1000, i) }

func writeCrowd(meetings int) func(*Writer) error {
	return func(w *Writer) error {
		const countries, issues, corridors = 250, 500, 50
		officials := min(5000, meetings)
		r := rand.New(rand.NewPCG(1, 2))
		zipf := func(n int) int { return int(float64(n) * r.Float64() * r.Float64() * r.Float64()) }
		code := func(i int) string { return fmt.Sprintf("%c%c%c", 'A'+i/26/26, 'A'+i/26%26, 'A'+i%26) }
		var failed error
		must := func(err error) {
			if failed == nil {
				failed = err
			}
		}
		for i := range countries {
			must(w.AddCountry(NewCountry{Code: code(i), Alpha2: code(i)[1:], Numeric: fmt.Sprintf("%03d", i), Name: "Country " + code(i), OfficialName: "State", Region: "World", Subregion: "All"}))
		}
		for i := range 20 {
			must(w.AddPublisher(NewPublisher{Slug: fmt.Sprint("p", i), Name: fmt.Sprint("House ", i), Country: code(i)}))
		}
		sources := max(5, meetings/5)
		day := func(i, of int) Date {
			return Date(time.Date(1990, 1, 1+12_000*i/of, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		}
		for i := range sources {
			must(w.AddSource(NewSource{Slug: fmt.Sprint("s", i), Publisher: fmt.Sprint("p", zipf(20)), Title: fmt.Sprint("Account ", i), PublishedOn: day(i, sources), URL: "https://example.org/", Language: "en"}))
		}
		source := func() []NewClaim { return []NewClaim{{Source: fmt.Sprint("s", r.IntN(sources)), Stance: "asserts"}} }
		of := make([]int, officials)
		for i := range officials {
			of[i] = zipf(countries)
			must(w.AddOfficial(fmt.Sprint("o", i), fmt.Sprintf("Given%d Family%d", i%97, i), nil, nil))
			claims := source()
			claims[0].Since = day(r.IntN(100), 100)
			must(w.AddTenure(fmt.Sprint("o", i), code(of[i]), "Minister", 1, claims))
		}
		for i := range issues {
			must(w.AddIssue(NewIssue{Slug: fmt.Sprint("i", i), Title: fmt.Sprint("Issue ", i), Kind: "dispute", Summary: "An issue", Source: "s0"}))
		}
		for i := range corridors {
			must(w.AddCorridor(NewCorridor{Slug: fmt.Sprint("k", i), Name: fmt.Sprint("Corridor ", i), Modes: []string{"rail"}, Summary: "A corridor", Source: "s0"}))
			for j := range 10 {
				must(w.AddMembership(KindCorridor, fmt.Sprint("k", i), code((i*7+j*11)%countries), 1, source()))
			}
		}
		kinds := []string{"phone-call", "visit", "summit", "signing", "consultation", "bilateral-meeting"}
		word := func() string { return fmt.Sprint("word", zipf(5000)) }
		for i := range meetings {
			slug := someSlug(i)
			m := NewMeeting{
				Slug: slug, Kind: kinds[zipf(len(kinds))], Title: "Meeting on " + word() + " and " + word(), StartsOn: day(i, meetings),
				Summary: fmt.Sprintf("They spoke of %s, %s, %s and %s.", word(), word(), word(), word()), Sources: []string{source()[0].Source},
			}
			if r.IntN(2) == 0 {
				m.HostCountry = code(zipf(countries))
			}
			must(w.AddMeeting(m))
			there := map[int]bool{}
			for range 2 + r.IntN(2) {
				if o := zipf(officials); !there[o] {
					there[o] = true
					must(w.AddParticipation(slug, fmt.Sprint("o", o), code(of[o]), "", nil))
				}
			}
			if i%5 == 0 {
				o := fmt.Sprint("o", zipf(officials))
				must(w.AddStatement(NewStatement{Slug: "st-" + slug, Official: o, Meeting: slug, StatedOn: day(i, meetings), Paraphrase: word() + " " + word(), Source: source()[0].Source}))
			}
			must(w.AddTopic(slug, KindIssue, fmt.Sprint("i", zipf(issues)), source()))
			must(w.AddTopic(slug, KindCorridor, fmt.Sprint("k", zipf(corridors)), source()))
		}
		return failed
	}
}

// The benchmarks of lists do what the queries of bench/ ask of this package, at 16
// requests at a time.
func benchmarkLists(b *testing.B, request func(ctx context.Context, s *Store, i int) error) {
	s := crowdedRecord(b)
	ctx, count := CountStatements(b.Context())
	b.ReportAllocs()
	b.SetParallelism(8)
	start := worked(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		r := rand.New(rand.NewPCG(3, 4))
		for pb.Next() {
			ctx, end := context.WithTimeout(ctx, time.Minute)
			if err := request(ctx, s, r.IntN(1000)); err != nil {
				b.Error(err)
			}
			end()
		}
	})
	b.ReportMetric(float64((worked(b)-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(count.Load())/float64(b.N), "statements/op")
}

// leadTo asks each row for what it leads to.
func leadTo[T, N any](ctx context.Context, list *List[T], err error, to ...func(*T, context.Context) (N, error)) error {
	if err != nil {
		return err
	}
	for _, item := range list.Items {
		for _, step := range to {
			if _, err := step(item.Row, ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func participants(ctx context.Context, m *Meeting) error {
	list, err := Participants(ctx, m, ParticipationFilter{}, Page{Limit: 20})
	if err := leadTo(ctx, list, err, (*Participation).Official); err != nil {
		return err
	}
	return leadTo(ctx, list, err, (*Participation).Country)
}

func BenchmarkOneMeeting(b *testing.B) {
	benchmarkLists(b, func(ctx context.Context, s *Store, i int) error {
		e, err := s.EntityBySlug(ctx, KindMeeting, someSlug(i))
		if err != nil {
			return err
		}
		m := e.(*Meeting)
		if err := participants(ctx, m); err != nil {
			return err
		}
		topics, err := Topics(ctx, m, TopicFilter{}, Page{Limit: 20})
		return leadTo(ctx, topics, err, (*About).Topic)
	})
}

// somePair is two of the countries that meet most.
func somePair(i int) []string {
	return []string{"AA" + string(rune('A'+i%4)), "AA" + string(rune('E'+i/4%4))}
}

func BenchmarkMeetingsOfPair(b *testing.B) {
	benchmarkLists(b, func(ctx context.Context, s *Store, i int) error {
		list, err := s.Meetings(ctx, MeetingFilter{Countries: somePair(i)}, Order{}, Page{Limit: 50})
		if err != nil {
			return err
		}
		for _, item := range list.Items {
			if err := participants(ctx, item.Row); err != nil {
				return err
			}
		}
		return nil
	})
}

func BenchmarkOfficialsOfMembers(b *testing.B) {
	benchmarkLists(b, func(ctx context.Context, s *Store, i int) error {
		e, err := s.EntityBySlug(ctx, KindCorridor, fmt.Sprint("k", i%50))
		if err != nil {
			return err
		}
		members, err := Members(ctx, e, MembershipFilter{}, When{}, Page{Limit: 20})
		if err != nil {
			return err
		}
		for _, m := range members.Items {
			country, err := m.Row.Country(ctx)
			if err != nil {
				return err
			}
			tenures, err := TenuresOfCountry(ctx, country, TenureFilter{}, When{}, Page{Limit: 5})
			if err := leadTo(ctx, tenures, err, (*Tenure).Official); err != nil {
				return err
			}
		}
		return nil
	})
}

func BenchmarkMeetingsOfKind(b *testing.B) {
	f := MeetingFilter{Kinds: []string{"summit"}, Countries: []string{"AAC"}}
	for _, page := range []struct {
		name  string
		after *Position
	}{{"first", nil}, {"deep", &Position{"2001-01-01", "2001"}}} {
		b.Run(page.name, func(b *testing.B) {
			benchmarkLists(b, func(ctx context.Context, s *Store, _ int) error {
				_, err := s.Meetings(ctx, f, Order{}, Page{Limit: 50, After: page.after})
				return err
			})
		})
	}
}

func BenchmarkMeetingsPerYear(b *testing.B) {
	benchmarkLists(b, func(ctx context.Context, s *Store, i int) error {
		list, err := s.Meetings(ctx, MeetingFilter{Countries: somePair(i)[:1]}, Order{}, Page{Limit: 0})
		if err == nil {
			_, err = list.Facets.Years(ctx)
		}
		return err
	})
}

func BenchmarkMeetingsOfCountries(b *testing.B) {
	benchmarkLists(b, func(ctx context.Context, s *Store, i int) error {
		list, err := s.Countries(ctx, CountryFilter{}, Order{}, Page{Limit: 10})
		for _, item := range list.Items {
			if _, err := MeetingsOf(ctx, item.Row, MeetingFilter{}, Order{}, Page{Limit: 5}); err != nil {
				return err
			}
		}
		return err
	})
}

func BenchmarkMeetingsByText(b *testing.B) {
	for _, text := range []string{"word4000", "word300", "word0", "meeting word7"} {
		b.Run(text, func(b *testing.B) {
			benchmarkLists(b, func(ctx context.Context, s *Store, i int) error {
				list, err := s.Meetings(ctx, MeetingFilter{EntityConditions: EntityConditions{Text: &text}}, Order{Field: "relevance", Direction: "desc"}, Page{Limit: 20})
				if err != nil {
					return err
				}
				for _, item := range list.Items {
					if err := participants(ctx, item.Row); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
}
