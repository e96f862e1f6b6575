package graph_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"readout/db"
	"readout/seeds"

	"readout/graph"
)

// tabled asks for a table by GET; parameters are pairs. It tells whether the connection
// broke off.
func tabled(h http.Handler, form string, parameters ...string) (w *httptest.ResponseRecorder, broken bool) {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	w = httptest.NewRecorder()
	defer func() {
		if panicked := recover(); panicked != nil {
			if panicked != http.ErrAbortHandler {
				panic(panicked)
			}
			broken = true
		}
	}()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/graphql."+form+"?"+values.Encode(), nil))
	return w, false
}

// A query is a table of the elements of its list.
func TestTables(t *testing.T) {
	h := graph.Handler(small(t), graph.DefaultLimits())
	for _, c := range []struct {
		name, query string
		more        []string // parameters
		want        string
	}{
		{
			"columns are named by their paths in a row, in the order of the query",
			`{meetings{nodes{startsOn{value} kind title}}}`, nil, `
startsOn.value,kind,title
2023-06-25,PHONE_CALL,Amir-Abdollahian and Bayramov discuss the state of relations
2021-10-23,PHONE_CALL,Foreign ministers talk after release of Iranian drivers`,
		},
		{
			"edges are left out of names, node is not; aliases are kept",
			`{organizations{edges{node{short:abbreviation name}}}}`, nil, `
node.short,node.name
ECO,Economic Cooperation Organization
SCO,Shanghai Cooperation Organisation`,
		},
		{
			"so are aliases of lists and of nodes",
			`{all:organizations{each:nodes{abbreviation}}}`, nil, `
abbreviation
ECO
SCO`,
		},
		{
			"what stands outside of the rows is repeated, under its path, wherever it is asked for",
			`{organizations{nodes{abbreviation} totalCount} country(by:{code:"AZE"}){name}}`, nil, `
abbreviation,organizations.totalCount,country.name
ECO,2,Azerbaijan
SCO,2,Azerbaijan`,
		},
		{
			"a list within one object",
			`{country(by:{code:"AZE"}){name meetings{nodes{startsOn{value}}}}}`, nil, `
country.name,startsOn.value
Azerbaijan,2023-06-25
Azerbaijan,2021-10-23`,
		},
		{
			"a list without pages",
			`{meeting(by:{slug:"2023-06-25-amirabdollahian-bayramov-call"}){startsOn{claims{date{value} source{publisher}}}}}`, nil, `
date.value,source.publisher
2023-06-25,The Diplomatic Insight
2023-06-26,ABNA24
2023-06-25,Rossa Primavera`,
		},
		{
			"no list is one row",
			`{country(by:{code:"AZE"}){code name} organizations{totalCount}}`, nil, `
country.code,country.name,organizations.totalCount
AZE,Azerbaijan,2`,
		},
		{"an empty list is a heading", `{meetings(filter:{text:"nothing"}){nodes{title}}}`, nil, "\ntitle"},
		{"as is a list of what is not there", `{country(by:{code:"XXX"}){name meetings{nodes{title}}}}`, nil, "\ncountry.name,title"},
		{
			"fragments, conditions and variables",
			`query Q($yes:Boolean!,$no:Boolean=false){nodes(ids:["country:AZE","country:XXX","organization:eco"]){...N ...on Organization{abbreviation name@skip(if:$yes)} ...C@include(if:$yes) ...@include(if:$no){id}}}
			 fragment N on Node{__typename ...on Entity{name}} fragment C on Country{code capital{latitude}}`,
			[]string{"variables", `{"yes":true}`},
			`
__typename,name,abbreviation,code,capital.latitude
Country,Azerbaijan,,AZE,40.38
,,,,
Organization,Economic Cooperation Organization,ECO,,`,
		},
		{
			"one alias in two types is one column, and one list",
			`{nodes(ids:["country:AZE","organization:eco"]){...on Country{it:code} ...on Organization{it:name}}}`, nil, `
it
AZE
Economic Cooperation Organization`,
		},
		{
			"a list in fragments that is asked for in pieces",
			`{organizations{...A nodes{abbreviation}} ...B} fragment A on OrganizationConnection{nodes{kind:__typename}} fragment B on Query{organizations{nodes{foundedOn{value}} totalCount pageInfo{hasNextPage}}}`, nil, `
kind,abbreviation,foundedOn.value,organizations.totalCount
Organization,ECO,1985,2
Organization,SCO,2001-06-15,2`,
		},
		{
			"numbers, truth, nothing, texts, quotes and line ends",
			`{corridors{nodes{name disputes{totalCount} abbreviation agreedOn{disputed} aliases modes}}}`, nil, `
name,disputes.totalCount,abbreviation,agreedOn.disputed,aliases,modes
International North-South Transport Corridor,2,INSTC,false,INSC; International North South Corridor; International North-South Transport Corridor; North-South Transport Corridor; NSTC; ITC North-South,ROAD; RAIL; SEA`,
		},
		{
			"rows within rows repeat what is around them, and stay one where there is nothing",
			`{countries(filter:{codes:["IRN","BGR"]}){nodes{code memberships(roles:[FOUNDER]){edges{role node{...on Entity{name}}} totalCount} capital{name}}}}`,
			[]string{"rows", "countries.memberships"},
			`
code,memberships.role,memberships.node.name,memberships.totalCount,capital.name
BGR,,,0,Sofia
IRN,FOUNDER,International North-South Transport Corridor,2,Tehran
IRN,FOUNDER,Economic Cooperation Organization,2,Tehran`,
		},
		{
			"a list may be named by its whole path",
			`{meetings(first:1){nodes{kind participants{nodes{name}}}}}`,
			[]string{"rows", "meetings.nodes.participants.nodes"},
			`
kind,participants.name
PHONE_CALL,Hossein Amirabdollahian
PHONE_CALL,Jeyhun Bayramov`,
		},
		{"first is how many rows there are", `query($n:Int){organizations(first:$n){nodes{abbreviation}}}`, []string{"variables", `{"n":1}`}, "\nabbreviation\nECO"},
		{"and may be more than a page has", `{organizations(first:1000){nodes{abbreviation}}}`, nil, "\nabbreviation\nECO\nSCO"},
		{"or none", `{organizations(first:0){totalCount nodes{abbreviation}}}`, nil, "\norganizations.totalCount,abbreviation"},
		{"last is a page", `{organizations(last:1){nodes{abbreviation}}}`, nil, "\nabbreviation\nSCO"},
		{"a limit cuts, and says so", `{organizations{nodes{abbreviation name}}}`, []string{"limit", "1"}, `
abbreviation,name
ECO,Economic Cooperation Organization
# cut after 1 rows; ask for less or raise limit,`},
		{"what it lets pass is not cut", `{organizations{nodes{abbreviation}}}`, []string{"limit", "2"}, "\nabbreviation\nECO\nSCO"},
		{"one column that is null is no empty line", `{meetings(first:1){nodes{place}}}`, nil, "\nplace\n\"\""},
		{"a byte order mark", `{organizations(first:1){nodes{abbreviation}}}`, []string{"bom", "1"}, "\n\ufeffabbreviation\nECO"},
		{"introspection", `{__type(name:"Holding"){enumValues{name isDeprecated}}}`, nil, "\nname,isDeprecated\nCERTAINLY,false\nPOSSIBLY,false\nUNKNOWN,false"},
		{"another day", `{at(date:"2005-01-01"){organizations(first:1){nodes{id}}}}`, nil, "\nid\norganization:eco@2005-01-01"},
	} {
		w, broken := tabled(h, "csv", append([]string{"query", c.query}, c.more...)...)
		if got := "\n" + w.Body.String(); got != c.want+"\n" || w.Code != 200 || broken {
			t.Errorf("%s: %d\ngot  %s\nwant %s", c.name, w.Code, got, c.want)
		}
	}
}

// What is no table is refused, in JSON and with a status, and both lists are named.
func TestRefusedTables(t *testing.T) {
	h := graph.Handler(small(t), graph.DefaultLimits())
	const nested = `{meetings{nodes{title participants{edges{role}} topics{nodes{__typename}}}}}`
	for _, c := range []struct {
		query  string
		more   []string
		status int
		code   string
		want   string
	}{
		{`{meetings{nodes{participants{edges{role}}}}}`, nil, 400, "BAD_USER_INPUT", "meetings.nodes.participants.edges in meetings.nodes. Leave one of them out, or give rows=meetings.nodes.participants.edges "},
		{`{meetings{nodes{title}} issues{nodes{name}}}`, nil, 400, "BAD_USER_INPUT", "issues.nodes beside meetings.nodes. Leave one of them out."},
		{`{meetings{nodes{title}} issues{nodes{name}}}`, []string{"rows", "issues"}, 400, "BAD_USER_INPUT", "meetings.nodes beside issues.nodes."},
		{`{meetings{nodes{title} edges{cursor}}}`, nil, 400, "BAD_USER_INPUT", "meetings.edges beside meetings.nodes."},
		{nested, []string{"rows", "meetings.participants"}, 400, "BAD_USER_INPUT", "meetings.nodes.topics.nodes beside meetings.nodes.participants.edges."},
		{nested, []string{"rows", "participants"}, 400, "BAD_USER_INPUT", "meetings.nodes, meetings.nodes.participants.edges, meetings.nodes.topics.nodes"},
		{`{dataset{title}}`, []string{"rows", "dataset"}, 400, "BAD_USER_INPUT", "the query has none"},
		{`{country(by:{code:"AZE"}){name} meetings{nodes{country:startsOn{name:value}}}}`, nil, 400, "BAD_USER_INPUT", "two columns would be called country.name"},
		{`{meetings{pageInfo{hasNextPage}}}`, nil, 400, "BAD_USER_INPUT", "no column"},
		{`{nodes(ids:["country:AZE","organization:eco"]){...on Country{m:memberships(first:1){nodes{__typename}}} ...on Organization{m:members(first:2){nodes{__typename}}}}}`, []string{"rows", "nodes.m"}, 400, "BAD_USER_INPUT", "nodes.m: it is asked for with other pages in each fragment"},
		{`{meetings{nodes{title}}}`, []string{"limit", "0"}, 400, "BAD_REQUEST", "limit: "},
		{`{meetings{nodes{title}}}`, []string{"bom", "yes"}, 400, "BAD_REQUEST", "bom: "},
		{`{meetings{nodes{title}}}`, []string{"formulas", "1"}, 400, "BAD_REQUEST", "formulas: "},
		{`{meetings{nodes{titel}}}`, nil, 400, "GRAPHQL_VALIDATION_FAILED", "titel"},
		{`{meetings{`, nil, 400, "GRAPHQL_PARSE_FAILED", ""},
		{`{meetings(first:-1){nodes{title}}}`, nil, 400, "BAD_USER_INPUT", "first: -1 is out of bounds"},
		{`{meetings(first:1,last:1){nodes{title}}}`, nil, 400, "BAD_USER_INPUT", "first and last"},
		{`{meetings(after:"x"){nodes{title}}}`, nil, 400, "BAD_USER_INPUT", "after: this is no cursor"},
		{`{meetings(filter:{ids:null}){nodes{title}}}`, nil, 400, "BAD_USER_INPUT", "null means nothing here"},
		{`{meetings{nodes{title country(code:"AZE")}}}`, nil, 400, "GRAPHQL_VALIDATION_FAILED", ""},
		{`{meetings{nodes{` + numbered(31, "a#:title ") + `}}}`, nil, 400, "TOO_COMPLEX", "31 aliases"},
	} {
		w, broken := tabled(h, "csv", append([]string{"query", c.query}, c.more...)...)
		var got struct {
			Errors []struct {
				Message    string
				Extensions struct{ Code string }
			}
			Data any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || broken || len(got.Errors) == 0 || got.Data != nil {
			t.Errorf("%s: %v, %s", c.query, err, w.Body)
			continue
		}
		if e := got.Errors[0]; w.Code != c.status || e.Extensions.Code != c.code || !strings.Contains(e.Message, c.want) ||
			w.Header().Get("Content-Type") != "application/json; charset=utf-8" || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %v; want %d %s %q", c.query, w.Code, e, w.Header(), c.status, c.code, c.want)
		}
	}
}

// paged asks for a list in JSON, page by page, by an operation that takes $first and
// $after, and returns the pages.
func paged(t *testing.T, h http.Handler, document, list string) (pages []map[string]any) {
	t.Helper()
	for after := any(nil); ; {
		variables, err := json.Marshal(map[string]any{"first": 7, "after": after})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Data   map[string]any
			Errors []any
		}
		decoder := json.NewDecoder(serve(t, h, query(document, string(variables))).Body)
		decoder.UseNumber()
		if err := decoder.Decode(&answer); err != nil || answer.Errors != nil {
			t.Fatal(err, answer.Errors)
		}
		pages = append(pages, answer.Data)
		info := answer.Data[list].(map[string]any)["pageInfo"].(map[string]any)
		if info["hasNextPage"] == false {
			return pages
		}
		after = info["endCursor"]
	}
}

// leaves puts the leaves of a JSON value under their paths.
func leaves(into map[string]string, path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, below := range value {
			if path != "" {
				name = path + "." + name
			}
			leaves(into, name, below)
		}
	case []any:
		var texts []string
		for _, element := range value {
			texts = append(texts, fmt.Sprint(element))
		}
		into[path] = strings.Join(texts, "; ")
	case nil:
		into[path] = ""
	default:
		into[path] = fmt.Sprint(value)
	}
}

// A table is what the answers in JSON are, read page by page.
func TestTablesFollowPages(t *testing.T) {
	limits := generous()
	h := graph.Handler(dataset(t), limits)
	for _, c := range []struct{ name, list, fields, inner string }{
		{"flat", "sources", "id title publisher language publishedOn{value}", ""},
		{"two levels", "meetings", "id title startsOn{value disputed} summary place hostCountry{name code}", ""},
		{"lists of words", "officials", "id name aliases", ""},
		{"rows within rows", "meetings", "title participants(first:100){nodes{name country:id}} kind", "participants"},
		{"rows within rows that are longer than a page", "organizations", "name members(first:100){nodes{code}} abbreviation", "members"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want []map[string]string
			for _, page := range paged(t, h, fmt.Sprintf("query($first:Int,$after:String){%s(first:$first,after:$after){nodes{%s} pageInfo{hasNextPage endCursor}}}", c.list, c.fields), c.list) {
				for _, node := range page[c.list].(map[string]any)["nodes"].([]any) {
					node := node.(map[string]any)
					within := []any{map[string]any(nil)}
					if c.inner != "" {
						within = node[c.inner].(map[string]any)["nodes"].([]any)
						if delete(node, c.inner); len(within) == 0 {
							within = []any{nil}
						}
					}
					for _, element := range within {
						row := map[string]string{}
						leaves(row, "", node)
						leaves(row, c.inner, element)
						want = append(want, row)
					}
				}
			}
			fields := c.fields
			parameters := []string{}
			if c.inner != "" {
				parameters = []string{"rows", c.list + "." + c.inner}
			}
			if c.inner == "members" { // more than a page of them in the United Nations
				want = nil
				for _, page := range paged(t, h, "query($first:Int,$after:String){organizations(first:$first,after:$after){nodes{id name abbreviation} pageInfo{hasNextPage endCursor}}}", "organizations") {
					for _, node := range page["organizations"].(map[string]any)["nodes"].([]any) {
						node := node.(map[string]any)
						for after := "null"; ; {
							text := ask(t, dataset(t), fmt.Sprintf(`{organization(by:{id:%q}){members(first:11,after:%s){nodes{code} pageInfo{hasNextPage endCursor}}}}`, node["id"], after), nil)
							var answer struct {
								Data struct {
									Organization struct {
										Members struct {
											Nodes    []struct{ Code string }
											PageInfo struct {
												HasNextPage bool
												EndCursor   string
											}
										}
									}
								}
							}
							if err := json.Unmarshal(text, &answer); err != nil {
								t.Fatal(err)
							}
							for _, member := range answer.Data.Organization.Members.Nodes {
								want = append(want, map[string]string{"name": node["name"].(string), "abbreviation": fmt.Sprint(cmpNil(node["abbreviation"])), "members.code": member.Code})
							}
							if !answer.Data.Organization.Members.PageInfo.HasNextPage {
								break
							}
							after = strconv.Quote(answer.Data.Organization.Members.PageInfo.EndCursor)
						}
					}
				}
				fields = "name members{nodes{code}} abbreviation"
				longest := map[string]int{}
				for _, row := range want {
					longest[row["name"]]++
				}
				if most := slices.Max(slices.Collect(maps.Values(longest))); most <= 100 {
					t.Fatalf("the longest has %d: too few to tell", most)
				}
			}
			w, broken := tabled(h, "csv", append(parameters, "query", fmt.Sprintf("{%s{nodes{%s}}}", c.list, fields), "formulas", "keep")...)
			records, err := csv.NewReader(bytes.NewReader(w.Body.Bytes())).ReadAll()
			if err != nil || broken {
				t.Fatal(err, w.Body)
			}
			if len(records)-1 != len(want) || w.Header().Get("Readout-Rows") != fmt.Sprint(len(want)) || len(want) < 150 {
				t.Fatalf("%d rows, %s said; want %d", len(records)-1, w.Header().Get("Readout-Rows"), len(want))
			}
			for i, record := range records[1:] {
				got := map[string]string{}
				for j, name := range records[0] {
					got[name] = record[j]
				}
				for path, value := range maps.Clone(want[i]) { // below what is null everything is
					for name := range got {
						if value == "" && strings.HasPrefix(name, path+".") {
							delete(want[i], path)
							want[i][name] = ""
						}
					}
				}
				if !maps.Equal(got, want[i]) {
					t.Fatalf("row %d: got %q, want %q", i, got, want[i])
				}
			}
		})
	}
}

func cmpNil(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// changed is a release of the small package, a text of whose meetings is another.
func changed(t *testing.T, replace ...string) *db.Store {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../seeds/testdata/small")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "meetings.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := seeds.Load(t.Context(), os.DirFS(folder), path); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// Text that a spreadsheet would calculate is only text, unless it is to be kept; numbers
// stay numbers, and every reader reads what was written.
func TestTextOfTables(t *testing.T) {
	const title = "Foreign ministers talk after release of Iranian drivers"
	for _, c := range []struct{ text, csv, keep string }{
		{`=HYPERLINK("http://x";"y")`, `"'=HYPERLINK(""http://x"";""y"")"`, `"=HYPERLINK(""http://x"";""y"")"`},
		{`+1`, `'+1`, `+1`},
		{`-1`, `'-1`, `-1`},
		{`@SUM(A1)`, `'@SUM(A1)`, `@SUM(A1)`},
		{`1-1=0`, `1-1=0`, `1-1=0`},
		{`Əliyev, علیاف and 日本`, `"Əliyev, علیاف and 日本"`, `"Əliyev, علیاف and 日本"`},
		{`a "b" \ c; d`, `"a ""b"" \ c; d"`, `"a ""b"" \ c; d"`},
		{`null`, `null`, `null`},
	} {
		h := graph.Handler(changed(t, title, `"`+strings.ReplaceAll(c.text, `"`, `""`)+`"`), graph.DefaultLimits())
		const document = `{meetings(last:1){nodes{title}}}`
		for form, want := range map[string]string{"": c.csv, "keep": c.keep} {
			w, _ := tabled(h, "csv", "query", document, "formulas", form)
			if got := w.Body.String(); got != "title\n"+want+"\n" {
				t.Errorf("%s, formulas=%s: got %s, want %s", c.text, form, got, want)
			}
		}
		var line map[string]string
		w, _ := tabled(h, "ndjson", "query", document)
		if err := json.Unmarshal(w.Body.Bytes(), &line); err != nil || line["title"] != c.text {
			t.Errorf("%s: got %s, %v", c.text, w.Body, err)
		}
	}
	w, _ := tabled(graph.Handler(dataset(t), graph.DefaultLimits()), "csv", "query", `{corridor(by:{slug:"instc"}){branches{stops{longitude}}}}`, "rows", "corridor.branches.stops")
	if strings.Contains(w.Body.String(), "'") || w.Code != 200 {
		t.Errorf("a number is text: %s", w.Body)
	}
}

// NDJSON has the rows and columns of CSV, as JSON has their values.
func TestTablesInBothForms(t *testing.T) {
	h := graph.Handler(dataset(t), graph.DefaultLimits())
	for _, c := range [][]string{
		{"query", `{officials{totalCount nodes{id aliases name}}}`},
		{"query", `{corridors{nodes{name geometry abbreviation agreedOn{value disputed} meetings{totalCount}}}}`},
		{"query", `{countries{nodes{code capital{name latitude} memberships{edges{role node{...on Entity{name}}}}}}}`, "rows", "countries.memberships"},
		{"query", `{meetings{nodes{title}}}`, "limit", "120"},
	} {
		text, broken := tabled(h, "csv", append(c, "formulas", "keep")...)
		if broken {
			t.Fatal(text.Body)
		}
		records, err := csv.NewReader(text.Body).ReadAll()
		if err != nil || len(records) < 20 {
			t.Fatal(err, len(records))
		}
		w, broken := tabled(h, "ndjson", c...)
		lines := slices.Collect(strings.Lines(w.Body.String()))
		if len(lines) != len(records)-1 || broken {
			t.Fatalf("%v: %d lines, %d rows", c, len(lines), len(records)-1)
		}
		for i, record := range records[1:] {
			var fields map[string]json.RawMessage
			if err := json.Unmarshal([]byte(lines[i]), &fields); err != nil {
				t.Fatal(err)
			}
			if cut, is := fields["cut"]; is {
				if string(cut) != `{"message":"`+strings.TrimPrefix(record[0], "# ")+`","rows":120}` || i != 120 {
					t.Errorf("%s, %s", cut, record)
				}
				continue
			}
			at := 0
			for j, name := range records[0] {
				found := strings.Index(lines[i], strconv.Quote(name)+":")
				if found < at {
					t.Errorf("%s is not in its place: %s", name, lines[i])
				}
				at = found
				var text string
				var list []string
				switch value := fields[name]; {
				case json.Unmarshal(value, &text) == nil:
				case json.Unmarshal(value, &list) == nil:
					text = strings.Join(list, "; ")
				default:
					text = string(value)
				}
				if text != record[j] {
					t.Errorf("%s: %q, %q", name, text, record[j])
				}
			}
		}
	}
}

// A table is asked for by the address or by Accept, by GET or POST, and kept as any answer.
func TestHeadersOfTables(t *testing.T) {
	h := graph.Handler(small(t), graph.DefaultLimits())
	const document, rows = `query Bodies{organizations{nodes{abbreviation}}}`, "abbreviation\nECO\nSCO\n"
	get := func(form string, more ...string) sending {
		values := url.Values{"query": {document}}
		for i := 0; i < len(more); i += 2 {
			values.Set(more[i], more[i+1])
		}
		return sending{method: "GET", target: "/graphql" + form + "?" + values.Encode()}
	}
	etags := map[string]bool{}
	for _, c := range []struct {
		name string
		send sending
		is   string // file; "": JSON
	}{
		{"an address", get(".csv"), "Bodies.csv"},
		{"whatever is accepted", get(".csv").with("Accept", "text/html"), "Bodies.csv"},
		{"another limit", get(".csv", "limit", "2"), "Bodies.csv"},
		{"another address", get(".ndjson"), "Bodies.ndjson"},
		{"Accept", get("").with("Accept", "text/csv"), "Bodies.csv"},
		{"Accept, weighed", get("").with("Accept", "application/x-ndjson, application/json;q=0.9"), "Bodies.ndjson"},
		{"anything", get("").with("Accept", "*/*"), ""},
		{"JSON first", get("").with("Accept", "text/csv;q=0.5, application/json"), ""},
		{"POST", sending{target: "/graphql.csv", body: query(document).body}, "Bodies.csv"},
		{"POST and Accept", query(document).with("Accept", "text/csv"), "Bodies.csv"},
		{"a document that is known by its hash", get(".csv", "query", "", "documentId", documentID(t)), "AzerbaijanBelongs.csv"},
	} {
		w := serve(t, h, c.send)
		got := w.Header()
		form := c.is[strings.LastIndexByte(c.is, '.')+1:]
		media := map[string]string{"csv": "text/csv; charset=utf-8; header=present", "ndjson": "application/x-ndjson", "": "application/json; charset=utf-8"}[form]
		attached := ""
		if c.is != "" {
			attached = `attachment; filename="` + c.is + `"`
		}
		if w.Code != 200 || got.Get("Content-Type") != media || got.Get("Content-Disposition") != attached || got.Get("Vary") != "Accept" {
			t.Errorf("%s: %d %v %s", c.name, w.Code, got, w.Body)
		}
		if c.is == "Bodies.csv" && w.Body.String() != rows {
			t.Errorf("%s: %s", c.name, w.Body)
		}
		if get := c.send.method == "GET"; get != (got.Get("ETag") != "") || get != (got.Get("Cache-Control") == "public, max-age=60") {
			t.Errorf("%s: %v", c.name, got)
		}
		if tag := got.Get("ETag"); tag != "" {
			etags[tag] = true
			unchanged := serve(t, h, c.send.with("If-None-Match", tag).with("Accept", strings.Join(c.send.header["Accept"], "")))
			if unchanged.Code != 304 || unchanged.Body.Len() > 0 {
				t.Errorf("%s: %d %s", c.name, unchanged.Code, unchanged.Body)
			}
		}
		head := c.send
		head.method = "HEAD"
		if c.send.method == "GET" && form != "" {
			if w := serve(t, h, head); w.Body.Len() > 0 || w.Header().Get("ETag") != got.Get("ETag") || w.Header().Get("Trailer") != "" {
				t.Errorf("%s, HEAD: %d %v %s", c.name, w.Code, w.Header(), w.Body)
			}
		}
	}
	if len(etags) != 5 { // CSV, with another limit, NDJSON, JSON, another document
		t.Errorf("ETags %v", etags)
	}
}

// documentID names the document of an example.
func documentID(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("examples/08-azerbaijan-belongs.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(exampleForm.FindSubmatch(text)[exampleForm.SubexpIndex("query")])
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Each example is a table, or its refusal names two lists that it has.
func TestExamplesAsTables(t *testing.T) {
	h := graph.Handler(dataset(t), graph.DefaultLimits())
	files, err := filepath.Glob("examples/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`this asks for ([\w.]+) (in|beside) ([\w.]+)\.`)
	tables := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := exampleForm.FindStringSubmatch(string(text))
		parameters := []string{"query", part[exampleForm.SubexpIndex("query")], "variables", part[exampleForm.SubexpIndex("variables")]}
		w, broken := tabled(h, "csv", parameters...)
		if w.Code == 200 && !broken {
			tables++
			if records, err := csv.NewReader(w.Body).ReadAll(); err != nil || len(records) < 2 {
				t.Errorf("%s: %v %v", file, records, err)
			}
			continue
		}
		paths := named.FindStringSubmatch(w.Body.String())
		if paths == nil || w.Code != 400 || strings.HasPrefix(paths[1], paths[3]+".") != (paths[2] == "in") {
			t.Errorf("%s: %d %s", file, w.Code, w.Body)
		}
	}

	if tables < 3 {
		t.Errorf("%d examples are tables", tables)
	}
}

// reading is a client that does something before each write to it, and takes deadlines.
type reading struct {
	*httptest.ResponseRecorder
	before    func(writes int) error
	writes    int
	deadlines []time.Time
}

func (r *reading) Write(text []byte) (int, error) {
	r.writes++
	if err := r.before(r.writes); err != nil {
		return 0, err
	}
	return r.ResponseRecorder.Write(text)
}

func (r *reading) SetWriteDeadline(deadline time.Time) error {
	r.deadlines = append(r.deadlines, deadline)
	return nil
}

// stream sends a table to a client, and tells whether it broke off.
func (r *reading) stream(h http.Handler, ctx context.Context, address string) (broken bool) {
	r.ResponseRecorder = httptest.NewRecorder()
	defer func() { broken = recover() == http.ErrAbortHandler }()
	h.ServeHTTP(r, httptest.NewRequestWithContext(ctx, http.MethodGet, address, nil))
	return false
}

const allSources = "/graphql.csv?query=%7Bsources%7Bnodes%7Bid%7D%7D%7D"

// A table that ends early cannot be taken for whole: its last line says so, and the
// connection breaks off.
func TestTablesBreakOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := seeds.Load(t.Context(), seeds.Embedded(), path); err != nil {
		t.Fatal(err)
	}
	for form, want := range map[string]string{
		"csv":    `# broken off after 300 rows: internal error `,
		"ndjson": `{"error":{"code":"INTERNAL_SERVER_ERROR","message":"broken off after 300 rows: internal error `,
	} {
		store, err := db.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		slog.SetDefault(slog.New(slog.DiscardHandler))
		client := &reading{before: func(writes int) error {
			if writes == 3 {
				store.Close()
			}
			return nil
		}}
		var seen graph.Observation
		broken := client.stream(graph.Handler(store, graph.DefaultLimits()), graph.Observe(t.Context(), &seen), strings.Replace(allSources, "csv", form, 1))
		lines := strings.Split(strings.TrimSuffix(client.Body.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; !broken || client.Code != 200 || !strings.HasPrefix(last, want) || seen.Code != "INTERNAL_SERVER_ERROR" || strings.Contains(client.Body.String(), `"errors"`) {
			t.Errorf("%s: %v, %d lines, %s; %+v", form, broken, len(lines), last, seen)
		}
	}
	w, broken := tabled(graph.Handler(closed(t), graph.DefaultLimits()), "csv", "query", "{sources{nodes{id}}}")
	if !strings.Contains(w.Body.String(), `"code":"INTERNAL_SERVER_ERROR"`) || w.Code != 500 || broken {
		t.Errorf("before the first row: %d %s", w.Code, w.Body)
	}
	w, _ = tabled(graph.Handler(dataset(t), graph.DefaultLimits()), "csv", "query", `{meetings(first:1){nodes{title}} relation(between:["AZE"]){__typename}}`)
	if code := check(t, w.Code, w.Body.Bytes()); code != "BAD_USER_INPUT" || w.Code != 400 {
		t.Errorf("a field's error: %d %s", w.Code, w.Body)
	}
}

// Every page has a time of its own to be read; who leaves or does not read ends the table,
// and holds no slot meanwhile.
func TestReadersOfTables(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Cheap, limits.Dear, limits.Wait = 1, 1, time.Millisecond
	h := graph.Handler(dataset(t), limits)
	client := &reading{before: func(int) error {
		if w := getting(h, "GET", []string{"query", "{dataset{title}}"}); w.Code != 200 {
			return fmt.Errorf("while a client reads: %s", w.Body)
		}
		return nil
	}}
	if broken := client.stream(h, t.Context(), allSources); broken || client.writes != 8 || len(client.deadlines) != 8 || client.deadlines[7].Equal(client.deadlines[0]) {
		t.Errorf("%v, %d writes, deadlines %v", broken, client.writes, client.deadlines)
	}
	ctx, statements := db.CountStatements(t.Context())
	client = &reading{before: func(int) error { return io.ErrClosedPipe }}
	if broken := client.stream(h, ctx, allSources); !broken || statements.Load() != 1 {
		t.Errorf("a client that has left: %v, %d statements", broken, statements.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	client = &reading{before: func(int) error { cancel(); return nil }}
	if broken := client.stream(h, ctx, allSources); !broken || client.writes != 2 || !strings.Contains(client.Body.String(), "# broken off after 100 rows: the client left.") {
		t.Errorf("a request that has ended: %v, %d writes: %s", broken, client.writes, client.Body)
	}
}

// Each page keeps within the limits of any query; pages are smaller where rows are dear.
func TestLimitsOfTables(t *testing.T) {
	const document = "{meetings{nodes{title participants{totalCount} summary}}}"
	whole, _ := tabled(graph.Handler(dataset(t), graph.DefaultLimits()), "csv", "query", document)
	for _, c := range []struct {
		name   string
		change func(*graph.Limits)
		code   string // "": the whole table
	}{
		{"nodes of seven rows", func(l *graph.Limits) { l.Cost = 22 }, ""},
		{"nodes of no row", func(l *graph.Limits) { l.Cost = 3 }, "TOO_COMPLEX"},
		{"bytes of some rows", func(l *graph.Limits) { l.Answer = 4000 }, ""},
		{"bytes of no row", func(l *graph.Limits) { l.Answer = 100 }, "TOO_COMPLEX"},
		{"no time", func(l *graph.Limits) { l.Time = time.Nanosecond }, "TIMEOUT"},
		{"no slot", func(l *graph.Limits) { l.Cheap, l.Dear, l.Wait = 0, 0, 0 }, "OVERLOADED"},
		{"levels", func(l *graph.Limits) { l.Depth = 3 }, "TOO_COMPLEX"},
	} {
		limits := graph.DefaultLimits()
		c.change(&limits)
		w, broken := tabled(graph.Handler(dataset(t), limits), "csv", "query", document)
		if c.code == "" {
			if w.Code != 200 || broken || w.Body.String() != whole.Body.String() {
				t.Errorf("%s: %d %v %.300s", c.name, w.Code, broken, w.Body)
			}
			continue
		}
		code := check(t, w.Code, w.Body.Bytes())
		if code != c.code || w.Code < 400 || (w.Header().Get("Retry-After") != "") != (w.Code == 503) {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	limits := graph.DefaultLimits()
	limits.Rows = 250
	for form, want := range map[string]string{
		"":     "# cut after 250 rows; ask for less or raise limit",
		"9999": "# cut after 250 rows; ask for less or raise limit",
		"120":  "# cut after 120 rows; ask for less or raise limit",
	} {
		w, broken := tabled(graph.Handler(dataset(t), limits), "csv", "query", "{sources{nodes{id}}}", "limit", form)
		lines := strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n")
		got := w.Result().Trailer
		rows := fmt.Sprint(len(lines) - 2)
		if lines[len(lines)-1] != want || broken || got.Get("Readout-Cut") != rows || got.Get("Readout-Rows") != rows || !strings.Contains(want, " "+rows+" ") {
			t.Errorf("limit %s: %s rows, %s, %v", form, rows, lines[len(lines)-1], got)
		}
	}
	w, _ := tabled(graph.Handler(dataset(t), generous()), "csv", "query", "{organizations{nodes{members{nodes{memberships{nodes{...on Entity{name}}}}}}}}", "rows", "organizations.members.memberships")
	if code := check(t, w.Code, w.Body.Bytes()); code != "BAD_USER_INPUT" || !strings.Contains(w.Body.String(), "organizations.nodes.members: it goes on after 100 in a row.") {
		t.Errorf("a list that goes on, two levels up: %.300s", w.Body)
	}
}

// However long a table is, it takes the memory of a page.
func TestTablesTakeThePlaceOfAPage(t *testing.T) {
	if raceEnabled {
		t.Skip("memory is not what it is")
	}
	h := graph.Handler(dataset(t), generous())
	live := func() uint64 {
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		return memory.HeapAlloc
	}
	var first, most uint64
	sent := 0
	client := &reading{}
	client.before = func(writes int) error {
		sent += client.Body.Len()
		client.Body.Reset()
		if heap := live(); writes == 2 {
			first = heap
		} else {
			most = max(most, heap)
		}
		return nil
	}
	address := "/graphql.csv?" + url.Values{"query": {"{officials{nodes{tenures{nodes{" + numbered(28, "a#:title ") + "official{aliases summary:name}}}}}}"}, "rows": {"officials.tenures"}}.Encode()
	if broken := client.stream(h, t.Context(), address); broken || client.Code != 200 || sent < 200_000 || client.writes < 4 {
		t.Fatalf("%v, %d in %d writes of %d bytes: %.200s", broken, client.Code, client.writes, sent, client.Body)
	}
	if grown := int64(most) - int64(first); grown > int64(sent)/2 {
		t.Errorf("%d bytes more for %d bytes sent", grown, sent)
	}
}

// BenchmarkTable sends the sources over and over: a row is one of them.
func BenchmarkTable(b *testing.B) {
	store, err := release()
	if err != nil {
		b.Fatal(err)
	}
	h := graph.Handler(store, graph.DefaultLimits())
	rows := 0
	client := &reading{before: func(int) error { return nil }}
	b.ReportAllocs()
	for b.Loop() {
		if client.stream(h, b.Context(), "/graphql.csv?"+url.Values{"query": {"{sources{nodes{id title publisher language publishedOn{value}}}}"}}.Encode()) {
			b.Fatal(client.Body)
		}
		n, err := strconv.Atoi(client.Header().Get("Readout-Rows"))
		if err != nil {
			b.Fatal(err)
		}
		rows += n
		client.writes, client.deadlines = 0, nil
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
