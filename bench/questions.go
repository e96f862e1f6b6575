package main

import (
	"context"
	"database/sql"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"

	"readout/bench/synthetic"
)

//go:embed queries/*.graphql
var queries embed.FS

// question is what is measured: a query in queries, with variables.
type question struct {
	key, name, file string
	relations       int // fields that lead to other rows: no more statements than these
	bars            bars
	draw            func(*drawing) ([]call, error)
}

// bars are what the question is to reach; 0: none.
type bars struct {
	rate   float64 // requests/s at concurrency 16, as a share of those of hand-written code
	cpu    float64 // a request, as often as much as hand-written code takes
	p50    float64 // milliseconds at a million meetings
	growth float64 // how often slower at a million meetings than at ten thousand
}

// call is a question with its variables, and the address of its hand-written twin, "":
// none.
type call struct {
	variables map[string]any
	hand      string
}

var questions = []question{
	{"Q1", "one meeting with participants and topics", "meeting", 6, bars{0.85, 2, 0, 1.5}, meetingsDrawn("/meeting", 400, `select id from meeting`)},
	{"Q2", "its corridors, their members, 5 officials of each", "traversal", 7, bars{0.65, 2, 0, 1.5}, meetingsDrawn("/traversal", 200, aboutCorridors)},
	{"Q3", "50 latest meetings of two countries, with participants", "pair", 4, bars{0.55, 2, 0, 1.5}, pairs},
	{"Q4", "page 1,000 of the calls of a country", "page", 1, bars{0.70, 2, 0, 1.5}, func(d *drawing) ([]call, error) { return pages(d, 1000) }},
	{"Q4.1", "page 1 of the same", "page", 1, bars{}, func(d *drawing) ([]call, error) { return pages(d, 1) }},
	{"Q5", "meetings of a country by year", "years", 2, bars{0, 0, 5, 3}, years},
	{"Q6", "text search, 20 hits with participants", "text", 4, bars{0.80, 2, 0, 3}, texts},
	{"Q7", "paths between two officials", "paths", 4, bars{0, 0, 5, 3}, paths},
	{"Q8", "the leading question, with every claim and source", "leading", 13, bars{0, 0, 0, 3}, meetingsDrawn("", 200, aboutCorridors)},
	// Q9, 100,000 rows as CSV, follows with /graphql.csv.
}

const aboutCorridors = `select t.meeting as id from topic t join corridor k on k.id = t.entity`

// document is the query.
func (q question) document() string {
	text, err := queries.ReadFile("queries/" + q.file + ".graphql")
	if err != nil {
		panic(err) // the files are part of the program
	}
	return string(text)
}

// body is what a client posts for a call.
func (q question) body(c call) []byte {
	body, err := json.Marshal(map[string]any{"query": q.document(), "variables": c.variables})
	if err != nil {
		panic(err) // the variables are plain data
	}
	return body
}

// drawing is where variables come from. The same release gives the same ones.
type drawing struct {
	context.Context
	db   *sql.DB
	dice *rand.Rand
	ask  func(body []byte) (data json.RawMessage, err error) // the server
}

// calls draws the variables of q.
func (q question) calls(ctx context.Context, db *sql.DB, ask func([]byte) (json.RawMessage, error)) ([]call, error) {
	list, err := q.draw(&drawing{ctx, db, rand.New(rand.NewPCG(4, 4)), ask})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.key, err)
	}
	return list, nil
}

// text is the one that a statement selects.
func (d *drawing) text(query string, args ...any) (text string, err error) {
	return text, d.db.QueryRowContext(d, query, args...).Scan(&text)
}

// slugs draws n entities among the ids that a statement selects.
func (d *drawing) slugs(n int, ids string) ([]string, error) {
	var first, last int64
	if err := d.db.QueryRowContext(d, `select min(id), max(id) from (`+ids+`)`).Scan(&first, &last); err != nil {
		return nil, err
	}
	list := make([]string, n)
	for i := range list {
		var err error
		list[i], err = d.text(`
			select slug from entity where id = (select id from (`+ids+`) where id >= ? order by id limit 1)`, first+d.dice.Int64N(last-first+1))
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// meetingsDrawn draws n meetings among some ids.
func meetingsDrawn(path string, n int, ids string) func(*drawing) ([]call, error) {
	return func(d *drawing) (calls []call, err error) {
		slugs, err := d.slugs(n, ids)
		for _, slug := range slugs {
			c := call{variables: map[string]any{"slug": slug}}
			if path != "" {
				c.hand = path + "?slug=" + url.QueryEscape(slug)
			}
			calls = append(calls, c)
		}
		return calls, err
	}
}

// pairs are the pairs of the eight countries that meet most: they have 50 meetings in
// a record of any size.
func pairs(*drawing) (calls []call, err error) {
	for a := range 8 {
		for b := range a {
			one, other := synthetic.Code(a), synthetic.Code(b)
			calls = append(calls, call{map[string]any{"countries": []string{one, other}}, "/pair?a=" + one + "&b=" + other})
		}
	}
	return calls, nil
}

const pageSize = 50

// pages are the hundred pages up to the last-th, or the last that there are, of a list of
// which the millionth meeting makes more than a thousand. Cursors come from the server:
// clients have no others.
func pages(d *drawing, last int) (calls []call, err error) {
	kind, country := "PHONE_CALL", synthetic.Code(0)
	const cursors = `query ($kind: MeetingKind!, $country: String!, $after: String) {
		meetings(filter: {kinds: [$kind], countries: [$country]}, orderBy: {field: DATE, direction: DESC}, first: 100, after: $after) {
			edges { cursor }
		}
	}`
	filter := "/page?kind=" + kind + "&country=" + country
	calls = []call{{map[string]any{"kind": kind, "country": country, "after": nil}, filter}}
	for after := any(nil); len(calls) < last; {
		body, err := json.Marshal(map[string]any{"query": cursors, "variables": map[string]any{"kind": kind, "country": country, "after": after}})
		if err != nil {
			return nil, err
		}
		data, err := d.ask(body)
		if err != nil {
			return nil, err
		}
		var page struct {
			Meetings struct{ Edges []struct{ Cursor string } }
		}
		if err := json.Unmarshal(data, &page); err != nil {
			return nil, err
		}
		edges := page.Meetings.Edges
		for i := pageSize - 1; i < len(edges); i += pageSize {
			position, err := base64.RawURLEncoding.DecodeString(edges[i].Cursor)
			parts := strings.Split(string(position), "\x00")
			if err != nil || len(parts) != 3 {
				return nil, fmt.Errorf("the cursor %q has no slug", edges[i].Cursor)
			}
			calls = append(calls, call{
				map[string]any{"kind": kind, "country": country, "after": edges[i].Cursor},
				filter + "&after=" + parts[2],
			})
		}
		if len(edges) < 2*pageSize {
			break // there are no more
		}
		after = edges[len(edges)-1].Cursor
	}
	calls = calls[:min(last, len(calls))]
	return calls[max(0, len(calls)/2, len(calls)-100):], nil
}

func years(*drawing) (calls []call, err error) {
	for i := range synthetic.Countries {
		calls = append(calls, call{map[string]any{"country": synthetic.Code(i)}, "/years?country=" + synthetic.Code(i)})
	}
	return calls, nil
}

// texts are two words each that many summaries have, as somebody would ask for a matter.
func texts(d *drawing) (calls []call, err error) {
	words := synthetic.Common[30:]
	for range 60 {
		a, b := d.dice.IntN(len(words)), d.dice.IntN(len(words)-1)
		if b >= a {
			b++
		}
		text := words[a] + " " + words[b]
		calls = append(calls, call{map[string]any{"text": text}, "/text?text=" + url.QueryEscape(text)})
	}
	return calls, nil
}

func paths(d *drawing) (calls []call, err error) {
	slugs, err := d.slugs(400, `select id from official`)
	for i := 0; i+1 < len(slugs); i += 2 {
		calls = append(calls, call{variables: map[string]any{"from": "official:" + slugs[i], "to": "official:" + slugs[i+1]}})
	}
	return calls, err
}
