package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"readout/graph"
)

// A sending is a request, without what every request has.
type sending struct {
	method, target string // POST and /graphql when empty
	header         http.Header
	body           []byte
}

// with returns c with a header more, in place of one that it had.
func (c sending) with(name, value string) sending {
	c.header = c.header.Clone()
	if c.header == nil {
		c.header = http.Header{}
	}
	c.header.Set(name, value)
	return c
}

// sent is a POST of these bytes.
func sent(text string) sending { return sending{body: []byte(text)} }

// query is a POST of a document, and of variables in JSON.
func query(document string, variables ...string) sending {
	text, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	return sent(`{"query":` + string(text) + `,"variables":` + strings.Join(append(variables, "null")[:1], "") + `}`)
}

// bare is a request without a body.
func bare(method, parameters string) sending {
	return sending{method: method, target: "/graphql" + parameters}
}

func (c sending) request(t *testing.T, base string) *http.Request {
	t.Helper()
	method, target := c.method, c.target
	if method == "" {
		method = http.MethodPost
	}
	if target == "" {
		target = "/graphql"
	}
	r, err := http.NewRequestWithContext(t.Context(), method, base+target, bytes.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/graphql-response+json")
	if c.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	return r
}

// numbered joins what a format gives for 0 to n-1.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, strings.ReplaceAll(format, "#", "%[1]d"), i)
	}
	return b.String()
}

// nested puts a text into another n times, where that has a #.
func nested(n int, around, within string) string {
	before, after, _ := strings.Cut(around, "#")
	return strings.Repeat(before, n) + within + strings.Repeat(after, n)
}

func many(n int, element string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
}

const (
	bad        = "BAD_USER_INPUT"
	badRequest = "BAD_REQUEST"
	parse      = "GRAPHQL_PARSE_FAILED"
	invalid    = "GRAPHQL_VALIDATION_FAILED"
	complexity = "TOO_COMPLEX"
	media      = "UNSUPPORTED_MEDIA_TYPE"
	large      = "PAYLOAD_TOO_LARGE"
	answered   = ""
)

// Beside what is in the table: slow bodies, the deadline, full lanes and injection have tests of their own.
var hostile = []struct {
	name   string
	send   sending
	status int
	code   string // of the first error; answered: there is none
}{
	// Documents that are large.
	{"5,000 times __typename", query("{" + strings.Repeat("__typename ", 5000) + "}"), 413, large},
	{"1,990 times __typename", query("{" + strings.Repeat("a ", 1990) + "}"), 400, complexity},
	{"2,500 tokens", query("{" + strings.Repeat("a ", 2500) + "}"), 400, parse},
	{"100,000 aliases", query("{" + numbered(100_000, "a#:__typename ") + "}"), 413, large},
	{"600 aliases", query("{" + numbered(600, "a#:__typename ") + "}"), 400, complexity},
	{"31 aliases", query("{" + numbered(31, "a#:dataset{title}") + "}"), 400, complexity},
	{"31 aliases in a fragment spread once", query("{...f}fragment f on Query{" + numbered(31, "a#:dataset{title}") + "}"), 400, complexity},
	{"2 aliases in a fragment spread 16 times", query("{" + strings.Repeat("...f ", 16) + "}fragment f on Query{a:__typename b:__typename}"), 400, complexity},
	{"100,000 directives", query("{__typename " + strings.Repeat("@a", 100_000) + "}"), 413, large},
	{"1,500 directives", query("{__typename " + strings.Repeat("@a", 900) + "}"), 400, invalid},
	{"900 times @skip", query("{__typename " + strings.Repeat("@skip(if:false)", 250) + "}"), 400, invalid},
	{"17 kB of spaces", query("{" + strings.Repeat(" ", 17<<10) + "__typename}"), 413, large},
	{"17 kB of comment", query("#" + strings.Repeat("x", 17<<10) + "\n{__typename}"), 413, large},
	{"16 kB in one name", query("{" + strings.Repeat("x", 16<<10-2) + "}"), 400, invalid},
	{"16 kB in one text", query(`{search(query:"` + strings.Repeat("x", 16<<10-100) + `"){totalCount}}`), 200, bad},
	{"16 kB of brackets", query(strings.Repeat("{", 16<<10)), 400, parse},
	{"16 kB of square brackets", query("{search(query:" + strings.Repeat("[", 16<<10-20)), 400, parse},
	{"400 lists in lists", query("{nodes(ids:" + nested(400, "[#]", "") + "){id}}"), 400, invalid},
	{"200 objects in objects", query("{meetings(filter:" + nested(200, "{not:#}", "{}") + "){totalCount}}"), 200, bad},
	{"500 variables", query("query(" + numbered(380, "$a#:Int ") + "){__typename}"), 400, invalid},
	{"90 operations", query(numbered(90, "query Q#{__typename}")+"query A{__typename}", ""), 400, badRequest},
	{"11 operations", sent(`{"operationName":"Q1","query":"` + numbered(11, "query Q#{__typename}") + `"}`), 400, complexity},
	{"200 unused fragments", query("{__typename}" + numbered(200, "fragment f# on Query{__typename}")), 400, invalid},
	{"300 unknown fields", query("{" + numbered(300, "x# ") + "}"), 400, invalid},
	{"300 unknown arguments", query("{dataset(" + numbered(300, "a#:1 ") + "){title}}"), 400, invalid},
	{"block text that does not end", query(`{search(query:"""` + strings.Repeat("x", 9000)), 400, parse},
	{"text that does not end", query(`{search(query:"x`), 400, parse},

	// Documents that are deep, wide or doubled.
	{"16 levels of meetings", query("{meetings" + nested(4, "{nodes{participants{nodes{meetings#}}}}", "{totalCount}") + "}"), 400, complexity},
	{"100 levels", query("{meetings" + nested(25, "{nodes{participants{nodes{meetings#}}}}", "{totalCount}") + "}"), 400, complexity},
	{"390 levels of inline fragments", query(nested(390, "{...on Query#}", "{__typename}")), 200, answered},
	{"30 fragments that spread the next twice", query("{...f0}" + numbered(30, "fragment f# on Query{...g# ...g#}fragment g# on Query{...f#x}") + "fragment f0x on Query{a}"), 400, invalid},
	{"doubled fragments", query(doubled(30)), 400, complexity},
	{"doubled fragments of introspection", query(strings.ReplaceAll(doubled(30), "__typename", "__schema{types{name}}")), 400, complexity},
	{"a fragment that spreads itself", query("{...f}fragment f on Query{...f}"), 400, invalid},
	{"two fragments that spread one another", query("{...f}fragment f on Query{...g}fragment g on Query{...f}"), 400, invalid},
	{"100 fragments in a cycle", query("{...f0}" + numbered(100, "fragment f# on Query{...f#}")), 400, invalid},
	{"fields that conflict, many times", query("{" + strings.Repeat("b:dataset{title} b:countries{totalCount} ", 29) + "}"), 400, invalid},
	{"fragments that overlap", query("{" + numbered(150, "...f# ") + "}" + numbered(150, "fragment f# on Query{dataset{title}}")), 200, answered},

	// Queries whose answer is large.
	{"100 of 100 of 100", query("{meetings(first:100){nodes{participants(first:100){nodes{meetings(first:100){nodes{title}}}}}}}"), 400, complexity},
	{"the same by variables", query("query($n:Int){meetings(first:$n){nodes{participants(first:$n){nodes{meetings(first:$n){nodes{title}}}}}}}", `{"n":100}`), 400, complexity},
	{"the same by a default", query("query($n:Int=100){meetings(first:$n){nodes{participants(first:$n){nodes{meetings(first:$n){nodes{title}}}}}}}"), 400, complexity},
	{"the same from the end", query("{meetings(last:100){nodes{participants(last:100){nodes{meetings(last:100){nodes{title}}}}}}}"), 400, complexity},
	{"the same by edges", query("{meetings(first:100){edges{node{participants(first:100){edges{node{meetings(first:100){edges{node{title}}}}}}}}}}"), 400, complexity},
	{"the same without sizes, 6 levels", query("{meetings{nodes{participants{nodes{meetings{nodes{participants{nodes{name}}}}}}}}}"), 400, complexity},
	{"corridors in stops in branches", query("{corridor(by:{slug:\"instc\"})" + nested(4, "{branches{stops{place corridor#}}}", "{name}") + "}"), 400, complexity},
	{"the same from all corridors", query("{corridors(first:30){nodes" + nested(4, "{branches{stops{place corridor#}}}", "{name}") + "}}"), 400, complexity},
	{"the same in the lane of cheap queries", query("{corridor(by:{slug:\"instc\"})" + nested(2, "{branches{stops{place corridor#}}}", "{branches{stops{country{name spellings{text}}}}}") + "}"), 400, complexity},
	{"one summary 30 times, of meetings in meetings", query("{meetings(first:100){nodes{participants(first:2){nodes{meetings(first:9){nodes{" + numbered(30, "a#:summary ") + "}}}}}}}"), 400, complexity},
	{"an alias of 15,000 letters", query("{meetings(first:100){nodes{" + strings.Repeat("a", 15_000) + ":slug}}}"), 400, complexity},
	{"an alias of 65 letters on __typename", query("{meetings(first:100){nodes{" + strings.Repeat("a", 65) + ":__typename}}}"), 400, complexity},
	{"__typename by four names", query("{meetings(first:100){nodes{a:__typename b:__typename c:__typename d:__typename}}}"), 400, complexity},
	{"one country 100 times by id", query("{nodes(ids:" + many(100, `"country:AZE"`) + "){...on Country{meetings(first:100){nodes{hostCountry{name} participants(first:9){nodes{name}}}}}}}"), 400, complexity},
	{"the same by a variable", query("query($i:[ID!]!){nodes(ids:$i){...on Country{meetings(first:100){nodes{hostCountry{name} participants(first:9){nodes{name}}}}}}}", `{"i":`+many(100, `"country:AZE"`)+`}`), 400, complexity},
	{"one country 101 times by id", query("{nodes(ids:" + many(101, `"country:AZE"`) + "){id}}"), 200, bad},
	{"all links of all countries", query("{neighbourhood(of:\"country:AZE\",depth:3,limit:500){links{from{name spellings{text source{title url}}} to{name spellings{text source{title url}}}}}}"), 400, complexity},
	{"neighbourhoods 30 times", query("{" + numbered(30, "n#:neighbourhood(of:\"country:AZE\",depth:3,limit:500){links{from{name}}}") + "}"), 400, complexity},
	{"paths 30 times", query("{" + numbered(30, "p#:paths(from:\"country:AZE\",to:\"country:JPN\",maxLength:8,first:10){paths{steps{fact}}}") + "}"), 200, answered},
	{"disputes in disputes", query("{disputes(first:100){nodes{entities{disputes(first:100){nodes{entities{name}}}}}}}"), 400, complexity},
	{"spellings in spellings", query("{countries(first:100){nodes" + nested(4, "{spellings{text source{house{country#}}}}", "{name}") + "}}"), 400, complexity},
	{"timelines of all", query("{countries(first:100){nodes{meetings{timeline(by:MONTH){bins{label since until}}}}}}"), 200, answered},
	{"facets of all", query("{countries(first:100){nodes{meetings{facets{officials(first:500){official{name}}}}}}}"), 400, complexity},
	{"30 searches", query("{" + numbered(30, "s#:search(query:\"the minister of foreign affairs # of the\",first:100){totalCount edges{excerpts{text}}}") + "}"), 200, answered},
	{"30 days at once", query("{" + numbered(30, "d#:at(date:\"2001-01-01\"){countries(first:100){nodes{memberships{nodes{__typename}}}}}") + "}"), 400, complexity},
	{"all types with all their fields 30 times", query("{" + numbered(30, "a#:__schema{types{name description fields{name description type{name fields{name description}}}}}") + "}"), 400, complexity},
	{"fields in types in fields in types", query("{__schema{types" + nested(6, "{fields{type#}}", "{name}") + "}}"), 400, invalid},
	{"possible types in interfaces", query("{__schema{types" + nested(5, "{possibleTypes{interfaces#}}", "{name}") + "}}"), 400, invalid},
	{"types in ofType", query("{__type(name:\"Query\")" + nested(12, "{ofType#}", "{name}") + "}"), 200, answered},
	{"20 levels of ofType", query("{__type(name:\"Query\")" + nested(20, "{ofType#}", "{name}") + "}"), 400, complexity},

	// Bodies.
	{"10 MB", sent(`{"query":"{__typename}","x":"` + strings.Repeat("x", 10<<20) + `"}`), 413, large},
	{"65 kB of spaces", sent(strings.Repeat(" ", 65<<10) + `{"query":"{__typename}"}`), 413, large},
	{"no body", sent(""), 400, badRequest},
	{"spaces", sent("  \n"), 400, badRequest},
	{"half an object", sent(`{"query":"{__typename}"`), 400, badRequest},
	{"two objects", sent(`{"query":"{__typename}"}{"query":"{__typename}"}`), 400, badRequest},
	{"garbage after the object", sent(`{"query":"{__typename}"} x`), 400, badRequest},
	{"a list of requests", sent(many(100, `{"query":"{__typename}"}`)), 400, badRequest},
	{"a text", sent(`"{__typename}"`), 400, badRequest},
	{"null", sent(`null`), 400, badRequest},
	{"a number", sent(`1e999999`), 400, badRequest},
	{"NaN", sent(`{"query":"{__typename}","variables":{"a":NaN}}`), 400, badRequest},
	{"a comment", sent(`{/* */"query":"{__typename}"}`), 400, badRequest},
	{"single quotes", sent(`{'query':'{__typename}'}`), 400, badRequest},
	{"a byte order mark", sent("\ufeff" + `{"query":"{__typename}"}`), 400, badRequest},
	{"UTF-16", sent("{\x00\"\x00q\x00"), 400, badRequest},
	{"bytes that are no UTF-8", sent("{\"query\":\"{search(query:\\\"\xff\xfe\\\"){totalCount}}\"}"), 400, badRequest},
	{"NUL in the document", sent(`{"query":"{\u0000__typename}"}`), 400, parse},
	{"NUL as a byte", sent("{\"query\":\"{__typename}\x00\"}"), 400, badRequest},
	{"a lone surrogate in the document", sent(`{"query":"{search(query:\"\ud800\"){totalCount}}"}`), 200, answered},
	{"a lone surrogate, escaped in GraphQL", query(`{search(query:"\ud800"){totalCount}}`), 200, answered},
	{"a lone surrogate in a variable", query("query($q:String!){search(query:$q){totalCount}}", `{"q":"\udfff\ud800"}`), 200, answered},
	{"65 levels of JSON", query("{__typename}", `{"a":`+nested(65, "[#]", "")+`}`), 400, badRequest},
	{"30,000 levels of JSON", sent(nested(30_000, "[#]", "")), 400, badRequest},
	{"30,000 levels of JSON in variables", query("{__typename}", `{"a":`+strings.Repeat("[", 30_000)+`}`), 400, badRequest},
	{"levels of JSON hidden by quotes", query("{__typename}", `{"a":"\\\"","b":`+nested(70, "[#]", "")+`}`), 400, badRequest},
	{"query twice", sent(`{"query":"{nope}","query":"{__typename}"}`), 200, answered},
	{"QUERY", sent(`{"QUERY":"{__typename}"}`), 400, badRequest},
	{"the query as a number", sent(`{"query":1}`), 400, badRequest},
	{"the query as an object", sent(`{"query":{}}`), 400, badRequest},
	{"the query empty", sent(`{"query":""}`), 400, badRequest},
	{"the query of spaces", sent(`{"query":"  "}`), 400, invalid},
	{"the operation's name as a list", sent(`{"query":"{__typename}","operationName":[]}`), 400, badRequest},
	{"an operation that is not there", sent(`{"query":"query A{__typename}","operationName":"B"}`), 400, invalid},
	{"no name of two operations", query("query A{__typename}query B{__typename}"), 400, invalid},
	{"variables as a text", sent(`{"query":"{__typename}","variables":"{}"}`), 400, badRequest},
	{"variables as a list", sent(`{"query":"{__typename}","variables":[]}`), 400, badRequest},
	{"extensions as a number", sent(`{"query":"{__typename}","extensions":7}`), 400, badRequest},
	{"members that mean nothing", sent(`{"query":"{__typename}","__proto__":{"a":1},"id":[[]]}`), 200, answered},

	// Media types and encodings.
	{"no content type", sent(`{"query":"{__typename}"}`).with("Content-Type", ""), 415, media},
	{"a form", sent(`query=%7B__typename%7D`).with("Content-Type", "application/x-www-form-urlencoded"), 415, media},
	{"a form with files", sent("--x\r\n\r\n--x--").with("Content-Type", "multipart/form-data; boundary=x"), 415, media},
	{"plain text", sent(`{"query":"{__typename}"}`).with("Content-Type", "text/plain"), 415, media},
	{"application/graphql", sent(`{__typename}`).with("Content-Type", "application/graphql"), 415, media},
	{"XML", sent(`<a/>`).with("Content-Type", "application/xml"), 415, media},
	{"a content type that is broken", sent(`{}`).with("Content-Type", "application/json;;charset"), 415, media},
	{"a content type of 9 kB", sent(`{}`).with("Content-Type", strings.Repeat("a", 9<<10)), 415, media},
	{"UTF-16 by name", sent(`{"query":"{__typename}"}`).with("Content-Type", "application/json; charset=utf-16"), 415, media},
	{"UTF-8 by name, in capitals", sent(`{"query":"{__typename}"}`).with("Content-Type", "APPLICATION/JSON; CHARSET=UTF-8"), 200, answered},
	{"gzip", sent("\x1f\x8b\x08").with("Content-Encoding", "gzip"), 415, media},
	{"identity", sent(`{"query":"{__typename}"}`).with("Content-Encoding", "identity"), 200, answered},
	{"XML wanted", query("{__typename}").with("Accept", "application/xml"), 406, "NOT_ACCEPTABLE"},
	{"all but JSON wanted", query("{__typename}").with("Accept", "application/json;q=0, application/graphql-response+json;q=0"), 406, "NOT_ACCEPTABLE"},
	{"an Accept that is broken", query("{__typename}").with("Accept", ";;,q=x,/"), 406, "NOT_ACCEPTABLE"},
	{"an Accept of 500 types", query("{__typename}").with("Accept", strings.TrimSuffix(strings.Repeat("a/b;q=0.1,", 500), ",")), 406, "NOT_ACCEPTABLE"},

	// Methods and addresses.
	{"PUT", sending{method: "PUT", body: []byte("{}")}, 405, "METHOD_NOT_ALLOWED"},
	{"DELETE", bare("DELETE", ""), 405, "METHOD_NOT_ALLOWED"},
	{"PATCH", bare("PATCH", ""), 405, "METHOD_NOT_ALLOWED"},
	{"TRACE", bare("TRACE", ""), 405, "METHOD_NOT_ALLOWED"},
	{"a method of its own", bare("BREW", ""), 405, "METHOD_NOT_ALLOWED"},
	{"OPTIONS", bare("OPTIONS", ""), 405, "METHOD_NOT_ALLOWED"},
	{"GET of nothing", bare("GET", ""), 400, badRequest},
	{"GET with a body", sending{method: "GET", body: []byte(`{"query":"{__typename}"}`)}, 400, badRequest},
	{"GET with a query and a body", sending{method: "GET", target: "/graphql?query={__typename}", body: []byte(`{"query":"{nope}"}`)}, 200, answered},
	{"GET of two queries", bare("GET", "?query={__typename}&query={__typename}"), 400, badRequest},
	{"GET with half an escape", bare("GET", "?query={__typename}%2"), 400, badRequest},
	{"GET with a semicolon", bare("GET", "?query={__typename};a=b"), 400, badRequest},
	{"GET of bytes that are no UTF-8", bare("GET", "?query={__typename}%ff"), 400, badRequest},
	{"GET of NUL", bare("GET", "?query={__typename}%00"), 400, parse},
	{"GET with variables as a list", bare("GET", "?query={__typename}&variables=[]"), 400, badRequest},
	{"GET with half a variable", bare("GET", "?query={__typename}&variables={%22a%22:"), 400, badRequest},
	{"GET with 65 levels of JSON", bare("GET", "?query={__typename}&variables="+url.QueryEscape(`{"a":`+nested(65, "[#]", "")+`}`)), 400, badRequest},
	{"GET of a mutation", bare("GET", "?query=mutation{a}"), 400, invalid},
	{"a mutation", query("mutation{deleteAll}"), 400, invalid},
	{"a subscription", query("subscription{meetings{totalCount}}"), 400, invalid},
	{"@defer of the root", query("{...@defer{dataset{title}}}"), 400, invalid},
	{"@defer of a list", query("{meetings(first:1){...@defer{nodes{title}}}}"), 400, invalid},
	{"@stream", query("{nodes(ids:[\"country:AZE\"]) @stream{id}}"), 400, invalid},

	// Persisted documents.
	{"an unknown document", sent(`{"documentId":"sha256:` + strings.Repeat("0", 64) + `"}`), 400, "PERSISTED_QUERY_NOT_FOUND"},
	{"a document's id that is a path", sent(`{"documentId":"../../etc/passwd"}`), 400, badRequest},
	{"a document's id and a query", sent(`{"documentId":"sha256:` + strings.Repeat("0", 64) + `","query":"{__typename}"}`), 400, badRequest},
	{"a document's id as a number", sent(`{"documentId":7}`), 400, badRequest},
	{"an unknown hash", sent(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`), 400, "PERSISTED_QUERY_NOT_FOUND"},
	{"the hash of another query", sent(`{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`), 400, badRequest},
	{"a hash of version 2", sent(`{"query":"{__typename}","extensions":{"persistedQuery":{"version":2,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`), 400, badRequest},
	{"a hash that is a list", sent(`{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":[]}}}`), 400, badRequest},
	{"a persisted query that is a number", sent(`{"query":"{__typename}","extensions":{"persistedQuery":1}}`), 400, badRequest},

	// Variables.
	{"a text for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":"5"}`), 400, invalid},
	{"a fraction for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":1.5}`), 400, invalid},
	{"5.0 for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":5.0}`), 400, invalid},
	{"2³¹ for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":2147483648}`), 400, invalid},
	{"10⁹⁹⁹⁹ for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":1e9999}`), 400, invalid},
	{"a number of 10,000 digits for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":`+strings.Repeat("9", 10_000)+`}`), 400, invalid},
	{"true for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":true}`), 400, invalid},
	{"a list for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":[5]}`), 400, invalid},
	{"an object for an Int", query("query($n:Int){meetings(first:$n){totalCount}}", `{"n":{}}`), 400, invalid},
	{"a number for a text", query("query($s:String!){search(query:$s){totalCount}}", `{"s":5}`), 400, invalid},
	{"true for a text", query("query($s:String!){search(query:$s){totalCount}}", `{"s":true}`), 400, invalid},
	{"an object for a text", query("query($s:String!){search(query:$s){totalCount}}", `{"s":{"a":1}}`), 400, invalid},
	{"null for a text that is required", query("query($s:String!){search(query:$s){totalCount}}", `{"s":null}`), 400, invalid},
	{"nothing for a text that is required", query("query($s:String!){search(query:$s){totalCount}}", `{}`), 400, invalid},
	{"a fraction for an ID", query("query($i:ID!){node(id:$i){id}}", `{"i":1.5}`), 400, invalid},
	{"true for an ID", query("query($i:ID!){node(id:$i){id}}", `{"i":true}`), 400, invalid},
	{"a number for an ID", query("query($i:ID!){node(id:$i){id}}", `{"i":5}`), 200, bad},
	{"an enum in small letters", query("query($k:[MeetingKind!]){meetings(filter:{kinds:$k}){totalCount}}", `{"k":["call"]}`), 400, invalid},
	{"an enum that is not there", query("query($k:[MeetingKind!]){meetings(filter:{kinds:$k}){totalCount}}", `{"k":["NOPE"]}`), 400, invalid},
	{"a number for an enum", query("query($k:[MeetingKind!]){meetings(filter:{kinds:$k}){totalCount}}", `{"k":[1]}`), 400, invalid},
	{"an object for a list of enums", query("query($k:[MeetingKind!]){meetings(filter:{kinds:$k}){totalCount}}", `{"k":{"CALL":1}}`), 400, invalid},
	{"null in a list", query("query($k:[MeetingKind!]){meetings(filter:{kinds:$k}){totalCount}}", `{"k":[null]}`), 400, invalid},
	{"a text for an input", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":"CALL"}`), 400, invalid},
	{"a list for an input", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":[]}`), 400, invalid},
	{"a field that an input lacks", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":{"nope":1}}`), 400, invalid},
	{"__proto__ in an input", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":{"__proto__":{}}}`), 400, invalid},
	{"a text in an input's Int", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":{"minSources":"2"}}`), 400, invalid},
	{"null in an input", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":{"kinds":null}}`), 400, bad},
	{"null in an input, as written", query("{meetings(filter:{kinds:null}){totalCount}}"), 400, bad},
	{"null in a list of inputs", query("{meetings(filter:{and:[null]}){totalCount}}"), 400, invalid},
	{"null for all arguments", query("{meetings(filter:null,orderBy:null,first:null,after:null,last:null,before:null){totalCount}}"), 200, answered},
	{"null for an ID that is required", query("{node(id:null){id}}"), 400, invalid},
	{"a variable that nobody asked for", query("{__typename}", `{"x":`+many(5000, "1")+`}`), 200, answered},
	{"a variable that is not defined", query("{meetings(first:$n){totalCount}}"), 400, invalid},
	{"a variable that is not used", query("query($n:Int){__typename}"), 400, invalid},
	{"a variable of no type", query("query($n:Nope){meetings(first:$n){totalCount}}"), 400, invalid},
	{"a variable of an output's type", query("query($n:Meeting){meetings(first:$n){totalCount}}"), 400, invalid},
	{"a variable of another type", query("query($n:String){meetings(first:$n){totalCount}}"), 400, invalid},
	{"a default of another type", query("query($n:Int=\"5\"){meetings(first:$n){totalCount}}"), 400, invalid},

	// Arguments.
	{"first: 2³¹-1", query("{meetings(first:2147483647){totalCount}}"), 200, bad},
	{"first: 2³¹", query("{meetings(first:2147483648){totalCount}}"), 200, bad},
	{"first: 10²⁰", query("{meetings(first:100000000000000000000){totalCount}}"), 400, invalid},
	{"first: -1", query("{meetings(first:-1){totalCount}}"), 200, bad},
	{"first: -2³¹", query("{meetings(first:-2147483648){totalCount}}"), 200, bad},
	{"last: 101", query("{meetings(last:101){totalCount}}"), 200, bad},
	{"first and last", query("{meetings(first:1,last:1){totalCount}}"), 200, bad},
	{"first: 1.5", query("{meetings(first:1.5){totalCount}}"), 400, invalid},
	{"first as a text", query("{meetings(first:\"5\"){totalCount}}"), 400, invalid},
	{"first as a list", query("{meetings(first:[5]){totalCount}}"), 400, invalid},
	{"first twice", query("{meetings(first:1,first:2){totalCount}}"), 400, invalid},
	{"limit: 501", query("{neighbourhood(of:\"country:AZE\",limit:501){total}}"), 200, bad},
	{"limit: -1", query("{neighbourhood(of:\"country:AZE\",limit:-1){total}}"), 200, bad},
	{"depth: 99", query("{neighbourhood(of:\"country:AZE\",depth:99){total}}"), 200, bad},
	{"maxLength: 9", query("{paths(from:\"country:AZE\",to:\"country:IND\",maxLength:9){reached}}"), 200, bad},
	{"501 facets", query("{meetings(first:1){facets{officials(first:501){count}}}}"), 200, bad},
	{"a cursor of nothing", query("{meetings(after:\"\"){totalCount}}"), 200, bad},
	{"a cursor of garbage", query("{meetings(after:\"!!!\"){totalCount}}"), 200, bad},
	{"a cursor of base64", query("{meetings(after:\"YQ\"){totalCount}}"), 200, bad},
	{"a cursor of another list", query("{meetings(after:\"eHh4eHh4eHgAYQBi\"){totalCount}}"), 200, "CURSOR_MISMATCH"},
	{"a cursor of 9 kB", query("{meetings(after:\"" + strings.Repeat("YWFh", 2300) + "\"){totalCount}}"), 200, bad},
	{"a cursor before itself", query("{meetings(after:\"eA\",before:\"eA\"){totalCount}}"), 200, bad},
	{"an id of no kind", query("{node(id:\"nope:x\"){id}}"), 200, bad},
	{"an id without a colon", query("{node(id:\"AZE\"){id}}"), 200, bad},
	{"an id of colons", query("{node(id:\"::::\"){id}}"), 200, bad},
	{"an empty id", query("{node(id:\"\"){id}}"), 200, bad},
	{"an id of a day that is not", query("{node(id:\"corridor:instc@2023-02-30\"){id}}"), 200, bad},
	{"an id of another kind", query("{country(by:{id:\"corridor:instc\"}){id}}"), 200, bad},
	{"an id of another kind in a filter", query("{meetings(filter:{ids:[\"country:AZE\"]}){totalCount}}"), 200, bad},
	{"an id that nothing has", query("{node(id:\"corridor:nope\"){id}}"), 200, answered},
	{"an id with SQL", query("{node(id:\"country:AZE' or 1=1 --\"){id}}"), 200, answered},
	{"an id with a path", query("{node(id:\"country:../../etc/passwd\"){id}}"), 200, answered},
	{"an id with NUL", query(`{node(id:"country:AZE\u0000"){id}}`), 200, answered},
	{"both of @oneOf", query("{country(by:{code:\"AZE\",name:\"Iran\"}){id}}"), 400, invalid},
	{"none of @oneOf", query("{country(by:{}){id}}"), 400, invalid},
	{"both of @oneOf by a variable", query("query($b:CountryBy!){country(by:$b){id}}", `{"b":{"code":"AZE","name":"Iran"}}`), 200, bad},
	{"a date that is not", query("{at(date:\"2023-13-45\"){countries{totalCount}}}"), 200, bad},
	{"a date of the year 10000", query("{at(date:\"10000-01-01\"){countries{totalCount}}}"), 200, bad},
	{"a date of the year 0", query("{at(date:\"0000\"){countries{totalCount}}}"), 200, bad},
	{"a date before Christ", query("{at(date:\"-0001\"){countries{totalCount}}}"), 200, bad},
	{"a date of a day's words", query("query($d:EDTF!){at(date:$d){countries{totalCount}}}", `{"d":"tomorrow"}`), 200, bad},
	{"no country of a dyad", query("{relation(between:[]){coverage{meetings}}}"), 200, bad},
	{"one country twice", query("{relation(between:[\"AZE\",\"AZE\"]){coverage{meetings}}}"), 200, bad},
	{"10,000 countries of a dyad", query("query($c:[String!]!){relation(between:$c){coverage{meetings}}}", `{"c":`+many(9000, `"AZ"`)+`}`), 200, bad},

	// Filters.
	{"65 filters in filters", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":`+nested(62, `{"not":#}`, "{}")+`}`), 400, badRequest},
	{"70 filters beside one another", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":{"or":`+many(70, "{}")+`}}`), 200, bad},
	{"64 filters beside one another", query("query($f:MeetingFilter){meetings(filter:$f){totalCount}}", `{"f":{"or":`+many(64, `{"text":"minister"}`)+`}}`), 200, answered},
	{"10,000 ids in a filter", query("query($i:[ID!]){meetings(filter:{ids:$i}){totalCount}}", `{"i":`+many(10_000, `"m:"`)+`}`), 200, bad},
	{"3,000 ids in a filter", query("query($i:[ID!]){countries(filter:{ids:$i}){totalCount}}", `{"i":`+many(3000, `"country:AZE"`)+`}`), 200, answered},
	{"5,000 kinds in a filter", query("query($k:[MeetingKind!]){meetings(filter:{kinds:$k}){totalCount}}", `{"k":`+many(5000, `"PHONE_CALL"`)+`}`), 200, answered},
	{"10,000 countries in a filter", query("query($c:[String!]){countries(filter:{codes:$c}){totalCount}}", `{"c":`+many(9000, `"AZ"`)+`}`), 200, answered},
	{"minSources: -1", query("{meetings(filter:{minSources:-1}){totalCount}}"), 200, bad},
	{"minSources: 2³¹-1", query("{meetings(filter:{minSources:2147483647}){totalCount}}"), 200, answered},
	{"a range from behind", query("{meetings(filter:{during:{within:{since:\"2024\",until:\"2020\"}}}){totalCount}}"), 200, bad},
	{"a range of nothing", query("{meetings(filter:{during:{}}){totalCount}}"), 400, invalid},
	{"an order of nothing", query("{meetings(orderBy:{field:NOPE}){totalCount}}"), 400, invalid},
	{"relevance to nothing", query("{meetings(orderBy:{field:RELEVANCE}){totalCount}}"), 200, bad},

	// Texts.
	{"a search of nothing", query(`{search(query:""){totalCount}}`), 200, answered},
	{"a search of 257 letters", query(`{search(query:"` + strings.Repeat("x", 257) + `"){totalCount}}`), 200, bad},
	{"a search of FTS", query(`{search(query:"a* NEAR/9999 b -c title:d (e OR f) ^g \"h"){totalCount}}`), 200, answered},
	{"a search of 128 words", query(`{search(query:"` + strings.Repeat("a ", 128) + `"){totalCount}}`), 200, answered},
	{"a search of quotes", query(`{search(query:"` + strings.Repeat(`\"`, 256) + `"){totalCount}}`), 200, answered},
	{"a search of combining marks", query(`{search(query:"` + strings.Repeat("\u0301", 256) + `"){totalCount}}`), 200, answered},
	{"a search of ﷺ", query(`{search(query:"` + strings.Repeat("ﷺ", 256) + `"){totalCount}}`), 200, answered},
	{"a search of right to left", query("{search(query:\"\u202e\u2066\u200f\"){totalCount}}"), 200, answered},
	{"all by %", query(`{countries(filter:{text:"%"}){totalCount}}`), 200, bad},
	{"a name of %", query(`{country(by:{name:"%"}){id}}`), 200, answered},
	{"a name of 16 kB", query(`{country(by:{name:"` + strings.Repeat("é", 7<<10) + `"}){id}}`), 200, answered},
	{"a code with SQL", query(`{country(by:{code:"AZE'; drop table entity; --"}){id}}`), 200, answered},
	{"a slug with SQL", query(`{source(slug:"' union select sql from sqlite_master --"){title}}`), 200, answered},
}

// doubled is n fragments that each spread the next twice.
func doubled(n int) string {
	var b strings.Builder
	b.WriteString("{...f0}")
	for i := range n {
		fmt.Fprintf(&b, "fragment f%d on Query{...f%d ...f%[2]d}", i, i+1)
	}
	fmt.Fprintf(&b, "fragment f%d on Query{__typename}", n)
	return b.String()
}

// codes is the closed list of what errors say to a program.
var codes = []string{
	"BAD_USER_INPUT", "AMBIGUOUS", "CURSOR_MISMATCH", "BAD_REQUEST", "METHOD_NOT_ALLOWED", "NOT_ACCEPTABLE", "UNSUPPORTED_MEDIA_TYPE",
	"PAYLOAD_TOO_LARGE", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "TOO_COMPLEX", "PERSISTED_QUERY_NOT_FOUND", "TIMEOUT", "OVERLOADED", "RATE_LIMITED",
}

// inside is what no error may tell: of SQL, Go or the machine.
var inside = regexp.MustCompile(`(?i)sqlite|sql logic|syntax error|no such (table|column|function)|strconv|json:|unmarshal|invalid character|runtime error|nil pointer|goroutine|` +
	`\.go:|interface ?\{|map\[|json\.Number|graphql\.|gqlgen|\bdb\.|/root/|/tmp/|base64|%!`)

type reply struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// check fails unless an answer is one that the server may give, and returns the code of its first error.
func check(t *testing.T, status int, text []byte) (code string) {
	t.Helper()
	var r reply
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("no JSON: %.200s", text)
	}
	for _, e := range r.Errors {
		if !slices.Contains(codes, e.Extensions.Code) {
			t.Errorf("code %q is not in the list: %s", e.Extensions.Code, e.Message)
		}
		if found := inside.FindString(e.Message); found != "" {
			t.Errorf("an error tells of %q: %s", found, e.Message)
		}
	}
	if len(r.Errors) > 10 {
		t.Errorf("%d errors", len(r.Errors))
	}
	if len(text) > 6<<20 || r.Errors != nil && len(text) > 40<<10 {
		t.Errorf("the answer has %d bytes", len(text))
	}
	if (status >= 400) == (r.Data != nil) {
		t.Errorf("status %d with data %.20s", status, r.Data)
	}
	if r.Errors == nil {
		return answered
	}
	return r.Errors[0].Extensions.Code
}

// TestHostileRequests sends what nobody means well with, one after the other, while a
// healthy query is asked again and again. Each is answered or refused as the table
// says, and takes little; -v prints how much.
func TestHostileRequests(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Time = time.Minute // other limits have to hold
	server := httptest.NewServer(graph.Handler(dataset(t), limits))
	defer server.Close()
	client := &http.Client{Timeout: time.Minute}
	const healthy = `{"query":"{meetings(first:5){nodes{title participants{nodes{name}}}}}"}`
	answer := func() error {
		answer, err := client.Post(server.URL, "application/json", strings.NewReader(healthy))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err == nil && !bytes.Contains(text, []byte(`"title"`)) {
			err = fmt.Errorf("healthy query: %s", text)
		}
		return err
	}
	if err := answer(); err != nil {
		t.Fatal(err)
	}

	// Little garbage, so that what is measured is what is held.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	held := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapInuse + m.StackInuse)
	}
	idle := held()
	var peak atomic.Int64
	var took []time.Duration // of the healthy query
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			peak.Store(max(peak.Load(), held()))
			began := time.Now()
			if err := answer(); err != nil {
				stopped <- err
				return
			}
			took = append(took, time.Since(began))
		}
	}()

	var slowest time.Duration
	var slowestName string
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			began := time.Now()
			answer, err := client.Do(h.send.request(t, server.URL))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if passed := time.Since(began); passed > slowest {
				slowest, slowestName = passed, h.name
			}
			if code := check(t, answer.StatusCode, text); code != h.code || answer.StatusCode != h.status {
				t.Errorf("got %d %q, want %d %q: %.300s", answer.StatusCode, code, h.status, h.code, text)
			}
		})
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	slices.Sort(took)
	t.Logf("%d requests; slowest %s (%s); %d MB above idle; healthy query p90 %s of %d", len(hostile),
		slowest.Round(time.Millisecond), slowestName, (peak.Load()-idle)>>20, took[len(took)*9/10].Round(10*time.Microsecond), len(took))
	if slowest > 20*time.Second { // normally less than one
		t.Errorf("%s took %s", slowestName, slowest)
	}
	if !raceEnabled && peak.Load()-idle > 50<<20 {
		t.Errorf("%d MB above idle", (peak.Load()-idle)>>20)
	}
}

// A client that sends its body slowly is cut off, and others are answered meanwhile.
func TestSlowBodies(t *testing.T) {
	server := httptest.NewUnstartedServer(graph.Handler(dataset(t), graph.DefaultLimits()))
	server.Config.ReadTimeout = 200 * time.Millisecond
	server.Start()
	defer server.Close()
	for range 50 {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
		connection.SetReadDeadline(time.Now().Add(time.Minute))
		defer func() {
			if text, err := io.ReadAll(connection); err != nil || !bytes.Contains(text, []byte("BAD_REQUEST")) {
				t.Errorf("got %s, %v", text, err)
			}
		}()
	}
	answer, err := http.Post(server.URL, "application/json", strings.NewReader(`{"query":"{__typename}"}`))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("got %d", answer.StatusCode)
	}
}
