package graph_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"readout/db"
	"readout/seeds"
)

type object = map[string]any

// What the views below ask of a claim.
const (
	claim  = ` stance source { slug } preferred note`
	within = ` since { value } until { value } end` + claim
	body   = ` ... on Organization { organization: slug } ... on Corridor { corridor: slug }`
	topic  = ` {` + body + ` ... on Country { country: slug } ... on Issue { issue: slug } }`
)

// view is a table of the dataset as one way through the API shows it: the nodes of
// a root connection, the edges of a connection of theirs, the items of lists in those.
type view struct {
	file    string
	root    string   // the root connection
	list    string   // a connection of its nodes; "": none
	fields  string   // what is asked of the edges of list, or of the nodes
	nested  []string // lists further down
	columns string   // where each column stands: after which list, and under what name
	only    string   // a column; rows that have it blank are not meant
	once    bool     // several rows of the file show once
}

const (
	claimColumns  = " stance=%[1]d.stance source=%[1]d.source.slug preferred=%[1]d.preferred note=%[1]d.note"
	spanColumns   = " since=%[1]d.since.value until=%[1]d.until.value" + claimColumns
	statementOf   = "node { slug }"
	meetingOf     = "node { slug }"
	tenure        = "node { official { slug } country { code } title spell claims {" + within + "} }"
	tenureColumns = "official=1.node.official.slug country=1.node.country.code title=1.node.title spell=1.node.spell"
	stop          = " position place latitude longitude country { code } claims {" + claim + " }"
	leg           = " position leg { claims { mode status" + claim + " } }"
)

// at writes which of the lists the columns of a claim stand in.
func at(columns string, list int) string { return fmt.Sprintf(columns, list) }

var views = []view{
	{
		file: "countries", root: "countries",
		fields: "code alpha2 numeric name officialName aliases region subregion capital { name latitude longitude } wikidataId",
		columns: "country=0.code alpha2=0.alpha2 numeric=0.numeric name=0.name official_name=0.officialName aliases=0.aliases" +
			" region=0.region subregion=0.subregion capital=0.capital.name capital_latitude=0.capital.latitude capital_longitude=0.capital.longitude wikidata=0.wikidataId",
	},
	{file: "countries", root: "countries", list: "sources", fields: "node { slug }", columns: "country=0.slug source=1.node.slug"},
	{
		file: "sources", root: "sources", fields: "house { slug } title publishedOn { value } url language",
		columns: "source=0.slug publisher=0.house.slug title=0.title published_on=0.publishedOn.value url=0.url language=0.language",
	},
	{file: "officials", root: "officials", fields: "name aliases note", columns: "official=0.slug name=0.name aliases=0.aliases note=0.note"},
	{
		file: "organizations", root: "organizations", fields: "name abbreviation aliases foundedOn { value } headquarters summary",
		columns: "organization=0.slug name=0.name abbreviation=0.abbreviation aliases=0.aliases" +
			" founded_on=0.foundedOn.value headquarters=0.headquarters summary=0.summary",
	},
	{file: "organizations", root: "organizations", list: "sources", fields: "node { slug }", columns: "organization=0.slug source=1.node.slug"},
	{
		file: "corridors", root: "corridors", fields: "name abbreviation aliases modes agreedOn { value } summary",
		columns: "corridor=0.slug name=0.name abbreviation=0.abbreviation aliases=0.aliases" +
			" modes=0.modes agreed_on=0.agreedOn.value summary=0.summary",
	},
	{file: "corridors", root: "corridors", list: "sources", fields: "node { slug }", columns: "corridor=0.slug source=1.node.slug"},
	{file: "issues", root: "issues", fields: "kind title summary", columns: "issue=0.slug kind=0.kind title=0.title summary=0.summary"},
	{file: "issues", root: "issues", list: "sources", fields: "node { slug }", columns: "issue=0.slug source=1.node.slug"},
	{
		file: "meetings", root: "meetings", fields: "kind startsOn { value } endsOn { value } place hostCountry { code } title summary note",
		columns: "meeting=0.slug kind=0.kind starts_on=0.startsOn.value ends_on=0.endsOn.value" +
			" place=0.place host_country=0.hostCountry.code title=0.title summary=0.summary note=0.note",
	},
	{file: "meeting_sources", root: "meetings", list: "sources", fields: "node { slug }", columns: "meeting=0.slug source=1.node.slug"},
	{
		file: "statements", root: "statements", fields: "meeting { slug } official { slug } statedOn { value } paraphrase source { slug } topic" + topic,
		columns: "statement=0.slug meeting=0.meeting.slug official=0.official.slug stated_on=0.statedOn.value paraphrase=0.paraphrase source=0.source.slug" +
			" country=0.topic.country organization=0.topic.organization corridor=0.topic.corridor issue=0.topic.issue",
	},

	// Facts and their claims, from both ends.
	{file: "tenures", root: "officials", list: "tenures", fields: tenure, nested: []string{"node.claims"}, columns: tenureColumns + at(spanColumns, 2)},
	{file: "tenures", root: "countries", list: "tenures", fields: tenure, nested: []string{"node.claims"}, columns: tenureColumns + at(spanColumns, 2)},
	{
		file: "organization_members", root: "organizations", list: "members", fields: "spell node { code } claims { role" + within + " }", nested: []string{"claims"},
		columns: "organization=0.slug country=1.node.code spell=1.spell role=2.role" + at(spanColumns, 2),
	},
	{
		file: "organization_members", root: "countries", list: "memberships", only: "organization",
		fields: "spell node {" + body + " } claims { role" + within + " }", nested: []string{"claims"},
		columns: "organization=1.node.organization country=0.slug spell=1.spell role=2.role" + at(spanColumns, 2),
	},
	{
		file: "corridor_members", root: "corridors", list: "members", fields: "spell node { code } claims { role" + within + " }", nested: []string{"claims"},
		columns: "corridor=0.slug country=1.node.code spell=1.spell role=2.role" + at(spanColumns, 2),
	},
	{
		file: "corridor_members", root: "countries", list: "memberships", only: "corridor",
		fields: "spell node {" + body + " } claims { role" + within + " }", nested: []string{"claims"},
		columns: "corridor=1.node.corridor country=0.slug spell=1.spell role=2.role" + at(spanColumns, 2),
	},
	{
		file: "stops", root: "corridors", fields: "branches { name stops {" + stop + " } }", nested: []string{"branches", "stops", "claims"},
		columns: "corridor=0.slug branch=1.name position=2.position place=2.place" +
			" country=2.country.code latitude=2.latitude longitude=2.longitude source=3.source.slug note=3.note",
	},
	{
		file: "stops", root: "countries", list: "stops", fields: "node { corridor { slug } branch" + stop + " }", nested: []string{"node.claims"},
		columns: "corridor=1.node.corridor.slug branch=1.node.branch position=1.node.position place=1.node.place" +
			" country=0.slug latitude=1.node.latitude longitude=1.node.longitude source=2.source.slug note=2.note",
	},
	{
		file: "legs", root: "corridors", fields: "branches { name stops {" + leg + " } }", nested: []string{"branches", "stops", "leg.claims"},
		columns: "corridor=0.slug branch=1.name position=2.position mode=3.mode status=3.status" + at(claimColumns, 3),
	},
	{
		file: "legs", root: "countries", list: "stops", fields: "node { corridor { slug } branch" + leg + " }", nested: []string{"node.leg.claims"},
		columns: "corridor=1.node.corridor.slug branch=1.node.branch position=1.node.position" +
			" mode=2.mode status=2.status" + at(claimColumns, 2),
	},
	{
		file: "issue_parties", root: "issues", list: "parties", fields: "node { code } claims { role" + claim + " }", nested: []string{"claims"},
		columns: "issue=0.slug country=1.node.code role=2.role" + at(claimColumns, 2),
	},
	{
		file: "issue_parties", root: "countries", list: "issues", fields: "node { slug } claims { role" + claim + " }", nested: []string{"claims"},
		columns: "issue=1.node.slug country=0.slug role=2.role" + at(claimColumns, 2),
	},
	{
		file: "issue_corridors", root: "issues", list: "corridors", fields: "node { slug } claims { note source { slug } }", nested: []string{"claims"},
		columns: "issue=0.slug corridor=1.node.slug source=2.source.slug note=2.note",
	},
	{
		file: "issue_corridors", root: "corridors", list: "issues", fields: "node { slug } claims { note source { slug } }", nested: []string{"claims"},
		columns: "issue=1.node.slug corridor=0.slug source=2.source.slug note=2.note",
	},
	{
		file: "participants", root: "meetings", list: "participants", once: true, only: "role",
		fields:  "role node { slug } country { code }",
		columns: "meeting=0.slug official=1.node.slug country=1.country.code role=1.role",
	},
	{
		file: "participants", root: "meetings", list: "participants", only: "source",
		fields: "node { slug } country { code } claims { basis role" + claim + " }", nested: []string{"claims"},
		columns: "meeting=0.slug official=1.node.slug country=1.country.code role=2.role" + at(claimColumns, 2),
	},
	{
		file: "topics", root: "meetings", list: "topics", fields: "node" + topic + " claims {" + claim + " }", nested: []string{"claims"},
		columns: "meeting=0.slug country=1.node.country organization=1.node.organization corridor=1.node.corridor issue=1.node.issue" +
			" stance=2.stance source=2.source.slug note=2.note",
	},
	property("meeting", "meetings"), property("corridor", "corridors"), property("organization", "organizations"), property("issue", "issues"),

	spelling("countries"), spelling("officials"), spelling("organizations"), spelling("corridors"),

	// Meetings and statements from what they lead to.
	{file: "participants", root: "officials", list: "meetings", once: true, fields: meetingOf, columns: "meeting=1.node.slug official=0.slug"},
	{file: "topics", root: "organizations", list: "meetings", once: true, only: "organization", fields: meetingOf, columns: "meeting=1.node.slug organization=0.slug"},
	{file: "topics", root: "corridors", list: "meetings", once: true, only: "corridor", fields: meetingOf, columns: "meeting=1.node.slug corridor=0.slug"},
	{file: "topics", root: "issues", list: "meetings", once: true, only: "issue", fields: meetingOf, columns: "meeting=1.node.slug issue=0.slug"},
	{file: "statements", root: "officials", list: "statements", fields: statementOf, columns: "statement=1.node.slug official=0.slug"},
	{file: "statements", root: "meetings", list: "statements", only: "meeting", fields: statementOf, columns: "statement=1.node.slug meeting=0.slug"},
	{file: "statements", root: "organizations", list: "statements", only: "organization", fields: statementOf, columns: "statement=1.node.slug organization=0.slug"},
	{file: "statements", root: "corridors", list: "statements", only: "corridor", fields: statementOf, columns: "statement=1.node.slug corridor=0.slug"},
	{file: "statements", root: "issues", list: "statements", only: "issue", fields: statementOf, columns: "statement=1.node.slug issue=0.slug"},
}

// property is the view of a table of properties.
func property(kind, root string) view {
	return view{
		file: kind + "_claims", root: root, fields: "properties { name claims { value" + claim + " } }", nested: []string{"properties", "claims"},
		columns: kind + "=0.slug property=1.name value=2.value" + at(claimColumns, 2),
	}
}

// spelling is the view of aliases.csv by the entities of one kind.
func spelling(root string) view {
	return view{
		file: "aliases", root: root, fields: "spellings { text source { slug } }", nested: []string{"spellings"}, only: "source",
		columns: "slug=0.slug alias=1.text source=1.source.slug",
	}
}

// types are what the nodes of the root connections are.
var types = map[string]string{
	"countries": "Country", "officials": "Official", "organizations": "Organization", "corridors": "Corridor",
	"issues": "Issue", "meetings": "Meeting", "statements": "Statement", "sources": "Source",
}

// Every row of the dataset can be read through the API, in every value, from a root
// connection down and from both ends of a fact.
func TestEveryRowIsReachable(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{} // table and column
	for _, v := range views {
		t.Run(strings.Join([]string{v.file, v.root, v.list}, " "), func(t *testing.T) {
			columns := map[string]string{}
			for _, column := range strings.Fields(v.columns) {
				name, path, _ := strings.Cut(column, "=")
				columns[name] = path
				shown[v.file+"."+name] = true
			}
			names := slices.Sorted(maps.Keys(columns))

			got := map[string]int{}
			for _, way := range v.walk(t, dataset(t)) {
				row := map[string]string{}
				for name, path := range columns {
					row[name] = way.read(name, path)
				}
				v.count(got, names, row)
			}
			want := map[string]int{}
			for _, row := range v.rows(t) {
				v.count(want, names, row)
			}
			compare(t, got, want)
		})
	}
	shown["aliases.kind"] = true // each view of aliases.csv is of one kind
	for _, file := range slices.Sorted(maps.Keys(tables(t))) {
		for _, column := range tables(t)[file] {
			if !shown[file+"."+column] && file != "publishers" {
				t.Errorf("no view shows %s of %s", column, file)
			}
		}
	}
}

// rows returns the rows of v's file as the API shows them. A row of aliases.csv is
// one more of the aliases of what it names.
func (v view) rows(t *testing.T) []map[string]string {
	rows := table(t, v.file)
	if v.file == "aliases" {
		return slices.DeleteFunc(slices.Clone(rows), func(row map[string]string) bool { return row["kind"] != strings.ToLower(types[v.root]) })
	}
	kind := tables(t)[v.file][0]
	bySlug := map[string]map[string]string{}
	for _, row := range rows {
		bySlug[row[kind]] = row
	}
	for _, a := range table(t, "aliases") {
		row := bySlug[a["slug"]]
		if a["kind"] != kind || row == nil {
			continue
		}
		row["aliases"] = strings.TrimPrefix(row["aliases"]+"|"+a["alias"], "|")
	}
	return rows
}

// Publishers are reached as the houses of sources, and as the voices of those.
func TestEveryPublisherIsReachable(t *testing.T) {
	t.Parallel()
	const house = " slug name country { code } voice { slug } note "
	v := view{root: "sources", fields: "house {" + house + "voice {" + house + "} }"}
	got, want := map[string]int{}, map[string]int{}
	names := []string{"publisher", "name", "country", "voice", "note"}
	for _, way := range v.walk(t, dataset(t)) {
		for _, at := range []string{"0.house.", "0.house.voice."} {
			row := map[string]string{
				"publisher": way.read("", at+"slug"), "name": way.read("", at+"name"), "country": way.read("", at+"country.code"),
				"voice": way.read("", at+"voice.slug"), "note": way.read("", at+"note"),
			}
			if row["publisher"] != "" {
				got[line(names, row)] = 1
			}
		}
	}
	for _, row := range table(t, "publishers") {
		want[line(names, row)] = 1
	}
	compare(t, got, want)
}

// A country's meetings are those that it took part in, hosted or was a topic of.
func TestMeetingsOfCountries(t *testing.T) {
	t.Parallel()
	got, want := map[string]int{}, map[string]int{}
	for _, way := range (view{root: "countries", list: "meetings", fields: "node { slug }"}).walk(t, dataset(t)) {
		got[way.read("", "0.slug")+" "+way.read("", "1.node.slug")]++
	}
	for file, column := range map[string]string{"participants": "country", "topics": "country", "meetings": "host_country"} {
		for _, row := range table(t, file) {
			if row[column] != "" {
				want[row[column]+" "+row["meeting"]] = 1
			}
		}
	}
	compare(t, got, want)
}

// An official's sources are those of the tenures, the statements and the names, and
// the accounts of the meetings.
func TestSourcesOfOfficials(t *testing.T) {
	t.Parallel()
	got, want := map[string]int{}, map[string]int{}
	for _, way := range (view{root: "officials", list: "sources", fields: "node { slug }"}).walk(t, dataset(t)) {
		got[way.read("", "0.slug")+" "+way.read("", "1.node.slug")]++
	}
	accounts := map[string][]string{}
	for _, row := range table(t, "meeting_sources") {
		accounts[row["meeting"]] = append(accounts[row["meeting"]], row["source"])
	}
	for _, file := range []string{"tenures", "statements", "participants"} {
		for _, row := range table(t, file) {
			sources := []string{row["source"]}
			if file == "participants" {
				sources = append(sources, accounts[row["meeting"]]...)
			}
			for _, source := range sources {
				if source != "" {
					want[row["official"]+" "+source] = 1
				}
			}
		}
	}
	compare(t, got, want)
}

// Every fact that is shown as disputed is listed among the disputes, and no other; and
// each of them with everything that it relates.
func TestEveryDisputeIsListed(t *testing.T) {
	t.Parallel()
	const dates = " disputed since { disputed } until { disputed }"
	shown := []struct {
		view
		slug string // words, and where the others stand
		flag string // where it says that it is disputed
	}{
		{view{root: "organizations", list: "members", fields: "spell node { code }" + dates}, "membership organization 0.slug 1.node.code 1.spell", "1"},
		{view{root: "corridors", list: "members", fields: "spell node { code }" + dates}, "membership corridor 0.slug 1.node.code 1.spell", "1"},
		{view{root: "officials", list: "tenures", fields: "node { title spell country { code }" + dates + " }"}, "tenure 0.slug 1.node.country.code 1.node.title 1.node.spell", "1.node"},
		{view{root: "meetings", list: "participants", fields: "disputed node { slug }"}, "participation 0.slug 1.node.slug", "1"},
		{view{root: "meetings", list: "topics", fields: "disputed node { ... on Entity { id } }"}, "topic 0.slug 1.node.id", "1"},
		{view{root: "issues", list: "parties", fields: "disputed node { code }"}, "party 0.slug 1.node.code", "1"},
		{view{root: "issues", list: "corridors", fields: "disputed node { slug }"}, "concern 0.slug 1.node.slug", "1"},
		{view{root: "corridors", fields: "branches { name stops { position disputed } }", nested: []string{"branches", "stops"}}, "stop 0.slug 1.name 2.position", "2"},
		{view{root: "corridors", fields: "branches { name stops { position leg { disputed } } }", nested: []string{"branches", "stops"}}, "leg 0.slug 1.name 2.position", "2.leg"},
		{view{root: "meetings", fields: "id startsOn { disputed }"}, "property 0.id starts-on", "0.startsOn"},
		{view{root: "meetings", fields: "id endsOn { disputed }"}, "property 0.id ends-on", "0.endsOn"},
		{view{root: "corridors", fields: "id agreedOn { disputed }"}, "property 0.id agreed-on", "0.agreedOn"},
		{view{root: "organizations", fields: "id foundedOn { disputed }"}, "property 0.id founded-on", "0.foundedOn"},
	}
	for _, root := range []string{"meetings", "corridors", "organizations", "issues"} {
		property := view{root: root, fields: "id properties { name disputed }", nested: []string{"properties"}}
		shown = append(shown, struct {
			view
			slug, flag string
		}{property, "property 0.id 1.name", "1"})
	}

	want := map[string]int{}
	for _, v := range shown {
		for _, way := range v.walk(t, dataset(t)) {
			for _, date := range []string{"", ".since", ".until"} {
				if way.find(v.flag+date+".disputed") != true {
					continue
				}
				words := strings.Fields(v.slug)
				for i, word := range words {
					if strings.Contains(word, ".") {
						words[i] = way.read(words[0], word)
					}
					if strings.HasSuffix(word, ".title") {
						words[i] = strings.ReplaceAll(words[i], " ", "_")
					}
					if strings.HasSuffix(word, ".id") {
						words[i] = strings.Replace(words[i], ":", "/", 1)
					}
				}
				want[strings.Join(words, "/")] = 1
			}
		}
	}
	got, relating := map[string]int{}, map[string]int{}
	for _, way := range (view{root: "disputes", fields: "disputed entities { id }", nested: []string{"entities"}}).walk(t, dataset(t)) {
		got[way.read("", "0.slug")] = 1
		relating[way.read("", "1.id")+" "+way.read("", "0.slug")]++
	}
	compare(t, got, want)

	related := map[string]int{}
	for _, root := range []string{"countries", "officials", "organizations", "corridors", "issues", "meetings"} {
		for _, way := range (view{root: root, list: "disputes", fields: "node { slug }"}).walk(t, dataset(t)) {
			related[way.read("", "0.id")+" "+way.read("", "1.node.slug")]++
		}
	}
	compare(t, related, relating)
}

// The counts of the dataset are those of its files.
func TestCountsOfTheDataset(t *testing.T) {
	t.Parallel()
	facts := map[string]string{ // the first columns of each row name the fact
		"organization_members": "membership 3", "corridor_members": "membership 3", "tenures": "tenure 4", "stops": "stop 3", "legs": "leg 3",
		"issue_corridors": "concern 2", "issue_parties": "party 2", "participants": "participation 2", "topics": "topic 5",
		"meeting_claims": "property 2", "corridor_claims": "property 2", "organization_claims": "property 2", "issue_claims": "property 2",
	}
	want := map[string]int{}
	distinct := map[string]bool{}
	for file, header := range tables(t) {
		rows := table(t, file)
		fact, is := facts[file]
		if !is {
			if file != "meeting_sources" && file != "aliases" {
				want[header[0]] = len(rows)
			}
			continue
		}
		kind, columns, _ := strings.Cut(fact, " ")
		n, _ := strconv.Atoi(columns)
		for _, row := range rows {
			if row["source"] != "" {
				want["claim"]++
			}
			if key := file + line(header[:n], row); !distinct[key] {
				distinct[key] = true
				want[kind]++
			}
		}
	}

	var data struct {
		Dataset struct {
			Counts []struct {
				Kind  string
				Count int
			}
		}
	}
	answer(t, dataset(t), `query Q { dataset { counts { kind count } } }`, nil, &data)
	got := map[string]int{}
	for _, c := range data.Dataset.Counts {
		got[c.Kind] = c.Count
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Every entity, source and statement is given back by its id.
func TestNodeGivesBackEverything(t *testing.T) {
	t.Parallel()
	store := dataset(t)
	total := 0
	for root, typename := range types {
		kind := strings.ToLower(typename)
		var ids []string
		for _, row := range table(t, root) {
			ids = append(ids, kind+":"+row[kind])
		}
		for batch := range slices.Chunk(ids, 100) {
			var data struct {
				Nodes []struct{ ID, Typename string }
			}
			answer(t, store, `query Q($ids: [ID!]!) { nodes(ids: $ids) { id typename: __typename } }`, map[string]any{"ids": batch}, &data)
			if len(data.Nodes) != len(batch) {
				t.Fatalf("%d nodes for %d ids", len(data.Nodes), len(batch))
			}
			for i, id := range batch {
				total++
				if n := data.Nodes[i]; n.ID != id || n.Typename != typename {
					t.Errorf("nodes: %s gave back %s %q", id, n.Typename, n.ID)
				}
			}
		}
		var data struct{ Node struct{ ID, Typename string } }
		answer(t, store, `query Q($id: ID!) { node(id: $id) { id typename: __typename } }`, map[string]any{"id": ids[0]}, &data)
		if data.Node.ID != ids[0] || data.Node.Typename != typename {
			t.Errorf("node: %s gave back %s %q", ids[0], data.Node.Typename, data.Node.ID)
		}
	}
	if total < 1500 {
		t.Errorf("only %d ids were asked for", total)
	}
}

// way is the objects on the way from a root's node to a row: the node, the edge, the items of the lists.
type way []object

// walk follows every page of a view and returns the ways to its rows.
func (v view) walk(t *testing.T, store *db.Store) []way {
	t.Helper()
	const info = " pageInfo { hasNextPage endCursor }"
	fields, more := v.fields, ""
	if v.list != "" {
		fields = "id list: " + v.list + "(first: 100) { edges { " + v.fields + " }" + info + " }"
		more = "query More($id: ID!, $after: String) { node(id: $id) { ... on " + types[v.root] + " { list: " +
			v.list + "(first: 100, after: $after) { edges { " + v.fields + " }" + info + " } } } }"
	}
	query := "query Walk($after: String) { list: " + v.root + "(first: 100, after: $after) { edges { node { slug " + fields + " } }" + info + " } }"

	type page struct {
		Edges    []object
		PageInfo struct {
			HasNextPage bool
			EndCursor   string
		}
	}
	var ways []way
	var after any
	for {
		var data struct{ List page }
		answer(t, store, query, map[string]any{"after": after}, &data)
		for _, edge := range data.List.Edges {
			node := edge["node"].(object)
			if v.list == "" {
				ways = append(ways, way{node})
				continue
			}
			var edges page
			remarshal(t, node["list"], &edges)
			for {
				for _, e := range edges.Edges {
					ways = append(ways, way{node, e})
				}
				if !edges.PageInfo.HasNextPage {
					break
				}
				var rest struct{ Node struct{ List page } }
				answer(t, store, more, map[string]any{"id": node["id"], "after": edges.PageInfo.EndCursor}, &rest)
				edges = rest.Node.List
			}
		}
		if !data.List.PageInfo.HasNextPage {
			break
		}
		after = data.List.PageInfo.EndCursor
	}

	for _, list := range v.nested {
		var longer []way
		for _, w := range ways {
			items, _ := w.find(strconv.Itoa(len(w)-1) + "." + list).([]any)
			for _, item := range items {
				longer = append(longer, append(slices.Clone(w), item.(object)))
			}
		}
		ways = longer
	}
	return ways
}

// find returns what a path such as "1.node.slug" leads to: the number is that of the object.
func (w way) find(path string) any {
	steps := strings.Split(path, ".")
	n, _ := strconv.Atoi(steps[0])
	value := any(w[n])
	for _, step := range steps[1:] {
		o, _ := value.(object)
		value = o[step]
	}
	return value
}

// read returns what a path leads to as the file has it in a column.
func (w way) read(column, path string) string {
	claim := w[len(w)-1]
	switch {
	case strings.HasSuffix(path, ".until.value") && claim["end"] == "OPEN":
		return ".."
	case claim["basis"] == "WHOLE" && column == "source":
		return "" // not a claim of the file
	}
	value := text(w.find(path))
	if slices.Contains([]string{"role", "stance", "mode", "modes", "status", "kind", "property"}, column) {
		return strings.ReplaceAll(strings.ToLower(value), "_", "-")
	}
	return value
}

func text(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case []any:
		words := make([]string, len(value))
		for i, word := range value {
			words[i] = text(word)
		}
		return strings.Join(words, "|")
	case bool:
		if value {
			return "true"
		}
	}
	return ""
}

// count counts a row, unless the view does not mean it.
func (v view) count(rows map[string]int, names []string, row map[string]string) {
	if v.only != "" && row[v.only] == "" {
		return
	}
	if l := line(names, row); v.once {
		rows[l] = 1
	} else {
		rows[l]++
	}
}

func line(names []string, row map[string]string) string {
	cells := make([]string, len(names))
	for i, name := range names {
		cells[i] = name + "=" + row[name]
	}
	return strings.Join(cells, " ")
}

// compare compares counted rows: as many, and the same.
func compare(t *testing.T, got, want map[string]int) {
	t.Helper()
	var missing, extra []string
	for row, n := range want {
		if got[row] < n {
			missing = append(missing, row)
		}
	}
	for row, n := range got {
		if want[row] < n {
			extra = append(extra, row)
		}
	}
	slices.Sort(missing)
	slices.Sort(extra)
	if missing != nil || extra != nil || len(want) == 0 {
		t.Errorf("%d rows reached of %d; %d are missing and %d are not in the file, such as\n- %s\n+ %s",
			len(got), len(want), len(missing), len(extra),
			strings.Join(missing[:min(3, len(missing))], "\n- "), strings.Join(extra[:min(3, len(extra))], "\n+ "))
	}
}

// tables returns the header of each file of the dataset.
func tables(t *testing.T) map[string][]string {
	t.Helper()
	files, err := fs.Glob(seeds.Embedded(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string][]string{}
	for _, file := range files {
		headers[strings.TrimSuffix(file, ".csv")] = records(t, file)[0]
	}
	return headers
}

// table returns the rows of a file, with numbers as JSON writes them.
func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	all := records(t, name+".csv")
	rows := make([]map[string]string, len(all)-1)
	for i, cells := range all[1:] {
		rows[i] = map[string]string{}
		for j, column := range all[0] {
			cell := cells[j]
			if n, err := strconv.ParseFloat(cell, 64); err == nil && strings.HasSuffix(column, "itude") {
				cell = text(n)
			}
			rows[i][column] = cell
		}
	}
	return rows
}

func records(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := seeds.Embedded().Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// answer asks a query and decodes the data of its answer; there must be no errors.
func answer(t *testing.T, store *db.Store, query string, variables map[string]any, into any) {
	t.Helper()
	body := ask(t, store, query, variables)
	reply := struct {
		Data   any
		Errors json.RawMessage
	}{Data: into}
	if err := json.Unmarshal(body, &reply); err != nil || reply.Errors != nil {
		t.Fatalf("%v: %s\n%s", err, body, query)
	}
}

// remarshal gives a decoded value a type.
func remarshal(t *testing.T, value, into any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
