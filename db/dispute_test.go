package db

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// asserts, denies and omits are claims of a source.
func asserts(source string) NewClaim { return NewClaim{Source: source, Stance: "asserts"} }
func denies(source string) NewClaim  { return NewClaim{Source: source, Stance: "denies"} }
func omits(source string) NewClaim   { return NewClaim{Source: source, Stance: "omits"} }

// bodies writes what facts relate: a road, a club, two officials, two issues and a meeting.
func bodies(w *Writer) error {
	return errors.Join(
		w.AddOfficial("x", "X", nil, nil), w.AddOfficial("y", "Y", nil, nil),
		w.AddCorridor(NewCorridor{Slug: "road", Name: "Road", Source: "b"}),
		w.AddOrganization(NewOrganization{Slug: "club", Name: "Club", Source: "b"}),
		w.AddIssue(NewIssue{Slug: "toll", Kind: "transport", Title: "Toll", Source: "b"}),
		w.AddIssue(NewIssue{Slug: "bridge", Kind: "transport", Title: "the bridge", Source: "b"}),
		w.AddMeeting(NewMeeting{Slug: "m", Kind: "visit", Title: "A visit", StartsOn: "2003-05", Sources: []string{"b"}}))
}

// Which claims make a dispute.
func TestWhatIsDisputed(t *testing.T) {
	role := func(source, role string) NewClaim { return NewClaim{Source: source, Stance: "asserts", Role: role} }
	since := func(source string, since Date) NewClaim {
		return NewClaim{Source: source, Stance: "asserts", Since: since}
	}
	until := func(source string, until Date) NewClaim {
		return NewClaim{Source: source, Stance: "asserts", Until: until}
	}
	for _, c := range []struct {
		name   string
		claims []NewClaim
		want   bool
	}{
		{"one source", []NewClaim{role("a1", "member")}, false},
		{"two that agree", []NewClaim{role("a1", "member"), role("b", "member")}, false},
		{"two that speak of different things", []NewClaim{role("a1", "member"), since("b", "2000")}, false},
		{"a month of the year", []NewClaim{since("a1", "2000"), since("b", "2000-09")}, false},
		{"a day of the month", []NewClaim{since("a1", "2000-09-30"), since("b", "2000-09")}, false},
		{"two months of the year", []NewClaim{since("a1", "2000"), since("b", "2000-09"), since("c", "2000-10")}, true},
		{"two roles", []NewClaim{role("a1", "member"), role("b", "observer")}, true},
		{"two starts", []NewClaim{since("a1", "2000"), since("b", "2001")}, true},
		{"the end of one year and the start of the next", []NewClaim{since("a1", "2004-12"), since("b", "2005")}, true},
		{"two ends", []NewClaim{until("a1", "2000"), until("b", "2001")}, true},
		{"an end after the source that says it goes on", []NewClaim{until("a1", OpenEnd), until("b", "2002")}, false},
		{"an end in the year of the source that says it goes on", []NewClaim{until("a1", OpenEnd), until("b", "2001")}, false},
		{"an end before the source that says it goes on", []NewClaim{until("b", OpenEnd), until("a1", "2002")}, true},
		{"an undated source that says it goes on", []NewClaim{until("d", OpenEnd), until("a1", "1999")}, false},
		{"an end before the start", []NewClaim{since("a1", "2002"), until("b", "2001")}, true},
		{"one denies", []NewClaim{role("a1", "member"), denies("b")}, true},
		{"one omits", []NewClaim{role("a1", "member"), omits("b")}, true},
		{"all deny", []NewClaim{denies("a1"), denies("b")}, true},
		{"an editor chose, and they still disagree", []NewClaim{{Source: "a1", Stance: "asserts", Role: "member", Preferred: true}, role("b", "observer")}, true},
		{"a reprint disagrees with its house", []NewClaim{role("a1", "member"), role("a2", "observer")}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := build(t, func(w *Writer) error {
				return errors.Join(ground(w), bodies(w), w.AddMembership(KindCorridor, "road", "AAA", 1, slices.Clone(c.claims)))
			})
			list, err := store.Disputes(t.Context(), DisputeFilter{}, Page{Limit: 9})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(list.Items) == 1; got != c.want {
				t.Errorf("it is listed: %v, want %v", got, c.want)
			}
			road := node[*Corridor](t, store, "corridor:road")
			members, err := Members(t.Context(), road, MembershipFilter{}, When{}, Page{Limit: 9})
			if err != nil {
				t.Fatal(err)
			}
			if got := members.Items[0].Row.Disputed; got != c.want {
				t.Errorf("it is disputed: %v, want %v", got, c.want)
			}
		})
	}
}

// Of dates that go with a coarser one, but not with one another, the rule chooses too,
// whatever the order of the claims.
func TestFinerDateIsChosenByTheRule(t *testing.T) {
	since := func(source string, since Date) NewClaim {
		return NewClaim{Source: source, Stance: "asserts", Since: since, Until: OpenEnd}
	}
	for _, c := range []struct {
		name   string
		claims []NewClaim
		want   string
	}{
		{"one", []NewClaim{since("a1", "2000"), since("b", "2000-09")}, "2000-09 only false"},
		{"finer and finer", []NewClaim{since("a1", "2000-09-12"), since("b", "2000"), since("c", "2000-09")}, "2000-09-12 only false"},
		{"the latest", []NewClaim{since("a1", "2000"), since("b", "2000-10"), since("c", "2000-09")}, "2000-09 latest true"},
		{"the majority", []NewClaim{since("a1", "2000-10"), since("b", "2000-10-03"), since("c", "2000-09"), since("d", "2000")}, "2000-10-03 majority true"},
		{"the editor's", []NewClaim{{Source: "a1", Stance: "asserts", Since: "2000-11", Preferred: true}, since("b", "2000-10"), since("c", "2000")}, "2000-11 editor true"},
		{"a day of the month that was chosen", []NewClaim{since("a1", "2000-10-03"), since("b", "2000-10"), since("c", "2000-09-01"), since("d", "2000")}, "2000-10-03 majority true"},
	} {
		for _, reversed := range []bool{false, true} {
			claims := slices.Clone(c.claims)
			if reversed {
				slices.Reverse(claims)
			}
			store := build(t, func(w *Writer) error {
				return errors.Join(ground(w), bodies(w), w.AddMembership(KindCorridor, "road", "AAA", 1, claims))
			})
			list, err := Members(t.Context(), node[*Corridor](t, store, "corridor:road"), MembershipFilter{}, When{}, Page{Limit: 9})
			if err != nil {
				t.Fatal(err)
			}
			m := list.Items[0].Row
			if got := fmt.Sprint(m.since, " ", m.ResolvedBy, " ", m.Disputed); got != c.want {
				t.Errorf("%s, reversed %v: got %s, want %s", c.name, reversed, got, c.want)
			}
		}
	}
}

// node returns what has an ID.
func node[N Node](t *testing.T, store *Store, id string) N {
	t.Helper()
	nodes, err := store.Nodes(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	return nodes[0].(N)
}

// quarrels writes a disputed and an undisputed fact of every kind.
func quarrels(w *Writer) error {
	dated := func(source, value string) NewClaim {
		return NewClaim{Source: source, Stance: "asserts", Value: value}
	}
	role := func(source, role string) NewClaim { return NewClaim{Source: source, Stance: "asserts", Role: role} }
	stop := func(position int, place, country string) NewStop {
		return NewStop{Corridor: "road", Branch: "main", Position: position, Place: place, Country: country}
	}
	return errors.Join(
		ground(w), bodies(w),
		w.AddMembership(KindCorridor, "road", "AAA", 1, []NewClaim{asserts("a1"), omits("c")}),
		w.AddMembership(KindOrganization, "club", "BBB", 2, []NewClaim{role("a1", "member"), role("d", "observer")}),
		w.AddMembership(KindCorridor, "road", "CCC", 1, []NewClaim{asserts("a1"), asserts("c")}),
		w.AddTenure("x", "AAA", "Prime Minister", 2, []NewClaim{
			{Source: "a1", Stance: "asserts", Since: "2000"}, {Source: "b", Stance: "asserts", Since: "2001"},
		}),
		w.AddTenure("x", "AAA", "envoy", 1, []NewClaim{{Source: "a1", Stance: "asserts", Since: "2000"}}),
		w.AddParticipation("m", "x", "AAA", "", []NewClaim{role("a2", "principal"), role("a1", "host")}),
		w.AddParticipation("m", "y", "BBB", "", nil),
		w.AddTopic("m", KindCorridor, "road", []NewClaim{asserts("b"), denies("a1")}),
		w.AddTopic("m", KindIssue, "toll", []NewClaim{asserts("b")}),
		w.AddParty("toll", "BBB", []NewClaim{role("d", "party"), role("d", "mediator")}),
		w.AddParty("toll", "AAA", []NewClaim{role("a1", "party"), role("b", "party")}),
		w.AddConcern("bridge", "road", []NewClaim{asserts("a1"), denies("a2")}),
		w.AddConcern("toll", "road", []NewClaim{asserts("a1")}),
		w.AddStop(stop(1, "Port", "AAA"), []NewClaim{asserts("a1"), omits("b")}),
		w.AddStop(stop(2, "Pass", "BBB"), []NewClaim{asserts("a1")}),
		w.AddLeg("road", "main", 1, []NewClaim{
			{Source: "a1", Stance: "asserts", Role: "rail", Value: "operational"},
			{Source: "c", Stance: "asserts", Role: "rail", Value: "planned"},
		}),
		w.AddProperty(KindMeeting, "m", "starts-on", true, []NewClaim{dated("b", "2003-05-25"), dated("a2", "2003-05-26")}),
		w.AddProperty(KindCorridor, "road", "land-acquired", false, []NewClaim{dated("b", "7"), dated("a2", "8")}),
		w.AddProperty(KindCorridor, "road", "opened-on", true, []NewClaim{dated("b", "2001"), dated("a2", "2001-04")}),
	)
}

// Every kind of disputed fact in words, newest claim first, what it relates, and its claims.
func TestDisputesInWords(t *testing.T) {
	store := build(t, quarrels)
	list, err := store.Disputes(t.Context(), DisputeFilter{}, Page{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, item := range list.Items {
		d := item.Row
		related, err := d.Entities(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, e := range related {
			ids = append(ids, e.ID())
		}
		slices.Sort(ids)
		claims, err := d.Claims(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(strings.TrimPrefix(fmt.Sprintf("%T", claims[0]), "*db."), "Claim")
		sources, err := d.Sources(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		day := "undated"
		if on := d.LatestClaimOn(); on != nil {
			day = string(*on)
		}
		if !d.Disputed {
			t.Errorf("%s is not disputed", d.Slug)
		}
		got = append(got, fmt.Sprintf("%s | %s | %s | %s | %s | %d %s of %d", day, d.Slug, d.About, d.Kind, strings.Join(ids, " "), len(claims), kind, len(sources)))
	}
	want := []string{
		"2004 | membership/corridor/road/AAA/1 | Country AAA in Road | membership | corridor:road country:AAA | 2 Membership of 2",
		"2004 | leg/road/main/1 | The leg from Port on the Road | leg | corridor:road | 2 Leg of 2",
		"2003 | topic/m/corridor/road | Road as a topic of “A visit” | topic | corridor:road meeting:m | 2 Link of 2",
		"2003 | tenure/x/AAA/Prime_Minister/2 | X as Prime Minister, Country AAA | tenure | country:AAA official:x | 2 Tenure of 2",
		"2003 | stop/road/main/1 | Port on the Road | stop | corridor:road country:AAA | 2 Link of 2",
		"2003 | property/meeting/m/starts-on | Start of “A visit” | property | meeting:m | 2 Property of 2",
		"2003 | property/corridor/road/land-acquired | Land acquired of “Road” | property | corridor:road | 2 Property of 2",
		"2002 | participation/m/x | X in “A visit” | participation | country:AAA meeting:m official:x | 2 Participation of 2",
		"2002 | concern/bridge/road | “the bridge” on the Road | concern | corridor:road issue:bridge | 2 Link of 2",
		"2001 | membership/organization/club/BBB/2 | Country BBB in Club | membership | country:BBB organization:club | 2 Membership of 2",
		"undated | party/toll/BBB | Country BBB in “Toll” | party | country:BBB issue:toll | 2 Party of 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDisputeFilters(t *testing.T) {
	store := build(t, quarrels)
	all := "membership/corridor/road/AAA/1 leg/road/main/1 topic/m/corridor/road tenure/x/AAA/Prime_Minister/2 stop/road/main/1 property/meeting/m/starts-on " +
		"property/corridor/road/land-acquired participation/m/x concern/bridge/road membership/organization/club/BBB/2 party/toll/BBB"
	ofAAA := "membership/corridor/road/AAA/1 tenure/x/AAA/Prime_Minister/2 stop/road/main/1 participation/m/x" // as an entity
	// A country's also are those of the meetings that it took part in and of the legs that begin in it.
	byAAA := "membership/corridor/road/AAA/1 leg/road/main/1 topic/m/corridor/road tenure/x/AAA/Prime_Minister/2 stop/road/main/1 property/meeting/m/starts-on participation/m/x"
	byBBB := "topic/m/corridor/road property/meeting/m/starts-on participation/m/x membership/organization/club/BBB/2 party/toll/BBB"
	for _, c := range []struct {
		name   string
		filter DisputeFilter
		want   string // or the beginning of the error
	}{
		{"nothing asked", DisputeFilter{}, all},
		{"a kind", DisputeFilter{Kinds: []string{"membership"}}, "membership/corridor/road/AAA/1 membership/organization/club/BBB/2"},
		{"two kinds", DisputeFilter{Kinds: []string{"leg", "party"}}, "leg/road/main/1 party/toll/BBB"},
		{"no kind", DisputeFilter{Kinds: []string{}}, ""},
		{"a country", DisputeFilter{Countries: []string{"AAA"}}, byAAA},
		{"another", DisputeFilter{Countries: []string{"BBB"}}, byBBB},
		{"by alpha-2 and numeric, either", DisputeFilter{Countries: []string{"AA", "002"}}, byAAA + " membership/organization/club/BBB/2 party/toll/BBB"},
		{"a country without disputes", DisputeFilter{Countries: []string{"CCC"}}, ""},
		{"no country", DisputeFilter{Countries: []string{}}, ""},
		{"an unknown code", DisputeFilter{Countries: []string{"AAA", "XX"}}, `countries: "XX" is no country code here.`},
		{"an entity", DisputeFilter{Entities: []string{"issue:toll"}}, "party/toll/BBB"},
		{"a country as an entity", DisputeFilter{Entities: []string{"country:AAA"}}, ofAAA},
		{"either entity", DisputeFilter{Entities: []string{"meeting:m", "organization:club"}}, "topic/m/corridor/road property/meeting/m/starts-on participation/m/x membership/organization/club/BBB/2"},
		{"an entity on a day", DisputeFilter{Entities: []string{"issue:toll@2004-12-31"}}, "party/toll/BBB"},
		{"an entity that is not there", DisputeFilter{Entities: []string{"issue:nothing"}}, ""},
		{"no entity", DisputeFilter{Entities: []string{}}, ""},
		{"no id", DisputeFilter{Entities: []string{"toll"}}, `entities: id "toll": an id is a kind, a colon and a slug`},
		{"an id of a bad day", DisputeFilter{Entities: []string{"issue:toll@2004-02-30"}}, `entities: id "issue:toll@2004-02-30": "2004-02-30" is not a date`},
		{"all at once", DisputeFilter{Kinds: []string{"membership", "stop"}, Countries: []string{"AAA"}, Entities: []string{"corridor:road"}}, "membership/corridor/road/AAA/1 stop/road/main/1"},
		{"conditions that exclude each other", DisputeFilter{Countries: []string{"AAA"}, Entities: []string{"issue:bridge"}}, ""},
	} {
		list, err := store.Disputes(t.Context(), c.filter, Page{Limit: 20})
		var refusal *Error
		if errors.As(err, &refusal) {
			if c.want == "" || !strings.HasPrefix(refusal.Message, c.want) || refusal.Code != Invalid {
				t.Errorf("%s: got %s %q, want %q", c.name, refusal.Code, refusal.Message, c.want)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := slugs(list); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if count, err := list.Count(t.Context()); count != len(list.Items) || err != nil {
			t.Errorf("%s: the count is %d, %v", c.name, count, err)
		}
	}

	// Page by page it is the same list, either way.
	for _, backward := range []bool{false, true} {
		var pages []string
		for p := (Page{Limit: 4, Backward: backward}); ; {
			list, err := store.Disputes(t.Context(), DisputeFilter{}, p)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, slugs(list))
			if backward {
				p.Before = &list.Items[0].Position
			} else {
				p.After = &list.Items[len(list.Items)-1].Position
			}
			if !list.HasNext && !backward || !list.HasPrevious && backward {
				break
			}
		}
		if backward {
			slices.Reverse(pages)
		}
		if got := strings.Join(pages, " "); got != all || len(pages) != 3 {
			t.Errorf("backward %v: got %q, want %q", backward, pages, all)
		}
	}
}

func slugs(list *List[Dispute]) string {
	var slugs []string
	for _, item := range list.Items {
		slugs = append(slugs, item.Row.Slug)
	}
	return strings.Join(slugs, " ")
}

// The disputes of an entity are those that relate it, each once.
func TestDisputesOf(t *testing.T) {
	store := build(t, quarrels)
	ids := []string{
		"country:AAA", "country:BBB", "country:CCC", "official:x", "official:y", "organization:club",
		"corridor:road", "issue:toll", "issue:bridge", "meeting:m",
	}
	got := map[string]string{}
	for _, id := range ids {
		e := node[AnyEntity](t, store, id)
		list, err := DisputesOf(t.Context(), e, DisputeFilter{}, Page{Limit: 20})
		if err != nil {
			t.Fatal(err)
		}
		got[id] = slugs(list)
		if count, err := list.Count(t.Context()); count != len(list.Items) || err != nil {
			t.Errorf("%s: the count is %d, %v", id, count, err)
		}
		filtered, err := store.Disputes(t.Context(), DisputeFilter{Entities: []string{id}}, Page{Limit: 20})
		if err != nil || slugs(filtered) != got[id] {
			t.Errorf("%s: the filter gives %q, the field %q, %v", id, slugs(filtered), got[id], err)
		}
	}
	want := map[string]string{
		"country:AAA":       "membership/corridor/road/AAA/1 tenure/x/AAA/Prime_Minister/2 stop/road/main/1 participation/m/x",
		"country:BBB":       "membership/organization/club/BBB/2 party/toll/BBB",
		"country:CCC":       "",
		"official:x":        "tenure/x/AAA/Prime_Minister/2 participation/m/x",
		"official:y":        "",
		"organization:club": "membership/organization/club/BBB/2",
		"corridor:road":     "membership/corridor/road/AAA/1 leg/road/main/1 topic/m/corridor/road stop/road/main/1 property/corridor/road/land-acquired concern/bridge/road",
		"issue:toll":        "party/toll/BBB",
		"issue:bridge":      "concern/bridge/road",
		"meeting:m":         "topic/m/corridor/road property/meeting/m/starts-on participation/m/x",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// A list of disputes, what they relate and their claims are three statements,
// however long the list, and so are those of many entities.
func TestDisputesCostTwoStatements(t *testing.T) {
	for _, n := range []int{1, 40} {
		store := build(t, func(w *Writer) error {
			errs := []error{ground(w), bodies(w)}
			for i := range n {
				slug := fmt.Sprintf("k%02d", i)
				errs = append(errs, w.AddCorridor(NewCorridor{Slug: slug, Name: slug, Source: "b"}),
					w.AddMembership(KindCorridor, slug, "AAA", 1, []NewClaim{asserts("a1"), omits("c")}))
			}
			return errors.Join(errs...)
		})
		ctx, statements := CountStatements(t.Context())
		spent := func(what string, want int64) {
			t.Helper()
			if got := statements.Swap(0); got != want {
				t.Errorf("%s of %d disputes: %d statements, want %d", what, n, got, want)
			}
		}
		list, err := store.Disputes(ctx, DisputeFilter{Countries: []string{"AAA"}}, Page{Limit: 100})
		if err != nil || len(list.Items) != n {
			t.Fatalf("%d disputes, want %d, %v", len(list.Items), n, err)
		}
		spent("the list", 1)
		for _, item := range list.Items {
			if related, err := item.Row.Entities(ctx); len(related) != 2 || err != nil {
				t.Fatal(related, err)
			}
		}
		spent("what they relate, from memory", 0)
		for _, item := range list.Items {
			if claims, err := item.Row.Claims(ctx); len(claims) != 2 || err != nil {
				t.Fatal(claims, err)
			}
			if sources, err := item.Row.Sources(ctx); len(sources) != 2 || err != nil {
				t.Fatal(sources, err)
			}
		}
		spent("claims and sources", 1)

		corridors, err := store.Corridors(ctx, CorridorFilter{}, Order{}, Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, k := range corridors.Items {
			list, err := DisputesOf(ctx, k.Row, DisputeFilter{}, Page{Limit: 5})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list.Items {
				if related, err := d.Row.Entities(ctx); len(related) != 2 || err != nil {
					t.Fatal(related, err)
				}
				found++
			}
		}
		if found != n {
			t.Errorf("%d disputes of corridors, want %d", found, n)
		}
		spent("corridors, their disputes and what they relate", 2)
	}
}

// covered is a coverage in one line.
func covered(c *Coverage) string {
	date := func(d *Date) string {
		if d == nil {
			return "-"
		}
		return string(*d)
	}
	var languages, years []string
	for _, l := range c.Languages {
		languages = append(languages, fmt.Sprint(l.Language, " ", l.Sources))
	}
	for _, y := range c.Years {
		years = append(years, fmt.Sprint(date(y.Year), " ", y.Sources))
	}
	return fmt.Sprintf("%s: %s to %s, %d meetings, %d sources of %d houses; %s; %s",
		c.Scope, date(c.Since), date(c.Until), c.Meetings, c.Sources, c.Publishers, strings.Join(languages, ", "), strings.Join(years, ", "))
}

// places writes four countries' worth of meetings: AAA took part in one and hosted
// another, of BBB; a third was on BBB; DDD met nobody.
func places(w *Writer) error {
	return errors.Join(
		ground(w),
		w.AddCountry(NewCountry{Code: "DDD", Alpha2: "DD", Numeric: "004", Name: "Country DDD", OfficialName: "State of DDD"}),
		w.AddCountry(NewCountry{Code: "EEE", Alpha2: "EE", Numeric: "005", Name: "Country EEE", OfficialName: "State of EEE"}),
		w.AddSource(NewSource{Slug: "f", Publisher: "b", Title: "F", PublishedOn: "2003-07", URL: "https://example.org/f", Language: "fa"}),
		w.AddOfficial("x", "X", nil, nil), w.AddOfficial("y", "Y", nil, nil),
		w.AddMeeting(NewMeeting{Slug: "took-part", Kind: "visit", Title: "1", StartsOn: "2001-02", Sources: []string{"a1", "a2"}}),
		w.AddMeeting(NewMeeting{Slug: "hosted", Kind: "visit", Title: "2", StartsOn: "2002", EndsOn: "2003-01-02", HostCountry: "AAA", Sources: []string{"b", "f"}}),
		w.AddMeeting(NewMeeting{Slug: "topic", Kind: "visit", Title: "3", StartsOn: "2005-03-04", Sources: []string{"d", "f"}}),
		w.AddParticipation("took-part", "x", "AAA", "", nil), w.AddParticipation("took-part", "y", "BBB", "", nil),
		w.AddParticipation("hosted", "y", "BBB", "", nil),
		w.AddTopic("topic", KindCountry, "BBB", []NewClaim{asserts("d")}),
	)
}

func TestCoverage(t *testing.T) {
	store := build(t, places)
	whole := "The whole record: 2001-02 to 2005-03-04, 3 meetings, 6 sources of 4 houses; en 5, fa 1; 2001 1, 2002 1, 2003 2, 2004 1, - 1"
	for _, c := range []struct {
		name  string
		codes []string
		want  string
	}{
		{"of the whole", nil, whole},
		{"of no country in particular", []string{}, whole},
		{"of one", []string{"AAA"}, "Meetings of Country AAA: 2001-02 to 2003-01-02, 2 meetings, 4 sources of 2 houses; en 3, fa 1; 2001 1, 2002 1, 2003 2"},
		{"of two, whatever the code", []string{"002", "AA"}, "Meetings of Country AAA or Country BBB: 2001-02 to 2005-03-04, 3 meetings, 5 sources of 3 houses; en 4, fa 1; 2001 1, 2002 1, 2003 2, - 1"},
		{"of two, one of which met nobody", []string{"AAA", "DDD"}, "Meetings of Country AAA or Country DDD: 2001-02 to 2003-01-02, 2 meetings, 4 sources of 2 houses; en 3, fa 1; 2001 1, 2002 1, 2003 2"},
		{"of one twice", []string{"AAA", "AA"}, "Meetings of Country AAA: 2001-02 to 2003-01-02, 2 meetings, 4 sources of 2 houses; en 3, fa 1; 2001 1, 2002 1, 2003 2"},
		{"of nothing", []string{"DDD", "EEE"}, "Meetings of Country DDD or Country EEE: - to -, 0 meetings, 0 sources of 0 houses; ; "},
	} {
		coverage, err := store.Coverage(t.Context(), c.codes)
		if err != nil {
			t.Fatal(err)
		}
		if got := covered(coverage); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.name, got, c.want)
		}
	}
	if _, err := store.Coverage(t.Context(), []string{"XX"}); err == nil || !strings.HasPrefix(err.Error(), `countries: "XX" is no country code here.`) {
		t.Errorf("an unknown code: %v", err)
	}
	empty := build(t, ground)
	if c, err := empty.Coverage(t.Context(), nil); err != nil || covered(c) != "The whole record: - to -, 0 meetings, 5 sources of 4 houses; en 5; 2001 1, 2002 1, 2003 1, 2004 1, - 1" {
		t.Errorf("a record without meetings: %s, %v", covered(c), err)
	}
}

func TestRelation(t *testing.T) {
	store := build(t, places)
	for _, c := range []struct {
		name  string
		codes []string
		want  string // the beginning of the error
	}{
		{"none", nil, `between: [] are not two countries.`},
		{"one", []string{"AAA"}, `between: ["AAA"] are not two countries.`},
		{"three", []string{"AAA", "BBB", "CCC"}, `between: ["AAA" "BBB" "CCC"] are not two countries.`},
		{"the same twice", []string{"AAA", "AAA"}, `between: ["AAA" "AAA"] are not two countries.`},
		{"the same by two codes", []string{"AAA", "001"}, `between: ["AAA" "001"] are not two countries.`},
		{"unknown", []string{"AAA", "XX"}, `between: "XX" is no country code here.`},
	} {
		_, err := store.Relation(t.Context(), c.codes, "")
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Code != Invalid || !strings.HasPrefix(refusal.Message, c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}

	for _, c := range []struct {
		codes, countries []string
		meetings         string
		coverage         string
	}{
		{
			[]string{"BB", "AAA"},
			[]string{"BBB", "AAA"},
			"took-part",
			"Meetings of Country AAA or Country BBB: 2001-02 to 2005-03-04, 3 meetings, 5 sources of 3 houses; en 4, fa 1; 2001 1, 2002 1, 2003 2, - 1",
		},
		{
			[]string{"AAA", "CCC"},
			[]string{"AAA", "CCC"},
			"",
			"Meetings of Country AAA or Country CCC: 2001-02 to 2003-01-02, 2 meetings, 4 sources of 2 houses; en 3, fa 1; 2001 1, 2002 1, 2003 2",
		},
		{
			[]string{"DDD", "EEE"},
			[]string{"DDD", "EEE"},
			"",
			"Meetings of Country DDD or Country EEE: - to -, 0 meetings, 0 sources of 0 houses; ; ",
		},
	} {
		dyad, err := store.Relation(t.Context(), c.codes, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := []string{dyad.Countries[0].Code(), dyad.Countries[1].Code()}; !slices.Equal(got, c.countries) {
			t.Errorf("%v: the countries are %v", c.codes, got)
		}
		list, err := dyad.Meetings(t.Context(), MeetingFilter{}, Order{}, Page{Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, item := range list.Items {
			got = append(got, item.Row.Slug)
		}
		if strings.Join(got, " ") != c.meetings {
			t.Errorf("%v: the meetings are %v, want %q", c.codes, got, c.meetings)
		}
		if count, err := list.Count(t.Context()); count != len(got) || err != nil {
			t.Errorf("%v: the count is %d, %v", c.codes, count, err)
		}
		statements, err := dyad.Statements(t.Context(), StatementFilter{}, Order{}, Page{Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		for where, coverage := range map[string]func() (*Coverage, error){
			"dyad":       func() (*Coverage, error) { return dyad.Coverage(t.Context()) },
			"meetings":   func() (*Coverage, error) { return list.Coverage(t.Context()) },
			"statements": func() (*Coverage, error) { return statements.Coverage(t.Context()) },
		} {
			if looked, err := coverage(); err != nil || covered(looked) != c.coverage {
				t.Errorf("%v: the coverage of the %s is %s, want %s, %v", c.codes, where, covered(looked), c.coverage, err)
			}
		}
	}
}
