package graph_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

var seed = flag.Uint64("seed", 1, "of the random filters and pages; 0: another one each time")

// list is a list of the API, and what the files hold for it.
type list struct {
	of    string // the type whose field it is
	field string
	edge  string // what is asked of an edge
	key   string // where in it stands what tells an entry apart
	// entries are those below a parent, whose key is that of the edge.
	entries func(r *record, parent *entry) []*entry
	keyOf   func(*entry) string
	matches func(*record, *entry, object) bool
	// sorts is what the list is usually ordered by; a "-" before it: the greatest
	// first. Ties are broken by slug where a list can be ordered otherwise.
	sorts string
}

const node = "node { ... on Node { id } }"

// lists are all lists with a filter.
var lists = slices.Concat(
	[]list{
		{"Query", "countries", node, "node.id", all("country"), id, (*record).countryMatches, "NAME"},
		{"Query", "officials", node, "node.id", all("official"), id, (*record).officialMatches, "NAME"},
		{"Query", "organizations", node, "node.id", all("organization"), id, (*record).organizationMatches, "NAME"},
		{"Query", "corridors", node, "node.id", all("corridor"), id, (*record).corridorMatches, "NAME"},
		{"Query", "issues", node, "node.id", all("issue"), id, (*record).issueMatches, "NAME"},
		{"Query", "meetings", node, "node.id", all("meeting"), id, (*record).meetingMatches, "-DATE"},
		{"Query", "statements", node, "node.id", all("statement"), id, (*record).statementMatches, "-DATE"},
		{"Query", "sources", node, "node.id", all("source"), id, (*record).sourceMatches, "SLUG"},
		{"Query", "disputes", "node { slug }", "node.slug", all("dispute"), slug, (*record).disputeMatches, "-CLAIM"},

		{"Country", "memberships", node + " spell", "node.id spell", facts("membership", "country"), membershipOf, (*record).membershipMatches, "BODY"},
		{"Country", "tenures", tenureEdge, tenureKey, facts("tenure", "country"), keyOfTenure, (*record).tenureMatches, ""},
		{"Country", "issues", node, "node.id", facts("party", "country"), other("issue"), (*record).partyMatches, "ISSUE"},
		{"Country", "stops", stopEdge, stopKey, facts("stop", "country"), keyOfStop, (*record).stopMatches, "CORRIDOR"},
		{"Official", "tenures", tenureEdge, tenureKey, facts("tenure", "official"), keyOfTenure, (*record).tenureMatches, ""},
		{"Organization", "members", node + " spell", "node.id spell", facts("membership", "organization"), memberOf, (*record).membershipMatches, "ROLE"},
		{"Corridor", "members", node + " spell", "node.id spell", facts("membership", "corridor"), memberOf, (*record).membershipMatches, "ROLE"},
		{"Corridor", "issues", node, "node.id", facts("concern", "corridor"), other("issue"), (*record).concernMatches, "ISSUE"},
		{"Issue", "parties", node, "node.id", facts("party", "issue"), other("country"), (*record).partyMatches, "COUNTRY"},
		{"Issue", "corridors", node, "node.id", facts("concern", "issue"), other("corridor"), (*record).concernMatches, "CORRIDOR"},
		{"Meeting", "participants", node, "node.id", facts("participation", "meeting"), other("official"), (*record).participationMatches, "OFFICIAL"},
		{"Meeting", "topics", node, "node.id", facts("topic", "meeting"), func(e *entry) string { return subject(e.row) }, (*record).topicMatches, "TOPIC"},
		{"Meeting", "statements", node, "node.id", facts("statement", "meeting"), id, (*record).statementMatches, "SPEAKER"},

		{"Relation", "meetings", node, "node.id", meetingsOfBoth, id, (*record).meetingMatches, "-DATE"},
		{"Relation", "statements", node, "node.id", statementsOfBoth, id, (*record).statementMatches, "-DATE"},
	},
	below("sources", (*record).sourceMatches, "SLUG", sourceEntries, "Country", "Official", "Organization", "Corridor", "Issue", "Meeting"),
	below("disputes", (*record).disputeMatches, "-CLAIM", disputeEntries, "Country", "Official", "Organization", "Corridor", "Issue", "Meeting"),
	below("meetings", (*record).meetingMatches, "-DATE", func(r *record, of *entry) []*entry { return r.mentions[of.id] },
		"Country", "Official", "Organization", "Corridor", "Issue"),
	below("statements", (*record).statementMatches, "-DATE", statementEntries, "Official", "Organization", "Corridor", "Issue"),
)

const (
	tenureEdge = "node { official { slug } country { slug } title spell }"
	tenureKey  = "node.official.slug node.country.slug node.title node.spell"
	stopEdge   = "node { corridor { slug } branch position }"
	stopKey    = "node.corridor.slug node.branch node.position"
)

// below is one list of several types.
func below(field string, matches func(*record, *entry, object) bool, sorts string, entries func(*record, *entry) []*entry, types ...string) (lists []list) {
	for _, of := range types {
		l := list{of, field, node, "node.id", entries, id, matches, sorts}
		if field == "disputes" {
			l.edge, l.key, l.keyOf = "node { slug }", "node.slug", slug
		}
		lists = append(lists, l)
	}
	return lists
}

func all(kind string) func(*record, *entry) []*entry {
	return func(r *record, _ *entry) []*entry { return r.kinds[kind] }
}

// facts are those of a kind that name the parent in a column.
func facts(kind, column string) func(*record, *entry) []*entry {
	return func(r *record, parent *entry) []*entry { return r.of(kind, column, parent.slug) }
}

func sourceEntries(r *record, of *entry) (list []*entry) {
	for _, slug := range r.sourcesOf(of) {
		list = append(list, r.byID["source:"+slug])
	}
	return list
}

func disputeEntries(r *record, of *entry) (list []*entry) {
	for _, d := range r.kinds["dispute"] {
		if slices.Contains(d.relates, of.id) {
			list = append(list, d)
		}
	}
	return list
}

func statementEntries(r *record, of *entry) (list []*entry) {
	for _, s := range r.kinds["statement"] {
		if subject(s.row) == of.id || "official:"+s.row["official"] == of.id {
			list = append(list, s)
		}
	}
	return list
}

// meetingsOfBoth are those that both countries of a dyad took part in.
func meetingsOfBoth(r *record, dyad *entry) (list []*entry) {
	for _, m := range r.kinds["meeting"] {
		if r.meetingMatches(m, object{"countries": toAny(dyad.relates)}) {
			list = append(list, m)
		}
	}
	return list
}

func statementsOfBoth(r *record, dyad *entry) (list []*entry) {
	for _, m := range meetingsOfBoth(r, dyad) {
		list = append(list, r.of("statement", "meeting", m.slug)...)
	}
	return list
}

func id(e *entry) string           { return e.id }
func slug(e *entry) string         { return e.slug }
func memberOf(e *entry) string     { return "country:" + e.row["country"] + " " + e.row["spell"] }
func membershipOf(e *entry) string { return bodyOf(e) + " " + e.row["spell"] }

// other is the other end of a fact.
func other(kind string) func(*entry) string {
	return func(e *entry) string { return kind + ":" + e.row[kind] }
}

func keyOfTenure(e *entry) string {
	return strings.Join([]string{e.row["official"], e.row["country"], e.row["title"], e.row["spell"]}, " ")
}

func keyOfStop(e *entry) string {
	return strings.Join([]string{e.row["corridor"], e.row["branch"], e.row["position"]}, " ")
}

func toAny(words []string) []any {
	list := make([]any, len(words))
	for i, word := range words {
		list[i] = word
	}
	return list
}

// sortKey is what an entry is ordered by.
func (r *record) sortKey(by string, e *entry, f object) string {
	name := func(kind string) string { return folded(r.byID[kind+":"+e.row[kind]].name) }
	switch by {
	case "NAME":
		return folded(e.name)
	case "SLUG":
		return e.slug
	case "DATE":
		if date := e.row[map[string]string{"meeting": "starts_on", "statement": "stated_on", "source": "published_on"}[e.kind]]; date != "" {
			return firstDay(date)
		}
		return ""
	case "SPEAKER":
		return name("official")
	case "MEETINGS": // where filter.meetings is given, only those that match it are counted
		n := 0
		for _, m := range r.mentions[e.id] {
			only, narrowed := f["meetings"].(object)
			if !narrowed || r.meetingMatches(m, only) {
				n++
			}
		}
		return fmt.Sprintf("%06d", n)
	case "CLAIM": // newest claim first
		return e.row["day"]
	case "ROLE": // founders first, then members, then the other roles; each by name
		return fmt.Sprint(max(0, 3-len(map[string]string{"founder": "xxx", "member": "xx"}[e.role])), name("country"))
	case "BODY": // corridors before organizations, each by name
		return strings.SplitN(bodyOf(e), ":", 2)[0] + " " + folded(r.byID[bodyOf(e)].name)
	case "TOPIC": // issues, then corridors, organizations and countries, each by name
		kind, _, _ := strings.Cut(subject(e.row), ":")
		return fmt.Sprint(slices.Index([]string{"issue", "corridor", "organization", "country"}, kind), folded(r.byID[subject(e.row)].name))
	}
	return name(strings.ToLower(by))
}

// sorted puts entries in order. What no order is stated for stays.
func (r *record) sorted(list []*entry, by string, desc bool, f object) []*entry {
	return slices.SortedStableFunc(slices.Values(list), func(a, b *entry) int {
		c := cmp.Or(strings.Compare(r.sortKey(by, a, f), r.sortKey(by, b, f)), strings.Compare(tie(a), tie(b)))
		if desc {
			return -c
		}
		return c
	})
}

// tie is what breaks ties: the slug; of stops the branch and the position.
func tie(e *entry) string {
	if e.kind == "stop" {
		return fmt.Sprintf("%s/%s/%4s", e.row["corridor"], e.row["branch"], e.row["position"])
	}
	return e.slug
}

// trial is what the tests of lists share: the record, the schema and the dice.
type trial struct {
	*record
	*rand.Rand
	schema *ast.Schema
}

// files is the record, read once for all tests.
var files struct {
	sync.Once
	record *record
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	with := *seed
	if with == 0 {
		with = uint64(time.Now().UnixNano())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again: go test ./graph -run '^%s$' -seed %d", t.Name(), with)
		}
	})
	files.Do(func() { files.record = readRecord(t) })
	return &trial{files.record, rand.New(rand.NewPCG(with, 0)), contract(t)}
}

func pick[T any](d *trial, from []T) T { return from[d.IntN(len(from))] }

// words are up to three of a pool; one in eight times none.
func (d *trial) words(pool []string) []any {
	list := []any{}
	if d.IntN(8) == 0 {
		return list
	}
	for range 1 + d.IntN(3) {
		list = append(list, pick(d, pool))
	}
	return list
}

// column is the values of a column, as often as they stand there: what is common is
// asked for often.
func (d *trial) column(kind, column string) (values []string) {
	for _, e := range d.kinds[kind] {
		if e.row[column] != "" {
			values = append(values, e.row[column])
		}
	}
	return values
}

func (d *trial) ids(kinds ...string) (ids []string) {
	for _, kind := range kinds {
		for _, e := range d.kinds[kind] {
			ids = append(ids, e.id)
		}
	}
	return ids
}

// value is something to ask for in a field of a filter, by its type and name.
func (d *trial) value(input string, field *ast.FieldDefinition, depth int) any {
	of := d.schema.Types[field.Type.Name()]
	switch {
	case of.Name == "DateFilter":
		return d.dates()
	case of.Kind == ast.InputObject && field.Type.Elem != nil:
		filters := []any{}
		for range d.IntN(3) {
			filters = append(filters, d.filter(of.Name, depth-1))
		}
		return filters
	case of.Kind == ast.InputObject:
		return d.filter(of.Name, depth-1)
	case of.Kind == ast.Enum:
		var words []string
		for _, value := range of.EnumValues {
			words = append(words, value.Name)
		}
		return d.words(words)
	case of.Name == "Boolean":
		return d.IntN(2) == 0
	case of.Name == "Int":
		return d.IntN(5)
	}
	switch field.Name {
	case "ids":
		if input == "TopicFilter" {
			return d.words(d.topics())
		}
		return d.words(d.ids(strings.ToLower(strings.TrimSuffix(input, "Filter"))))
	case "topics":
		return d.words(d.topics())
	case "countries", "anyCountry", "hosts", "codes":
		codes := append(d.column("participation", "country"), d.column("membership", "country")...)
		if input == "SourceFilter" {
			codes = append(d.column("publisher", "country"), codes[:9]...)
		}
		list := d.words(codes)
		for i, code := range list { // in any spelling
			c := d.byID["country:"+code.(string)]
			list[i] = pick(d, []string{c.slug, c.slug, c.row["alpha2"], c.row["numeric"], strings.ToLower(c.slug)})
		}
		return list
	case "officials":
		var ids []string
		for _, slug := range d.column("participation", "official") {
			ids = append(ids, "official:"+slug)
		}
		return d.words(append(ids, "official:nobody", pick(d, d.ids("official"))))
	case "memberOf", "bodies":
		return d.words(d.ids("corridor", "organization"))
	case "corridors":
		return d.words(d.ids("corridor"))
	case "entities":
		return d.words(pick(d, d.kinds["dispute"]).relates)
	case "regions", "subregions":
		return d.words(d.column("country", strings.TrimSuffix(field.Name, "s")))
	case "languages":
		return d.words(d.column("source", "language"))
	case "branches":
		return d.words(d.column("stop", "branch"))
	case "publishers":
		list := d.words(d.column("source", "publisher"))
		for i, slug := range list {
			list[i] = d.byID["publisher:"+slug.(string)].name
		}
		return list
	case "title":
		return d.beginnings(pick(d, d.column(strings.ToLower(strings.TrimSuffix(input, "Filter")), "title")))
	case "place":
		return d.beginnings(pick(d, d.column("stop", "place")))
	case "text": // of disputes
		return d.beginnings(pick(d, d.kinds["dispute"]).name)
	}
	panic("nothing is known to ask for in " + input + "." + field.Name)
}

// topics are ids of what meetings were about, as often as they were.
func (d *trial) topics() (ids []string) {
	for _, e := range d.kinds["topic"] {
		ids = append(ids, subject(e.row))
	}
	return ids
}

// dates is a range in one of the two logics, of any precision, at times without an end.
func (d *trial) dates() object {
	date := func() string {
		date := pick(d, append(d.column("meeting", "starts_on"), d.column("source", "published_on")...))
		return date[:min(len(date), pick(d, []int{4, 7, 10}))]
	}
	since, until := date(), date()
	if firstDay(since) > lastDay(until) {
		since, until = until, since
	}
	r := object{}
	if d.IntN(4) > 0 {
		r["since"] = since
	}
	if d.IntN(4) > 0 {
		r["until"] = until
	}
	return object{pick(d, []string{"overlaps", "within"}): r}
}

// beginnings are one or two words of a text, or what they begin with, in any case.
func (d *trial) beginnings(text string) string {
	var asked []string
	for range 1 + d.IntN(2) {
		word := []rune(pick(d, strings.Fields(folded(text))))
		asked = append(asked, string(word[:1+d.IntN(len(word))]))
	}
	if d.IntN(2) == 0 {
		return strings.ToUpper(strings.Join(asked, " "))
	}
	return strings.Join(asked, "-")
}

// fields are the conditions of a filter, and at no depth those without filters in them.
// `text` of what the search reads is left to its own tests.
func (d *trial) fields(input string, depth int) (fields []*ast.FieldDefinition) {
	for _, field := range d.schema.Types[input].Fields {
		searched := field.Name == "text" && input != "DisputeFilter"
		nested := d.schema.Types[field.Type.Name()].Kind == ast.InputObject && field.Type.Name() != "DateFilter"
		if !searched && (depth > 0 || !nested) {
			fields = append(fields, field)
		}
	}
	return fields
}

// filter is up to three conditions.
func (d *trial) filter(input string, depth int) object {
	f := object{}
	for range pick(d, []int{0, 1, 1, 1, 2, 2, 3}) {
		field := pick(d, d.fields(input, depth))
		f[field.Name] = d.value(input, field, depth)
	}
	return f
}

// parent is something that the list can be of: what has more entries, more often.
func (d *trial) parent(l list) *entry {
	kind := strings.ToLower(l.of)
	switch l.of {
	case "Query":
		return nil
	case "Relation":
		pair := []string{"AZE", "IRN"}
		for d.IntN(2) == 0 || pair[0] == pair[1] {
			pair = []string{pick(d, d.column("participation", "country")), pick(d, d.column("participation", "country"))}
		}
		return &entry{relates: pair}
	}
	e := pick(d, d.kinds[kind])
	for least, tries := 1+d.IntN(8), 300; tries > 0 && len(l.entries(d.record, e)) < least; tries-- {
		e = pick(d, d.kinds[kind])
	}
	return e
}

// argument is the type of an argument of the list; nil: it has none of that name.
func (d *trial) argument(l list, name string) *ast.Type {
	if a := d.schema.Types[l.of].Fields.ForName(l.field).Arguments.ForName(name); a != nil {
		return a.Type
	}
	return nil
}

// found is the page that the API answers.
type found struct {
	TotalCount int
	Edges      []object
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
	Facets               map[string][]object
	Year, Quarter, Month struct {
		Bins, YearOnly []object
		Undated        int
	}
}

// keys tells the entries of a page apart.
func (f found) keys(l list) (keys []string) {
	for _, edge := range f.Edges {
		var parts []string
		for _, path := range strings.Fields(l.key) {
			parts = append(parts, text(way{edge}.find("0."+path)))
		}
		keys = append(keys, strings.Join(parts, " "))
	}
	return keys
}

// fetch asks for a page of a list, and for what else its connection has.
func (d *trial) fetch(t *testing.T, l list, parent *entry, arguments object, also string) found {
	t.Helper()
	declared, passed := "", ""
	variables := object{}
	for name, value := range arguments {
		declared += " $" + name + ": " + d.argument(l, name).String()
		passed += " " + name + ": $" + name
		variables[name] = value
	}
	field := "list: " + l.field + "(" + passed + ") { edges { cursor " + l.edge + " } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }" + also + " }"
	switch l.of {
	case "Query":
	case "Relation":
		field = fmt.Sprintf("parent: relation(between: [%q, %q]) { %s }", parent.relates[0], parent.relates[1], field)
	default:
		field = fmt.Sprintf("parent: node(id: %q) { ... on %s { %s } }", parent.id, l.of, field)
	}
	var data struct {
		List   found
		Parent struct{ List found }
	}
	answer(t, dataset(t), "query Q("+declared+") { "+field+" }", variables, &data)
	if parent != nil {
		return data.Parent.List
	}
	return data.List
}

// whole fetches all pages of a list.
func (d *trial) whole(t *testing.T, l list, parent *entry, arguments object, also string) (first found, keys []string) {
	t.Helper()
	arguments["first"] = 100
	first = d.fetch(t, l, parent, arguments, " totalCount"+also)
	keys = first.keys(l)
	for page := first; page.PageInfo.HasNextPage; {
		arguments["after"] = page.PageInfo.EndCursor
		page = d.fetch(t, l, parent, arguments, "")
		keys = append(keys, page.keys(l)...)
	}
	return first, keys
}

// counted is the selection of all that the connection of a list counts.
func (d *trial) counted(l list) (selection, facetsOf string) {
	connection := d.schema.Types[d.schema.Types[l.of].Fields.ForName(l.field).Type.Name()]
	if facets := connection.Fields.ForName("facets"); facets != nil {
		facetsOf = facets.Type.Name()
		selection = " facets {"
		for _, field := range d.schema.Types[facetsOf].Fields {
			selection += " " + field.Name
			if field.Arguments != nil {
				selection += "(first: 500)"
			}
			value := d.schema.Types[field.Type.Name()].Fields[0]
			selection += " { value: " + value.Name
			switch kind := d.schema.Types[value.Type.Name()].Kind; {
			case value.Type.Name() == "Publisher":
				selection += " { slug }"
			case kind == ast.Object || kind == ast.Union:
				selection += " { ... on Node { id } }"
			}
			selection += " count }"
		}
		selection += " }"
	}
	if connection.Fields.ForName("timeline") != nil {
		for _, by := range []string{"YEAR", "QUARTER", "MONTH"} {
			selection += fmt.Sprintf(" %s: timeline(by: %s) { bins { label since until count days months years } yearOnly { year count } undated }", strings.ToLower(by), by)
		}
	}
	return selection, facetsOf
}

// counts are objects of values and counts as text.
func counts(list []object) (lines []string) {
	for _, o := range list {
		value := cmp.Or(text(o["value"]), text(o["year"]))
		if of, is := o["value"].(object); is {
			value = text(of["id"])
			if slug := text(of["slug"]); slug != "" {
				value = "publisher:" + slug
			}
		}
		lines = append(lines, value+"="+text(o["count"]))
	}
	return lines
}

// compare asks for a filtered list and holds the answer to the oracle's.
func (d *trial) compare(t *testing.T, l list, f object) (size int) {
	t.Helper()
	parent := d.parent(l)
	of := l.of
	if parent != nil {
		of = cmp.Or(parent.id, strings.Join(parent.relates, "-"))
	}
	differ := func(what string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s.%s(filter: %s): %s\ngot  %v\nwant %v", of, l.field, mustJSON(f), what, got, want)
		}
	}
	differAt := func(what string, got, want []string) { // from the first that differs
		same := 0
		for same < min(len(got), len(want)) && got[same] == want[same] {
			same++
		}
		differ(fmt.Sprintf("%s from %d", what, same), got[same:], want[same:])
	}
	var matching []*entry
	for _, e := range l.entries(d.record, parent) {
		if l.matches(d.record, e, f) {
			matching = append(matching, e)
		}
	}
	selection, facetsOf := d.counted(l)
	page, keys := d.whole(t, l, parent, object{"filter": f}, selection)

	var want []string
	by, desc := strings.CutPrefix(l.sorts, "-")
	if by != "" {
		matching = d.sorted(matching, by, desc, f)
	}
	for _, e := range matching {
		want = append(want, l.keyOf(e))
	}
	if by == "" {
		slices.Sort(want)
		slices.Sort(keys)
	}
	differAt("entries", keys, want)
	differ("totalCount", page.TotalCount, len(want))
	if facetsOf != "" {
		for _, field := range d.schema.Types[facetsOf].Fields {
			differAt("facets."+field.Name, counts(page.Facets[field.Name]), d.facet(facetsOf+"."+field.Name, matching))
		}
	}
	if strings.Contains(selection, "timeline") {
		var dates []string
		for _, e := range matching {
			dates = append(dates, e.row[map[string]string{"meeting": "starts_on", "statement": "stated_on", "source": "published_on"}[e.kind]])
		}
		for by, line := range map[string]struct {
			Bins, YearOnly []object
			Undated        int
		}{"YEAR": page.Year, "QUARTER": page.Quarter, "MONTH": page.Month} {
			var got []string
			for _, b := range line.Bins {
				got = append(got, fmt.Sprint(b["label"], " ", b["since"], " ", b["until"], " ", text(b["count"]), " ", text(b["days"]), " ", text(b["months"]), " ", text(b["years"])))
			}
			bins, yearOnly, undated := timeline(by, dates)
			differAt("timeline bins by "+by, got, bins)
			differAt("timeline yearOnly by "+by, counts(line.YearOnly), yearOnly)
			differ("timeline undated by "+by, line.Undated, undated)
		}
	}
	return len(want)
}

// Every condition alone, and random combinations of them, give what the files hold.
func TestFiltersByBruteForce(t *testing.T) {
	t.Parallel()
	d := newTrial(t)
	tried := map[string]int{} // filters that matched something
	seen := map[string]bool{}
	for _, l := range lists {
		input := d.argument(l, "filter").Name()
		t.Run(l.of+"."+l.field, func(t *testing.T) {
			try := func(f object) {
				if !t.Failed() {
					if d.compare(t, l, f) > 0 {
						tried[input]++
					}
				}
			}
			try(object{})
			alone, together := 0, 5
			if !seen[input] { // the first of the lists that take the filter
				seen[input] = true
				alone, together = 3, 15
			}
			for _, field := range d.fields(input, 1) {
				for range alone {
					try(object{field.Name: d.value(input, field, 1)})
				}
				if alone > 0 && field.Type.Elem != nil {
					try(object{field.Name: []any{}})
				}
			}
			for range together {
				try(d.filter(input, 3))
			}
		})
	}
	for name, definition := range d.schema.Types {
		if definition.Kind == ast.InputObject && strings.HasSuffix(name, "Filter") && name != "DateFilter" && tried[name] < 5 {
			t.Errorf("%s: only %d filters matched anything", name, tried[name])
		}
	}
}
