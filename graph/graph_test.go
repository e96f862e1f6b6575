package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"readout/db"
	"readout/graph"
	"readout/seeds"
)

const leading = `query Leading { meeting(by: {slug: "2023-06-25-amirabdollahian-bayramov-call"}) {
    title kind startsOn { display disputed }
    participants { edges { role country { name } tenure { title } node { name } } }
    topics { edges { node { __typename ... on Corridor {
      name abbreviation
      members { edges { role since { display } disputed node { name code } claims { role since { display } source { publisher url } } } } } } } } } }`

func contract(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// A stranger who reads only the schema can write the query.
func TestEverySchemaElementIsDescribed(t *testing.T) {
	elements := 0
	check := func(name, description string) {
		elements++
		if strings.TrimSpace(description) == "" {
			t.Errorf("%s has no description", name)
		}
	}
	for _, definition := range contract(t).Types {
		if definition.BuiltIn {
			continue
		}
		check(definition.Name, definition.Description)
		for _, field := range definition.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			check(definition.Name+"."+field.Name, field.Description)
			for _, argument := range field.Arguments {
				check(definition.Name+"."+field.Name+"("+argument.Name+":)", argument.Description)
			}
		}
		for _, value := range definition.EnumValues {
			check(definition.Name+"."+value.Name, value.Description)
		}
	}
	if elements < 500 {
		t.Errorf("only %d elements were looked at", elements)
	}
}

// Every enum word of the dataset has its value in the schema.
func TestEnumsHoldTheWordsOfTheDataset(t *testing.T) {
	var descriptor struct {
		Resources []struct {
			Name   string
			Schema struct {
				Fields []struct {
					Name        string
					Constraints struct{ Enum []string }
				}
			}
		}
	}
	file, err := seeds.Embedded().Open("datapackage.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := json.NewDecoder(file).Decode(&descriptor); err != nil {
		t.Fatal(err)
	}
	enums := map[string]string{
		"stance": "Stance", "property": "PropertyName", "mode": "TransportMode", "status": "LegStatus",
		"issues.kind": "IssueKind", "meetings.kind": "MeetingKind", "issue_parties.role": "PartyRole", "participants.role": "ParticipantRole",
		"corridor_members.role": "MemberRole", "organization_members.role": "MemberRole",
	}
	schema := contract(t)
	words := 0
	for _, resource := range descriptor.Resources {
		for _, field := range resource.Schema.Fields {
			if resource.Name == "aliases" {
				continue // its kinds are types
			}
			enum := enums[field.Name]
			if enum == "" {
				enum = enums[resource.Name+"."+field.Name]
			}
			if field.Constraints.Enum != nil && enum == "" {
				t.Errorf("%s.%s has words that no enum is known for", resource.Name, field.Name)
				continue
			}
			for _, word := range field.Constraints.Enum {
				words++
				if value := strings.ToUpper(strings.ReplaceAll(word, "-", "_")); schema.Types[enum].EnumValues.ForName(value) == nil {
					t.Errorf("%s.%s: %s has no value %s", resource.Name, field.Name, enum, value)
				}
			}
		}
	}
	if words < 60 {
		t.Errorf("only %d words were looked at", words)
	}
}

// A query costs at most one statement for each relation that it names, however long
// its lists are.
func TestStatementsOfAQuery(t *testing.T) {
	for _, c := range []struct {
		name, query string
		want        int64
	}{
		// meeting, startsOn, participants, tenure, topics, members, claims; countries and topics are in memory, officials come with what they take part in
		{"the leading question", leading, 7},
		{"one field twice, and in two orders", `query Q { country(by: {code: "AZE"}) {
			a: meetings(first: 2) { nodes { title } } b: meetings(first: 2) { nodes { title } }
			c: meetings(first: 2, orderBy: {field: DATE, direction: ASC}) { nodes { title } } } }`, 2},
		{"a lookup by name", `query Q { corridor(by: {name: "insc"}) { name } }`, 1},
		{"nodes of all kinds", `query Q { nodes(ids: ["country:AZE", "corridor:instc", "source:tdi-2023-06-26-baku-tehran", "statement:st-2023-06-25-jeyhun-bayramov-1"]) { id ... on Entity { aliases } } }`, 2},
		{"a list with its count", `query Q { meetings(first: 100) { totalCount nodes { title } } }`, 2},
		{"a list without its count", `query Q { meetings(first: 100) { nodes { title } } }`, 1},
		{"a hundred meetings in depth", `query Q { meetings(first: 100) { nodes { hostCountry { name } countries { name }
			participants(first: 50) { totalCount edges { node { name tenures { nodes { title since { disputed claims { source { title } } } } } } claims { note } sources { house { voice { name } } } } }
			topics { nodes { ... on Issue { parties { nodes { name } } } ... on Entity { sources { nodes { url } } } } }
			statements { nodes { official { name } topic { ... on Corridor { name } } source { title } } } } } }`, 15},
		{"paths with facts, sources and coverage", `query Q { paths(from: "country:IRN", to: "country:IND", first: 10) { reached coverage { meetings } paths { steps {
			from { name } to { name } fact sources { title house { name } } } } } }`, 6},
		{"all corridors in depth", `query Q { corridors(first: 100) { nodes { agreedOn { disputed } geometry properties { value claims { value } }
			branches { stops { country { name } leg { claims { status } } claims { note } } }
			members(first: 100) { nodes { memberships(first: 100) { edges { node { ... on Organization { name } ... on Corridor { name } } } } } } } } }`, 10},
		// what matches, the nodes, their texts
		{"a search", `query Q { search(query: "corridor", first: 100) { totalCount kinds { kind count } edges { matched reason score snippet excerpts { text } node { id } } } }`, 3},
		{"a search for a name", `query Q { search(query: "corridor", kinds: [CORRIDOR], first: 1) { nodes { id } } }`, 2},
		{"how much a search finds", `query Q { search(query: "corridor", first: 0) { totalCount kinds { count } } }`, 1},
		{"a search in depth", `query Q { search(query: "corridor", kinds: [MEETING, STATEMENT], first: 100) { nodes {
			... on Meeting { participants { nodes { name } } } ... on Statement { official { name } source { title } } } } }`, 6},
		// the page; eight facets, of which officials and publishers fetch who these are; two timelines
		{"a list with facets and timelines", `query Q { meetings(first: 5) { nodes { title } facets { kinds { count } years { count } countries { country { name } } officials { official { name } }
			topics { topic { ... on Entity { name } } } organizations { organization { name } } corridors { corridor { name } } publishers { publisher { name } } }
			timeline { bins { count } } months: timeline(by: MONTH) { bins { count } } } }`, 1 + 8 + 3 + 2},
		// the countries; their pages, counts, kinds, officials and who these are, timelines
		{"facets below a few countries", facetsBelow(10), 7},
		{"facets below a hundred countries", facetsBelow(100), 7},
		{"a dyad with everything", `query Q { relation(between: ["AZE", "IRN"]) { countries { name }
			meetings { totalCount nodes { title } facets { kinds { count } } timeline { bins { count } } }
			statements { totalCount nodes { official { name } } facets { languages { count } } timeline { bins { count } } }
			pairs { meetings officials { name } } gaps { days after { title } before { title } }
			issues { issue { title } parties { country { name } role claims { source { title } } } }
			corridors { corridor { name } memberships { country { name } role } } organizations { organization { name } memberships { country { name } role } }
			coverage { meetings } } }`, 22},
	} {
		ctx, statements := db.CountStatements(t.Context())
		request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(mustJSON(map[string]any{"query": c.query})))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		graph.Handler(dataset(t), generous()).ServeHTTP(answer, request)
		if strings.Contains(answer.Body.String(), `"errors"`) {
			t.Errorf("%s: %s", c.name, answer.Body)
		}
		if got := statements.Load(); got != c.want {
			t.Errorf("%s: %d statements, want %d", c.name, got, c.want)
		}
	}
}

// facetsBelow asks for facets of a list below each of so many countries.
func facetsBelow(n int) string {
	return fmt.Sprintf(`query Q { countries(first: %d, orderBy: {field: MEETINGS, direction: DESC}) { nodes { meetings(first: 1) {
		totalCount nodes { id } facets { kinds { count } officials { official { name } } } timeline { bins { count } } } } } }`, n)
}

func mustJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Whatever its spelling, a name finds its entity.
func TestNamesFindTheirEntity(t *testing.T) {
	for query, want := range map[string]string{
		`corridor(by: {name: "insc"})`:                                    "corridor:instc",
		`corridor(by: {name: "INSTC"})`:                                   "corridor:instc",
		`corridor(by: {name: "International North South Corridor"})`:      "corridor:instc",
		`corridor(by: {slug: "instc"})`:                                   "corridor:instc",
		`corridor(by: {id: "corridor:instc"})`:                            "corridor:instc",
		`official(by: {name: "Amir-Abdollahian"})`:                        "official:hossein-amirabdollahian",
		`official(by: {name: "hüseyn əmir-abdullahian"})`:                 "",
		`official(by: {name: "Mevlut Cavusoglu"})`:                        "official:mevlut-cavusoglu",
		`official(by: {name: "ÇAVUŞOĞLU"})`:                               "official:mevlut-cavusoglu",
		`country(by: {code: "az"})`:                                       "country:AZE",
		`country(by: {code: "031"})`:                                      "country:AZE",
		`country(by: {name: "azerbaijan"})`:                               "country:AZE",
		`country(by: {name: "Republic of Azerbaijan"})`:                   "country:AZE",
		`country(by: {code: "ZZZ"})`:                                      "",
		`organization(by: {name: "eco"})`:                                 "organization:eco",
		`issue(by: {slug: "instc-development"})`:                          "issue:instc-development",
		`meeting(by: {slug: "2023-06-25-amirabdollahian-bayramov-call"})`: "meeting:2023-06-25-amirabdollahian-bayramov-call",
		`node(id: "country:aze")`:                                         "",
		`source(slug: "nothing")`:                                         "",
	} {
		var answer struct {
			Data map[string]*struct{ ID string }
		}
		if err := json.Unmarshal(ask(t, dataset(t), "query Q { found: "+query+" { id } }", nil), &answer); err != nil {
			t.Fatal(err)
		}
		got := ""
		if answer.Data["found"] != nil {
			got = answer.Data["found"].ID
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

// Bad input is refused with a code, the field, the value and the remedy.
func TestBadInput(t *testing.T) {
	cursor := func(query string) string {
		var answer struct {
			Data map[string]struct{ PageInfo struct{ EndCursor string } }
		}
		if err := json.Unmarshal(ask(t, dataset(t), query, nil), &answer); err != nil {
			t.Fatal(err)
		}
		return answer.Data["list"].PageInfo.EndCursor
	}
	many := func(word string, n int) string { return strings.Repeat(fmt.Sprintf("%q, ", word), n) }
	ofCorridors := cursor(`query Q { list: corridors(first: 1) { pageInfo { endCursor } } }`)
	ofVisits := cursor(`query Q { list: meetings(first: 1, filter: {kinds: [VISIT]}) { pageInfo { endCursor } } }`)
	ofSearch := cursor(`query Q { list: search(query: "aliyev", first: 1) { pageInfo { endCursor } } }`)
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		code, says  string
	}{
		{"two ways in a variable", `query Q($by: EntityBy!) { corridor(by: $by) { name } }`, map[string]any{"by": map[string]any{"slug": "instc", "name": "INSTC"}}, "BAD_USER_INPUT", "by: 2 of its fields are given. Give exactly one of id, slug, name."},
		{"no way", `query Q($by: CountryBy!) { country(by: $by) { name } }`, map[string]any{"by": map[string]any{}}, "BAD_USER_INPUT", "by: 0 of its fields are given. Give exactly one of id, code, name."},
		{"both logics in a variable", `query Q($d: DateFilter) { meetings(filter: {during: $d}) { totalCount } }`, map[string]any{"d": map[string]any{"overlaps": map[string]any{}, "within": map[string]any{}}}, "BAD_USER_INPUT", "during: give exactly one of overlaps and within."},
		{"a page too large", `query Q { meetings(first: 101) { totalCount } }`, nil, "BAD_USER_INPUT", "first: 101 is out of bounds. Ask for 0 to 100 and follow pageInfo for more."},
		{"a page below nothing", `query Q { meetings(last: -1) { totalCount } }`, nil, "BAD_USER_INPUT", "last: -1 is out of bounds."},
		{"both ends", `query Q { meetings(first: 1, last: 1) { totalCount } }`, nil, "BAD_USER_INPUT", "first and last: give one of them"},
		{"no cursor", `query Q { meetings(after: "bm90aGluZw") { totalCount } }`, nil, "BAD_USER_INPUT", "after: this is no cursor."},
		{"another list's cursor", `query Q { meetings(after: "` + ofCorridors + `") { totalCount } }`, nil, "CURSOR_MISMATCH", "after: this cursor belongs to another list, filter or order."},
		{"another filter's cursor", `query Q { meetings(before: "` + ofVisits + `") { totalCount } }`, nil, "CURSOR_MISMATCH", "before: this cursor belongs to another list"},
		{"no id", `query Q { node(id: "instc") { id } }`, nil, "BAD_USER_INPUT", `id "instc": an id is a kind, a colon and a slug`},
		{"no kind", `query Q { node(id: "planet:mars") { id } }`, nil, "BAD_USER_INPUT", `there is no kind "planet"`},
		{"another kind", `query Q { corridor(by: {id: "country:AZE"}) { id } }`, nil, "BAD_USER_INPUT", `by.id: "country:AZE" is of kind "country". Ask for a corridor, or use node(id:).`},
		{"too many ids", `query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }`, map[string]any{"ids": make([]int, 101)}, "BAD_USER_INPUT", "ids: 101 are too many."},
		{"an impossible date", `query Q { meetings(filter: {during: {within: {since: "2023-02-30"}}}) { totalCount } }`, nil, "BAD_USER_INPUT", `"2023-02-30" is not a date of the calendar`},
		{"an unknown country", `query Q { issues(filter: {countries: ["Persia"]}) { totalCount } }`, nil, "BAD_USER_INPUT", `countries: "Persia" is no country code here.`},
		{"a long search", `query Q($q: String!) { search(query: $q) { totalCount } }`, map[string]any{"q": strings.Repeat("a", 257)}, "BAD_USER_INPUT", "query: 257 characters are too many. Give at most 256."},
		{"another search's cursor", `query Q { search(query: "bayramov", after: "` + ofSearch + `") { totalCount } }`, nil, "CURSOR_MISMATCH", "after: this cursor belongs to another list"},
		{"null in a filter", `query Q { meetings(filter: {kinds: null}) { totalCount } }`, nil, "BAD_USER_INPUT", "filter.kinds: null means nothing here. Leave it out"},
		{"null deep in a filter", `query Q { country(by: {code: "AZE"}) { meetings(filter: {or: [{not: {during: {within: {since: null}}}}]}) { totalCount } } }`, nil, "BAD_USER_INPUT", "filter.or[0].not.during.within.since: null means nothing here."},
		{"null deep in a variable", `query Q($f: MeetingFilter) { meetings(filter: $f) { totalCount } }`, map[string]any{"f": object{"and": []any{object{"participants": object{"roles": nil}}}}}, "BAD_USER_INPUT", "filter.and[0].participants.roles: null means nothing here."},
		{"a null variable in a filter", `query Q($k: [MeetingKind!]) { meetings(filter: {kinds: $k}) { totalCount } }`, map[string]any{"k": nil}, "BAD_USER_INPUT", "filter.kinds: $k: null means nothing here."},
		{"too many countries each of a meeting", `query Q { meetings(filter: {countries: [` + many("AZE", 33) + `]}) { totalCount } }`, nil, "BAD_USER_INPUT", "countries: 33 are too many. Give at most 32."},
		{"too many countries each of a corridor", `query Q { corridors(filter: {countries: [` + many("AZE", 33) + `]}) { totalCount } }`, nil, "BAD_USER_INPUT", "countries: 33 are too many."},
		{"too many countries each of an issue", `query Q { countries(filter: {not: {meetings: {}}}) { totalCount } issues(filter: {not: {countries: [` + many("AZE", 33) + `]}}) { totalCount } }`, nil, "BAD_USER_INPUT", "countries: 33 are too many."},
		{"too many officials each of a meeting", `query Q { meetings(filter: {officials: [` + many("official:x", 33) + `]}) { totalCount } }`, nil, "BAD_USER_INPUT", "officials: 33 are too many. Give at most 32."},
		{"a filter too deep", `query Q { meetings(filter: ` + strings.Repeat("{not: ", 65) + "{}" + strings.Repeat("}", 65) + `) { totalCount } }`, nil, "BAD_USER_INPUT", "filter: and, or, not and filters in filters are more than 64."},
		{"a filter too wide", `query Q { meetings(filter: {or: [` + strings.Repeat("{}, ", 65) + `]}) { totalCount } }`, nil, "BAD_USER_INPUT", "filter: and, or, not and filters in filters are more than 64."},
		{"meetings by relevance to nothing", `query Q { meetings(orderBy: {field: RELEVANCE}) { totalCount } }`, nil, "BAD_USER_INPUT", "orderBy: RELEVANCE is to a text. Give filter.text too, or another order."},
		{"statements by relevance to nothing", `query Q { statements(orderBy: {field: RELEVANCE}) { totalCount } }`, nil, "BAD_USER_INPUT", "orderBy: RELEVANCE is to a text."},
		{"countries by relevance to nothing", `query Q { countries(orderBy: {field: RELEVANCE, direction: DESC}) { totalCount } }`, nil, "BAD_USER_INPUT", "orderBy: RELEVANCE is to a text."},
		{"a title without words", `query Q { sources(filter: {title: " - "}) { totalCount } }`, nil, "BAD_USER_INPUT", `title: " - " has 0 words. Give 1 to 32.`},
		{"a title with too many words", `query Q { officials(filter: {tenures: {title: "` + strings.Repeat("a ", 33) + `"}}) { totalCount } }`, nil, "BAD_USER_INPUT", "has 33 words. Give 1 to 32."},
		{"a dispute without words", `query Q { disputes(filter: {text: "…"}) { totalCount } }`, nil, "BAD_USER_INPUT", `text: "…" has 0 words.`},
		{"a place without words", `query Q { country(by: {code: "AZE"}) { stops(filter: {place: ""}) { totalCount } } }`, nil, "BAD_USER_INPUT", `place: "" has 0 words.`},
		{"fewer than no sources of an entity", `query Q { meetings(filter: {minSources: -1}) { totalCount } }`, nil, "BAD_USER_INPUT", "minSources: -1 is no number of sources. Give 0 or more."},
		{"fewer than no sources of a fact", `query Q { meetings(filter: {participants: {minSources: -1}}) { totalCount } }`, nil, "BAD_USER_INPUT", "minSources: -1 is no number of sources."},
		{"fewer than no sources of a dispute", `query Q { disputes(filter: {minSources: -1}) { totalCount } }`, nil, "BAD_USER_INPUT", "minSources: -1 is no number of sources."},
		{"a range the wrong way round", `query Q { countries(filter: {meetings: {during: {overlaps: {since: "2024", until: "2023-12"}}}}) { totalCount } }`, nil, "BAD_USER_INPUT", `during: since "2024" is after until "2023-12". Swap them.`},
		{"an id of another kind", `query Q { countries(filter: {ids: ["corridor:instc"]}) { totalCount } }`, nil, "BAD_USER_INPUT", `ids: "corridor:instc" is of kind "corridor". Give ids of these kinds: country.`},
		{"a source of another kind", `query Q { sources(filter: {ids: ["corridor:instc"]}) { totalCount } }`, nil, "BAD_USER_INPUT", `ids: "corridor:instc" is of kind "corridor".`},
		{"a topic of another kind", `query Q { statements(filter: {topics: ["official:x"]}) { totalCount } }`, nil, "BAD_USER_INPUT", `topics: "official:x" is of kind "official".`},
		{"a body of another kind", `query Q { countries(filter: {memberOf: ["country:AZE"]}) { totalCount } }`, nil, "BAD_USER_INPUT", `memberOf: "country:AZE" is of kind "country". Give ids of these kinds: corridor, organization.`},
		{"a slug for an id", `query Q { issues(filter: {corridors: ["instc"]}) { totalCount } }`, nil, "BAD_USER_INPUT", `corridors: id "instc": an id is a kind, a colon and a slug`},
		{"fewer than no facets", `query Q { meetings { facets { countries(first: -1) { count } } } }`, nil, "BAD_USER_INPUT", "first: -1 is out of bounds. Ask for 0 to 500."},
		{"too many facets", `query Q { countries { nodes { sources { facets { publishers(first: 501) { count } } } } } }`, nil, "BAD_USER_INPUT", "first: 501 is out of bounds. Ask for 0 to 500."},
		{"too many pairs", `query Q { relation(between: ["AZE", "IRN"]) { pairs(first: 101) { meetings } } }`, nil, "BAD_USER_INPUT", "first: 101 is out of bounds. Ask for 0 to 100."},
		{"fewer than no gaps", `query Q { relation(between: ["AZE", "IRN"]) { gaps(first: -1) { days } } }`, nil, "BAD_USER_INPUT", "first: -1 is out of bounds. Ask for 0 to 100."},
		{"a dyad of one", `query Q { relation(between: ["AZE", "az"]) { countries { id } } }`, nil, "BAD_USER_INPUT", `between: ["AZE" "az"] are not two countries.`},
		{"a dyad of three", `query Q { relation(between: ["AZE", "IRN", "ARM"]) { countries { id } } }`, nil, "BAD_USER_INPUT", `between: ["AZE" "IRN" "ARM"] are not two countries.`},
		{"a dyad with nobody", `query Q { relation(between: ["AZE", "ZZZ"]) { countries { id } } }`, nil, "BAD_USER_INPUT", `between: "ZZZ" is no country code here.`},
		{"two of a name", `query Q { official(by: {name: "Berdimuhamedov"}) { name } }`, nil, "AMBIGUOUS", "2 entities answer to it: official:gurbanguly-berdimuhamedov, official:serdar-berdimuhamedov"},
		{"a path from nowhere", `query Q { paths(from: "country:XXX", to: "country:IND") { lookedTo } }`, nil, "BAD_USER_INPUT", `from: nothing has the id "country:XXX".`},
		{"a path too long", `query Q { at(date: "2004") { paths(from: "country:IRN", to: "country:IND", maxLength: 9) { lookedTo } } }`, nil, "BAD_USER_INPUT", "maxLength: 9 is out of bounds. Ask for 1 to 8 steps."},
		{"a neighbourhood of a source", `query Q { neighbourhood(of: "source:tdi-2023-06-26-baku-tehran") { total } }`, nil, "BAD_USER_INPUT", `of: "source:tdi-2023-06-26-baku-tehran" is of kind "source".`},
		{"no day to look at", `query Q { neighbourhood(of: "country:IRN", asOf: "2023-02-30") { total } }`, nil, "BAD_USER_INPUT", `"2023-02-30" is not a date of the calendar`},
		{"an unknown field", `query Q { meetings { nodes { tittle } } }`, nil, "GRAPHQL_VALIDATION_FAILED", `Did you mean "title"?`},
	} {
		var answer struct {
			Errors []struct {
				Message    string
				Extensions struct{ Code string }
			}
		}
		body := ask(t, dataset(t), c.query, c.variables)
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Errors) == 0 {
			t.Errorf("%s: %s, %v", c.name, body, err)
			continue
		}
		if got := answer.Errors[0]; got.Extensions.Code != c.code || !strings.Contains(got.Message, c.says) {
			t.Errorf("%s: got %s %q, want %s %q", c.name, got.Extensions.Code, got.Message, c.code, c.says)
		}
	}
}

// What goes wrong inside is logged and said to nobody.
func TestInternalErrorsAreMasked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := seeds.Load(t.Context(), seeds.Embedded(), path); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)

	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code, ID string }
		}
	}
	if err := json.Unmarshal(ask(t, store, leading, nil), &answer); err != nil {
		t.Fatal(err)
	}
	got := answer.Errors[0]
	if got.Message != "internal error "+got.Extensions.ID || got.Extensions.Code != "INTERNAL_SERVER_ERROR" {
		t.Errorf("the client reads %+v", got)
	}
	if !strings.Contains(log.String(), got.Extensions.ID) || !strings.Contains(log.String(), "database is closed") {
		t.Errorf("the log says %s", log.String())
	}
}

func TestGetAnswersLikePost(t *testing.T) {
	answer := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(leading), nil)
	graph.Handler(dataset(t), generous()).ServeHTTP(answer, request)
	if post := ask(t, dataset(t), leading, nil); answer.Code != http.StatusOK || !bytes.Equal(bytes.TrimSpace(answer.Body.Bytes()), bytes.TrimSpace(post)) {
		t.Errorf("status %d: %s", answer.Code, answer.Body)
	}
}
