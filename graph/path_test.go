package graph_test

import (
	"fmt"
	"slices"
	"testing"
)

const step = ` steps { from { id } to { id } relation fact disputed facts sources { slug } }`

// chain is a path of an answer: the entities that it passes. It fails when a step does
// not begin where the one before ends, or has no source.
func chain(t *testing.T, path any) (ids []string) {
	t.Helper()
	for i, s := range dig(path, "steps").([]any) {
		from, to := dig(s, "from", "id").(string), dig(s, "to", "id").(string)
		if i == 0 {
			ids = append(ids, from)
		}
		if from != ids[i] {
			t.Errorf("a step from %s follows one to %s", from, ids[i])
		}
		if len(dig(s, "sources").([]any)) == 0 {
			t.Errorf("%v has no source", dig(s, "fact"))
		}
		ids = append(ids, to)
	}
	if float64(len(ids)-1) != dig(path, "length") {
		t.Errorf("%v has length %v", ids, dig(path, "length"))
	}
	return ids
}

// From the call of June 2023 one comes to India through the corridor that it was about.
func TestPathFromTheCallToIndia(t *testing.T) {
	t.Parallel()
	const call = "meeting:2023-06-25-amirabdollahian-bayramov-call"
	for _, c := range []struct {
		arguments string
		first     bool // among the first three; else: the best
		want      []string
		day       string
	}{
		{"", true, []string{call, "corridor:instc", "country:IND"}, ""},
		{`, via: [CORRIDOR], first: 1`, false, []string{call, "corridor:instc", "country:IND"}, ""},
		{`, via: [CORRIDOR], first: 1, asOf: "2004"`, false, []string{call, "corridor:instc", "country:IND"}, ""},
		{`, via: [CORRIDOR], first: 1`, false, []string{call + "@2004-12-31", "corridor:instc@2004-12-31", "country:IND@2004-12-31"}, "2004-12-31"},
	} {
		query, at := `paths(from: "`+call+`", to: "country:IND"`+c.arguments+`) { paths { length`+step+` } }`, []any{"paths"}
		if c.day != "" {
			query, at = `at(date: "`+c.day+`") { `+query+` }`, []any{"at", "paths"}
		}
		found := dig(data(t, `query Q { `+query+` }`), append(at, "paths")...).([]any)
		var chains [][]string
		for _, path := range found {
			chains = append(chains, chain(t, path))
		}
		if !slices.ContainsFunc(chains, func(ids []string) bool { return slices.Equal(ids, c.want) }) || !c.first && len(chains) != 1 {
			t.Errorf("%s%s: got %v, want %v", c.day, c.arguments, chains, c.want)
		}
	}
	// What is on the route is so once the corridor is agreed on; of one whose day is not known, always.
	for _, c := range []struct{ country, corridor, asOf, want string }{
		{"IND", "instc", "2000-09-12", "[MEMBERSHIP]"},
		{"IND", "instc", "1999", "[]"},
		{"KAZ", "instc", "2000", "[STOP]"},
		{"KAZ", "instc", "2000-09-12", "[STOP]"},
		{"KAZ", "instc", "2000-09-11", "[]"},
		{"GEO", "baku-tbilisi-kars", "1990", "[STOP]"},
	} {
		var got []any
		for _, path := range dig(data(t, fmt.Sprintf(`query Q { paths(from: "country:%s", to: "corridor:%s", via: [], asOf: %q) { paths {`+step+` } } }`, c.country, c.corridor, c.asOf)), "paths", "paths").([]any) {
			got = append(got, dig(path, "steps", 0, "relation"))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s on %s in %s: got %v, want %s", c.country, c.corridor, c.asOf, got, c.want)
		}
	}
	words := dig(data(t, `query Q { paths(from: "`+call+`", to: "country:IND", via: [CORRIDOR]) { paths {`+step+` } } }`), "paths", "paths", 0, "steps").([]any)
	for i, want := range []string{
		"“Amir-Abdollahian and Bayramov discuss the state of relations”, 25 June 2023, was about the International North-South Transport Corridor",
		"India is a founder of the International North-South Transport Corridor, from 12 September 2000",
	} {
		if got := dig(words[i], "fact"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A hub links those whom nothing else does, and then no further hub is passed.
func TestPathsPassNoHubTooMany(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ arguments, want string }{
		{`from: "country:VUT", to: "country:TUV", maxLength: 6, first: 10`, "[[country:VUT organization:un country:TUV]]"},
		{`from: "country:ARM", to: "country:GEO", asOf: "1996", via: [ORGANIZATION, CORRIDOR]`, "[[country:ARM organization:cis country:GEO]]"},
	} {
		var got [][]string
		for _, path := range dig(data(t, `query Q { paths(`+c.arguments+`) { paths { length`+step+` } } }`), "paths", "paths").([]any) {
			got = append(got, chain(t, path))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: got %v, want %s", c.arguments, got, c.want)
		}
	}
}

// Who denies a fact is among those who speak of it, not among its sources.
func TestWhoDeniesALinkIsNoSourceOfIt(t *testing.T) {
	t.Parallel()
	link := dig(data(t, `query Q { paths(from: "official:ilham-aliyev", to: "meeting:2021-11-28-gas-swap-signing", via: []) { paths { steps {
		disputed sources { slug } claims { stance source { slug } } } } } }`), "paths", "paths", 0, "steps", 0)
	stances := map[string]string{}
	for _, c := range dig(link, "claims").([]any) {
		stances[dig(c, "source", "slug").(string)] = dig(c, "stance").(string)
	}
	asserting := 0
	for _, s := range dig(link, "sources").([]any) {
		asserting++
		if slug := dig(s, "slug").(string); stances[slug] != "ASSERTS" {
			t.Errorf("%s is a source, and %s", slug, stances[slug])
		}
	}
	if dig(link, "disputed") != true || asserting == 0 || len(stances) <= asserting {
		t.Errorf("got %v", link)
	}
}

// What a journalist would look for around those comes early.
func TestNeighbourhoodsBeginWithWhatMatters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of    string
		first int
		want  []string
	}{
		{"country:AZE", 20, []string{"official:ilham-aliyev", "official:jeyhun-bayramov", "corridor:instc", "corridor:zangezur-corridor", "issue:state-commission"}},
		{"country:IRN", 20, []string{"official:hossein-amirabdollahian", "official:abbas-araghchi", "official:ebrahim-raisi", "official:masoud-pezeshkian", "corridor:instc"}},
		{"corridor:instc", 10, []string{"country:IRN", "country:AZE", "country:RUS", "country:IND", "issue:instc-development"}},
		{"official:jeyhun-bayramov", 10, []string{"country:AZE", "corridor:instc", "issue:bilateral-relations-state"}},
	} {
		var got []string
		for _, n := range dig(data(t, fmt.Sprintf(`query Q { neighbourhood(of: %q, limit: %d) { nodes { entity { id } } } }`, c.of, c.first)), "neighbourhood", "nodes").([]any) {
			got = append(got, dig(n, "entity", "id").(string))
		}
		for _, id := range c.want {
			if !slices.Contains(got, id) {
				t.Errorf("%s is not among the first around %s: %v", id, c.of, got)
			}
		}
	}
}

// Where no path is found, it is told how far was looked.
func TestNoPathTellsHowFarItLooked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ arguments, want string }{
		{`via: [ORGANIZATION], asOf: "1944"`, "[] 6 true"},
		{`via: [], maxLength: 2`, "[] 2 true"},
		{`maxLength: 1`, "[] 1 true"},
	} {
		answer := dig(data(t, `query Q { paths(from: "meeting:2023-06-25-amirabdollahian-bayramov-call", to: "country:IND", `+c.arguments+`) {
			from { name } to { name } paths { length } lookedTo reached complete coverage { scope meetings } } }`), "paths")
		got := fmt.Sprint(dig(answer, "paths"), " ", dig(answer, "lookedTo"), " ", dig(answer, "complete"))
		if got != c.want || dig(answer, "reached").(float64) < 5 || dig(answer, "coverage", "meetings").(float64) < 100 {
			t.Errorf("%s: got %v, want %s", c.arguments, answer, c.want)
		}
	}
}

// Every link that the record shows around its crossroads has a source.
func TestNeighbourhoodsHaveSources(t *testing.T) {
	t.Parallel()
	relations := map[any]int{}
	for _, id := range []string{"corridor:instc", "country:AZE", "official:jeyhun-bayramov", "organization:un", "issue:instc-development"} {
		answer := dig(data(t, `query Q { neighbourhood(of: "`+id+`", depth: 2, limit: 300) { of { id } total nodes { distance entity { id } } links { relation fact sources { slug } } } }`), "neighbourhood")
		if dig(answer, "of", "id") != id || len(dig(answer, "nodes").([]any)) != min(300, int(dig(answer, "total").(float64))) {
			t.Errorf("%s: of %v, %d nodes of %v", id, dig(answer, "of", "id"), len(dig(answer, "nodes").([]any)), dig(answer, "total"))
		}
		for _, link := range dig(answer, "links").([]any) {
			relations[dig(link, "relation")]++
			if len(dig(link, "sources").([]any)) == 0 || dig(link, "fact") == "" {
				t.Errorf("%s: %v has no words or no source", id, link)
			}
		}
	}
	if len(relations) != 9 {
		t.Errorf("not every relation was seen: %v", relations)
	}
}
