package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"readout/db"
	"readout/graph"
)

// data asks a query that has no errors.
func data(t *testing.T, query string) object {
	t.Helper()
	var into object
	answer(t, dataset(t), query, nil, &into)
	return into
}

// dig follows keys, and positions in lists, to a value; nil when there is none.
func dig(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := value.(object)
			value = fields[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// every returns the values of a key, wherever it stands.
func every(value any, key string) (list []any) {
	switch value := value.(type) {
	case object:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if name == key {
				list = append(list, value[name])
			}
			list = append(list, every(value[name], key)...)
		}
	case []any:
		for _, item := range value {
			list = append(list, every(item, key)...)
		}
	}
	return list
}

// ways lead from the root to much else: through lists, unions, connections and nodes.
var ways = map[string]string{
	"a lookup":        `corridor(by: {slug: "instc"}) { id members { edges { holds node { id } } nodes { id } } }`,
	"by name":         `corridor(by: {name: "INSC"}) { id members { edges { holds } } }`,
	"by code":         `country(by: {code: "AZ"}) { id memberships { edges { holds node { ... on Corridor { id } ... on Organization { id } } } } }`,
	"a list of nodes": `corridors { nodes { id members(first: 3) { edges { holds node { id tenures(first: 2) { nodes { holds official { id } country { id } } } } } } } }`,
	"edges":           `organizations { edges { node { id members(first: 3) { edges { holds node { id } } } } } }`,
	"countries":       `countries(first: 100) { nodes { id tenures(first: 2) { nodes { holds official { id tenures { nodes { holds country { id } } } } } } } }`,
	"officials":       `officials(first: 100) { nodes { id tenures { edges { node { holds country { id } } } } meetings(first: 2) { nodes { id } } } }`,
	"a union": `meeting(by: {slug: "2023-06-25-amirabdollahian-bayramov-call"}) { id participants { edges { node { id tenures { nodes { holds } } } country { id } } }
		topics { edges { node { ... on Issue { id } ... on Corridor { id members { edges { holds node { id } } } } ... on Organization { id } ... on Country { id } } } } }`,
	"meetings":   `meetings(first: 30) { nodes { id hostCountry { id } countries { id memberships(first: 2) { edges { holds node { ... on Node { id } } } } } statements { nodes { id source { id } } } } }`,
	"issues":     `issues { nodes { id parties { nodes { id memberships(first: 2) { edges { holds } } } } corridors { nodes { id members(first: 2) { edges { holds } } } } } }`,
	"statements": `statements { nodes { id source { id } official { id tenures { nodes { holds } } } topic { ... on Node { id } ... on Corridor { members { edges { holds } } } } meeting { id } } }`,
	"sources":    `sources { nodes { id house { country { id memberships(first: 2) { edges { holds } } } } } }`,
	"disputes":   `disputes { nodes { entities { id ... on Corridor { members { edges { holds } } } ... on Country { tenures(first: 2) { nodes { holds } } } } claims { source { id } } } }`,
	"a dispute":  `corridor(by: {slug: "instc"}) { disputes { nodes { entities { id ... on Country { memberships(first: 2) { edges { holds } } } } } } }`,
	"a dyad":     `relation(between: ["AZE", "IRN"]) { countries { id tenures(first: 2) { nodes { holds } } } meetings(first: 5) { nodes { id participants { nodes { id tenures { nodes { holds } } } } } } }`,
	"a search":   `search(query: "corridor") { nodes { id ... on Corridor { members(first: 2) { edges { holds node { id } } } } } edges { node { id } } }`,
	"a node":     `node(id: "corridor:instc") { id ... on Corridor { members { edges { holds node { id } } } } }`,
	"nodes": `nodes(ids: ["corridor:instc", "country:AZE", "official:jeyhun-bayramov", "source:tdi-2023-06-26-baku-tehran"]) {
		id ... on Corridor { members { edges { holds } } } ... on Country { tenures { nodes { holds } } } ... on Official { tenures { nodes { holds } } } }`,
	"branches": `corridor(by: {slug: "instc"}) { branches { stops { country { id memberships(first: 2) { edges { holds } } } } } members(filter: {countries: ["IRN"]}) { nodes { stops(first: 3) { nodes { corridor { id members(first: 2) { edges { holds } } } } } } } }`,
}

// However far below `at`, states are told for its day and ids carry it; without it,
// neither.
func TestAtReachesEverything(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		for _, day := range []string{"2021-12-31", "2021-12", "2021"} {
			below := data(t, `query Q { at(date: "`+day+`") { `+way+` } }`)["at"]
			ids, holdings := every(below, "id"), every(below, "holds")
			if len(ids) == 0 && len(holdings) == 0 {
				t.Errorf("%s: nothing is there: %v", name, below)
			}
			for _, id := range ids {
				if !strings.HasSuffix(id.(string), "@"+day) {
					t.Errorf("%s at %s: the id %s", name, day, id)
				}
			}
			for _, held := range holdings {
				if held != "CERTAINLY" && held != "POSSIBLY" {
					t.Errorf("%s at %s: it holds %v", name, day, held)
				}
			}
			if strings.Contains(way, "holds") && len(holdings) == 0 {
				t.Errorf("%s at %s: no state is there", name, day)
			}
		}
		plain := data(t, "query Q { "+way+" }")
		for _, id := range every(plain, "id") {
			if strings.Contains(id.(string), "@") {
				t.Errorf("%s: the id %s", name, id)
			}
		}
		for _, held := range every(plain, "holds") {
			if held != nil {
				t.Errorf("%s: it holds %v on no day", name, held)
			}
		}
	}
}

const instc = ` corridor(by: {slug: "instc"}) { id members { totalCount edges { role holds disputed since { value } node { id code } } } }`

func TestDaysOfOneDocumentStayApart(t *testing.T) {
	t.Parallel()
	got := data(t, `query Q { early: at(date: "2003-01-01") {`+instc+` } late: at(date: "2023-12-01") { date { display } `+instc+` } }`)
	early, late := dig(got, "early", "corridor"), dig(got, "late", "corridor")
	if reflect.DeepEqual(early, late) {
		t.Error("two days give one answer")
	}
	if display := dig(got, "late", "date", "display"); display != "1 December 2023" {
		t.Errorf("the day is %v", display)
	}
	// A fragment between them changes nothing.
	spread := data(t, `query Q { at(date: "2023-12-01") { ...In } } fragment In on Snapshot { ... on Snapshot { ...It } } fragment It on Snapshot {`+instc+` }`)
	if inner := dig(spread, "at", "corridor"); !reflect.DeepEqual(inner, late) {
		t.Errorf("through fragments: got %v, want %v", inner, late)
	}
	// A day in a variable is a day.
	var into object
	answer(t, dataset(t), `query Q($day: EDTF!) { at(date: $day) {`+instc+` } }`, map[string]any{"day": "2023-12-01"}, &into)
	if inner := dig(into, "at", "corridor"); !reflect.DeepEqual(inner, late) {
		t.Errorf("by a variable: got %v, want %v", inner, late)
	}
}

func TestAsOfWinsOverAt(t *testing.T) {
	t.Parallel()
	for name, field := range map[string]string{
		"members":              `corridor(by: {slug: "instc"}) { list: members(%s) { edges { role holds node { code } } } }`,
		"of an organization":   `organization(by: {slug: "sco"}) { list: members(%s) { edges { role holds node { code } } } }`,
		"memberships":          `country(by: {code: "AZE"}) { list: memberships(%s) { edges { role holds node { ... on Entity { slug } } } } }`,
		"tenures of a country": `country(by: {code: "AZE"}) { list: tenures(%s) { nodes { title holds official { slug } } } }`,
		"of an official":       `official(by: {slug: "jeyhun-bayramov"}) { list: tenures(%s) { nodes { title holds } } }`,
	} {
		ask := func(argument string) string { return strings.ReplaceAll(fmt.Sprintf(field, argument), "()", "") }
		got := data(t, `query Q { at(date: "2003-01-01") { `+ask(`asOf: "2019-06-01"`)+` } root: at(date: "2019-06-01") { `+ask("")+` } }`)
		plain := data(t, `query Q { `+ask(`asOf: "2019-06-01"`)+` }`)
		below, root := got["at"], got["root"]
		if len(every(below, "holds")) == 0 {
			t.Errorf("%s: nothing is there", name)
		}
		if !reflect.DeepEqual(below, root) || !reflect.DeepEqual(below, any(plain)) {
			t.Errorf("%s: below at %v\nat the day of asOf %v\nwithout at %v", name, below, root, plain)
		}
		if early := data(t, `query Q { at(date: "2003-01-01") { `+ask("")+` } }`)["at"]; reflect.DeepEqual(early, below) {
			t.Errorf("%s: two days give one answer: %v", name, below)
		}
	}
	// It is the day of its field, not of what comes below.
	got := data(t, `query Q { at(date: "2019-06-01") { country(by: {code: "AZE"}) { memberships(asOf: "2023-12-01", first: 1) { edges { node { ... on Entity { id } } } }
		tenures(asOf: "2023-12-01") { nodes { official { id tenures { nodes { title } } } } } } } }`)
	for _, id := range every(got, "id") {
		if !strings.HasSuffix(id.(string), "@2019-06-01") {
			t.Errorf("below asOf: the id %s", id)
		}
	}
}

// An id that carries a day reads back, whatever the day around it.
func TestNodeAnswersForTheDayOfItsID(t *testing.T) {
	t.Parallel()
	fields := ` { id ... on Corridor { name members { totalCount edges { role holds since { value } node { id name tenures { nodes { title holds official { id } } } } } } } }`
	day := `corridor:instc@2004-12-31`
	got := data(t, `query Q { at(date: "2004-12-31") { found: node(id: "corridor:instc")`+fields+` same: node(id: "`+day+`")`+fields+` }
		plain: node(id: "`+day+`")`+fields+` other: at(date: "2023-12-01") { found: node(id: "`+day+`")`+fields+` }
		list: nodes(ids: ["corridor:instc@2023-12-01", "corridor:instc", "`+day+`", "corridor:instc@2004", "corridor:nothing@2004-12-31"]) { id ... on Corridor { members { totalCount edges { holds } } } }
		by: corridor(by: {id: "`+day+`"})`+strings.Replace(fields, "... on Corridor", "...", 1)+` }`)
	want := dig(got, "at", "found")
	if dig(want, "id") != day {
		t.Errorf("the id is %v", dig(want, "id"))
	}
	for name, found := range map[string]any{
		"its day twice": dig(got, "at", "same"), "no day around": got["plain"], "another day around": dig(got, "other", "found"), "by id": got["by"],
	} {
		if !reflect.DeepEqual(found, want) {
			t.Errorf("%s: got %v, want %v", name, found, want)
		}
	}
	var ids []any
	for i := range 5 {
		ids = append(ids, dig(got, "list", i, "id"))
	}
	if want := []any{"corridor:instc@2023-12-01", "corridor:instc", day, "corridor:instc@2004", nil}; !reflect.DeepEqual(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
	if reflect.DeepEqual(dig(got, "list", 0, "members"), dig(got, "list", 2, "members")) || dig(got, "list", 1, "members", "edges", 0, "holds") != nil {
		t.Errorf("nodes mixes days: %v", got["list"])
	}

	// So does every id that an answer below `at` gives.
	for name, way := range ways {
		var ids []string
		for _, id := range every(data(t, `query Q { at(date: "2021-12-31") { `+way+` } }`), "id") {
			if !slices.Contains(ids, id.(string)) {
				ids = append(ids, id.(string))
			}
		}
		for batch := range slices.Chunk(ids, 100) {
			var into struct{ Nodes []struct{ ID string } }
			answer(t, dataset(t), `query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }`, map[string]any{"ids": batch}, &into)
			for i, id := range batch {
				if into.Nodes[i].ID != id {
					t.Errorf("%s: %s gave back %q", name, id, into.Nodes[i].ID)
				}
			}
		}
	}
}

// One document, two days: two answers, and no id in both.
func TestTwoDaysInOneDocument(t *testing.T) {
	t.Parallel()
	got := data(t, `query Q { a: at(date: "2003-01-01") { ...It } b: at(date: "2023-12-01") { ...It } }
		fragment It on Snapshot {`+instc+` country(by: {code: "AZE"}) { id tenures { nodes { title official { id } } } memberships { edges { node { ... on Entity { id } } } } } }`)
	if reflect.DeepEqual(got["a"], got["b"]) {
		t.Error("two days give one answer")
	}
	for _, id := range every(got["a"], "id") {
		if slices.Contains(every(got["b"], "id"), id) {
			t.Errorf("%s is in both", id)
		}
	}
}

// who lists the members of an answer with instc in it: code, role, holding, whether disputed.
func who(edges any) string {
	var list []string
	members, _ := edges.([]any)
	for _, m := range members {
		text := fmt.Sprint(dig(m, "node", "code"), " ", dig(m, "role"), " ", dig(m, "holds"))
		if dig(m, "disputed") == true {
			text += " disputed"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func TestNorthSouthCorridorOnADay(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2000-08-31": "",
		"2000-09-11": "OMN MEMBER POSSIBLY disputed", // one source counts it among the founders, in a month known to the month
		"2003-01-01": "IND FOUNDER CERTAINLY, IRN FOUNDER CERTAINLY, RUS FOUNDER CERTAINLY, OMN MEMBER POSSIBLY disputed",
	} {
		got := dig(data(t, `query Q { at(date: "`+day+`") {`+instc+` } }`), "at", "corridor", "members", "edges")
		if who(got) != want {
			t.Errorf("on %s: got %s, want %s", day, who(got), want)
		}
	}

	aze := func(day string) object {
		return data(t, `query Q { at(date: "`+day+`") { corridor(by: {slug: "instc"}) { members(filter: {countries: ["AZE"]}) {
			edges { role holds disputed node { code } claims { stance since { value } source { slug } } } } } } }`)
	}
	edge := func(day string) any { return dig(aze(day), "at", "corridor", "members", "edges", 0) }
	if got := edge("2004-11-30"); got != nil {
		t.Errorf("Azerbaijan before December 2004: %v", got)
	}
	got := edge("2004-12-31")
	if who([]any{got}) != "AZE MEMBER POSSIBLY disputed" {
		t.Errorf("Azerbaijan on 31 December 2004: %s", who([]any{got}))
	}
	dates := map[any]any{}
	claims, _ := dig(got, "claims").([]any)
	for _, c := range claims {
		if since := dig(c, "since", "value"); since != nil {
			dates[since] = dig(c, "source", "slug")
		}
	}
	if want := map[any]any{"2004-12": "panarmenian-2004-12-02-instc", "2005": "trend-2023-10-27-lavrov-instc"}; !maps.Equal(dates, want) {
		t.Errorf("its claims: %v, want %v", dates, want)
	}
	for _, day := range []string{"2005-06-01", "2005"} {
		if got := who([]any{edge(day)}); got != "AZE MEMBER POSSIBLY disputed" {
			t.Errorf("Azerbaijan on %s: %s", day, got)
		}
	}

	// Before a source speaks of a member whose start nobody tells, nothing is known: only who asks for it sees that.
	got = dig(data(t, `query Q { at(date: "2003-01-01") { corridor(by: {slug: "instc"}) { members(holds: [UNKNOWN]) { edges { role holds disputed node { code } } } } } }`),
		"at", "corridor", "members", "edges")
	if !strings.Contains(who(got), "KAZ MEMBER UNKNOWN") || strings.Contains(who(got), "POSSIBLY") || strings.Contains(who(got), "IRN") {
		t.Errorf("unknown on 1 January 2003: %s", who(got))
	}
}

func TestForeignMinisterThroughTheCorridor(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2020-07-01": "official:elmar-mammadyarov@2020-07-01 CERTAINLY",
		"2020-08-01": "official:jeyhun-bayramov@2020-08-01 CERTAINLY",
	} {
		got := dig(data(t, `query Q { at(date: "`+day+`") { corridor(by: {slug: "instc"}) { members { edges { node { code tenures { nodes { title holds official { id } } } } } } } } }`),
			"at", "corridor", "members", "edges")
		var ministers []string
		edges, _ := got.([]any)
		for _, edge := range edges {
			if dig(edge, "node", "code") != "AZE" {
				continue
			}
			tenures, _ := dig(edge, "node", "tenures", "nodes").([]any)
			for _, n := range tenures {
				if dig(n, "title") == "Minister of Foreign Affairs" {
					ministers = append(ministers, fmt.Sprint(dig(n, "official", "id"), " ", dig(n, "holds")))
				}
			}
		}
		if strings.Join(ministers, ", ") != want {
			t.Errorf("on %s: got %v, want %s", day, ministers, want)
		}
	}
}

func TestBadDays(t *testing.T) {
	t.Parallel()
	for _, day := range []string{"", "..", "2004-13", "2004-02-30", "31.12.2004", "2004-12-31T00:00:00Z", "0000", "2004-12-31/2005"} {
		for name, query := range map[string]string{
			"at":                     `{ at(date: "%s") { corridor(by: {slug: "instc"}) { id } } }`,
			"at in a variable":       ``,
			"asOf":                   `{ corridor(by: {slug: "instc"}) { members(asOf: "%s") { totalCount } } }`,
			"asOf of tenures":        `{ country(by: {code: "AZE"}) { tenures(asOf: "%s") { totalCount } } }`,
			"a node's id":            `{ node(id: "corridor:instc@%s") { id } }`,
			"one of many ids":        `{ nodes(ids: ["country:AZE", "corridor:instc@%s"]) { id } }`,
			"an id of a lookup":      `{ corridor(by: {id: "corridor:instc@%s"}) { id } }`,
			"an id in a filter":      `{ disputes(filter: {entities: ["corridor:instc@%s"]}) { totalCount } }`,
			"an official's in a one": `{ meetings(filter: {officials: ["official:jeyhun-bayramov@%s"]}) { totalCount } }`,
			"a topic's in a one":     `{ meetings(filter: {topics: ["corridor:instc@%s"]}) { totalCount } }`,
		} {
			var variables map[string]any
			if query == "" {
				query, variables = `query Q($day: EDTF!) { at(date: $day) { corridor(by: {slug: "instc"}) { id } } }`, map[string]any{"day": day}
			} else {
				query = fmt.Sprintf(query, day)
			}
			body := ask(t, dataset(t), query, variables)
			var got struct {
				Errors []struct {
					Message    string
					Extensions struct{ Code string }
				}
			}
			if err := json.Unmarshal(body, &got); err != nil || len(got.Errors) != 1 || got.Errors[0].Extensions.Code != string(db.Invalid) || !strings.Contains(got.Errors[0].Message, "want YYYY, YYYY-MM or YYYY-MM-DD") {
				t.Errorf("%s %q: %s", name, day, body)
			}
		}
	}
}

// A day costs no statement: as many as without it, however long the lists. Nodes of
// two days cost those of each.
func TestStatementsBelowAt(t *testing.T) {
	t.Parallel()
	spent := func(query string) int64 {
		t.Helper()
		ctx, statements := db.CountStatements(t.Context())
		request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(mustJSON(map[string]any{"query": query})))
		request.Header.Set("Content-Type", "application/json")
		body := httptest.NewRecorder()
		graph.Handler(dataset(t), generous()).ServeHTTP(body, request)
		if strings.Contains(body.Body.String(), `"errors"`) {
			t.Fatalf("%s: %s", query, body.Body)
		}
		return statements.Load()
	}
	deep := `corridors(first: 100) { nodes { id disputes { nodes { entities { id } claims { source { id } } } }
		members(first: %d) { edges { holds claims { note } since { disputed } node { id memberships(first: %[1]d) { edges { holds node { ... on Corridor { id } } } }
			tenures(first: %[1]d) { nodes { holds claims { note } official { id tenures { nodes { holds } } } } } } } } } }`
	for _, n := range []int{3, 100} {
		query := fmt.Sprintf(deep, n)
		// corridors; disputes, entities, their claims; members, claims; memberships; tenures, claims, officials, their tenures: less what is in memory
		const want = 10
		if got := spent(`query Q { at(date: "2021-12-31") { ` + query + ` } }`); got != want {
			t.Errorf("at a day, by %d: %d statements, want %d", n, got, want)
		}
		if got := spent(`query Q { a: at(date: "2021-12-31") { ` + query + ` } b: at(date: "2004-12-31") { ` + query + ` } }`); got != 2*want {
			t.Errorf("at two days, by %d: %d statements, want %d", n, got, 2*want)
		}
		if got := spent(`query Q { ` + query + ` }`); got != want {
			t.Errorf("on no day, by %d: %d statements, want %d", n, got, want)
		}
	}
	two := `query Q { nodes(ids: ["corridor:instc@2004-12-31", "corridor:traceca@2004-12-31", "corridor:instc", "corridor:traceca"]) { id ... on Corridor { members { nodes { id } } } } }`
	if got := spent(two); got != 1+2 {
		t.Errorf("nodes of one day and of none: %d statements, want 3", got)
	}
}

// disputed returns the slugs of all disputes, in their order.
func disputed(t *testing.T) (slugs []string) {
	t.Helper()
	after := "null"
	for {
		page := data(t, `query Q { disputes(first: 100, after: `+after+`) { nodes { slug } pageInfo { hasNextPage endCursor } } }`)
		for _, slug := range every(dig(page, "disputes", "nodes"), "slug") {
			slugs = append(slugs, slug.(string))
		}
		if dig(page, "disputes", "pageInfo", "hasNextPage") != true {
			return slugs
		}
		after = mustJSON(dig(page, "disputes", "pageInfo", "endCursor"))
	}
}

// The conflicts that the seed article and the facts gathered around it are known for.
func TestKnownConflictsAreDisputes(t *testing.T) {
	t.Parallel()
	slugs := disputed(t)
	for _, slug := range []string{
		"property/meeting/2023-06-25-amirabdollahian-bayramov-call/starts-on", // 25 or 26 June
		"membership/corridor/instc/SYR/1",                                     // in the lists or not
		"membership/corridor/instc/BGR/1",                                     // member or observer
		"membership/corridor/instc/OMN/1",                                     // a founder or not
		"membership/corridor/instc/AZE/1",                                     // from December 2004 or 2005
	} {
		if !slices.Contains(slugs, slug) {
			t.Errorf("%s is not among the disputes", slug)
		}
	}
}

// Every fact that a claim's note calls a conflict is disputed.
func TestNotedConflictsAreDisputes(t *testing.T) {
	t.Parallel()
	// Facts that are not disputed though a note says CONFLICT, and which dispute the note is on.
	exceptions := map[string]string{
		"stop/imec/main/2": "leg/imec/main/2", // whether the line that begins there is in use, not where the stop is
	}
	slugs := disputed(t)
	kinds := map[string]string{
		"corridor_members":     "membership/corridor/{corridor}/{country}/{spell}",
		"organization_members": "membership/organization/{organization}/{country}/{spell}",
		"tenures":              "tenure/{official}/{country}/{title}/{spell}",
		"participants":         "participation/{meeting}/{official}",
		"issue_parties":        "party/{issue}/{country}",
		"issue_corridors":      "concern/{issue}/{corridor}",
		"stops":                "stop/{corridor}/{branch}/{position}",
		"legs":                 "leg/{corridor}/{branch}/{position}",
		"meeting_claims":       "property/meeting/{meeting}/{property}",
		"corridor_claims":      "property/corridor/{corridor}/{property}",
		"organization_claims":  "property/organization/{organization}/{property}",
		"issue_claims":         "property/issue/{issue}/{property}",
	}
	found := 0
	for name := range tables(t) {
		for i, row := range table(t, name) {
			if !strings.Contains(row["note"], "CONFLICT") {
				continue
			}
			slug, known := kinds[name], kinds[name] != ""
			for column, cell := range row {
				if column == "title" {
					cell = strings.ReplaceAll(cell, " ", "_")
				}
				slug = strings.ReplaceAll(slug, "{"+column+"}", cell)
			}
			if name == "topics" {
				for _, kind := range []string{"country", "organization", "corridor", "issue"} {
					if row[kind] != "" {
						slug, known = "topic/"+row["meeting"]+"/"+kind+"/"+row[kind], true
					}
				}
			}
			found++
			if other, excepted := exceptions[slug]; excepted {
				if slices.Contains(slugs, slug) {
					t.Errorf("%s is disputed: it is no exception", slug)
				}
				slug = other
			}
			if !known || !slices.Contains(slugs, slug) {
				t.Errorf("%s.csv, row %d: %s is not among the disputes, though: %s", name, i+2, slug, row["note"])
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d notes say CONFLICT", found)
	}
}
