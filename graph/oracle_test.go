package graph_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

type row = map[string]string

// entry is what stands in a list: an entity, a statement, a source, a dispute, or a
// fact with the rows on it.
type entry struct {
	kind, id, slug, name string
	row                  // of a fact, the first
	claims               []row
	role                 string // of a membership, a participation, a party
	relates              []string
}

// record is the dataset as its files give it. The oracle below decides from it, in the
// words of the schema, what a filter matches; it shares nothing with package db.
//
// What needs all claims on a fact to be weighed (which role a membership shows, where
// several are claimed, and whether a fact is disputed) is taken from the API, asked
// without a filter: other tests hold it to the claims.
type record struct {
	kinds    map[string][]*entry
	byID     map[string]*entry
	index    map[[3]string][]*entry // by kind, column, value
	disputed map[string]bool        // ids of entities that a dispute relates, and slugs of disputes
	mentions map[string][]*entry    // meetings that an entity took part in, hosted or was a topic of
	codes    map[string]string      // alpha-3 by any code
}

// readRecord reads the files.
func readRecord(t *testing.T) *record {
	t.Helper()
	r := &record{
		kinds: map[string][]*entry{}, byID: map[string]*entry{}, index: map[[3]string][]*entry{},
		disputed: map[string]bool{}, mentions: map[string][]*entry{}, codes: map[string]string{},
	}
	for kind, file := range map[string]string{
		"country": "countries", "official": "officials", "organization": "organizations", "corridor": "corridors",
		"issue": "issues", "meeting": "meetings", "statement": "statements", "source": "sources", "publisher": "publishers",
	} {
		for _, row := range table(t, file) {
			slug := row[kind]
			r.add(&entry{kind: kind, id: kind + ":" + slug, slug: slug, name: cmp.Or(row["name"], row["title"]), row: row, relates: []string{kind + ":" + slug}})
		}
	}
	for _, c := range r.kinds["country"] {
		r.codes[c.slug], r.codes[c.row["alpha2"]], r.codes[c.row["numeric"]] = c.slug, c.slug, c.slug
	}
	for file, is := range map[string]string{ // the kind of fact, and the columns that tell it
		"organization_members": "membership organization country spell", "corridor_members": "membership corridor country spell",
		"tenures": "tenure official country title spell", "participants": "participation meeting official",
		"topics": "topic meeting country organization corridor issue", "issue_parties": "party issue country",
		"issue_corridors": "concern issue corridor", "stops": "stop corridor branch position", "meeting_sources": "account meeting source",
	} {
		kind, columns, _ := strings.Cut(is, " ")
		facts := map[string]*entry{}
		for _, row := range table(t, file) {
			slug := kind
			for _, column := range strings.Fields(columns) {
				if kind == "membership" && column != "country" && column != "spell" || kind == "topic" && column != "meeting" && row[column] != "" {
					slug += "/" + column
				}
				if row[column] != "" {
					slug += "/" + strings.ReplaceAll(row[column], " ", "_")
				}
			}
			if facts[slug] == nil {
				facts[slug] = &entry{kind: kind, id: slug, slug: slug, row: row}
				r.add(facts[slug])
			}
			if row["source"] != "" {
				facts[slug].claims = append(facts[slug].claims, row)
			}
			facts[slug].role = cmp.Or(facts[slug].role, row["role"])
		}
	}
	for _, m := range r.kinds["meeting"] {
		mentioned := map[string]bool{}
		for _, p := range r.of("participation", "meeting", m.slug) {
			mentioned["official:"+p.row["official"]], mentioned["country:"+p.row["country"]] = true, true
		}
		for _, topic := range r.of("topic", "meeting", m.slug) {
			mentioned[subject(topic.row)] = true
		}
		if m.row["host_country"] != "" {
			mentioned["country:"+m.row["host_country"]] = true
		}
		for id := range mentioned {
			r.mentions[id] = append(r.mentions[id], m)
		}
	}
	r.ask(t)
	return r
}

func (r *record) add(e *entry) {
	r.kinds[e.kind] = append(r.kinds[e.kind], e)
	r.byID[e.id] = e
	for column, value := range e.row {
		key := [3]string{e.kind, column, value}
		r.index[key] = append(r.index[key], e)
	}
}

// of returns the entries of a kind with a value in a column.
func (r *record) of(kind, column, value string) []*entry {
	return r.index[[3]string{kind, column, value}]
}

// ask takes from the API what the claims resolve to.
func (r *record) ask(t *testing.T) {
	t.Helper()
	for _, way := range (view{root: "disputes", fields: "kind about resolvedBy entities { id } sources { slug }"}).walk(t, dataset(t)) {
		d := &entry{kind: "dispute", id: "dispute:" + way.read("", "0.slug"), slug: way.read("", "0.slug"), name: way.read("", "0.about"), row: row{
			"kind": text(way.find("0.kind")), "resolved_by": text(way.find("0.resolvedBy")),
		}}
		for _, e := range way.find("0.entities").([]any) {
			id := e.(object)["id"].(string)
			d.relates = append(d.relates, id)
			r.disputed[id] = true
		}
		for _, s := range way.find("0.sources").([]any) {
			slug := s.(object)["slug"].(string)
			d.claims = append(d.claims, row{"source": slug})
			d.row["day"] = max(d.row["day"], r.byID["source:"+slug].row["published_on"])
		}
		r.disputed[d.slug] = true
		r.add(d)
	}
	for _, kind := range []string{"organization", "corridor"} {
		for _, way := range (view{root: kind + "s", list: "members", fields: "spell role node { code }"}).walk(t, dataset(t)) {
			slug := strings.Join([]string{"membership", kind, way.read("", "0.slug"), way.read("", "1.node.code"), way.read("", "1.spell")}, "/")
			r.byID[slug].role = way.read("role", "1.role")
		}
	}
}

// subject is the id of what a topic or a statement is on; "": of nothing.
func subject(row row) string {
	for _, kind := range []string{"issue", "corridor", "organization", "country"} {
		if row[kind] != "" {
			return kind + ":" + row[kind]
		}
	}
	return ""
}

// bodyOf is the id of the corridor or organization of a membership.
func bodyOf(m *entry) string {
	if m.row["corridor"] != "" {
		return "corridor:" + m.row["corridor"]
	}
	return "organization:" + m.row["organization"]
}

// letters are those of the dataset that no mark tells from a plain one.
var letters = strings.NewReplacer("ə", "a", "ı", "i", "ø", "o", "ł", "l", "ð", "d", "đ", "d", "ß", "ss", "æ", "ae", "œ", "oe", "þ", "th")

// keyboards writes the Arabic letters that Persian has too with one letter each.
var keyboards = strings.NewReplacer("ي", "ی", "ى", "ی", "ك", "ک", "ة", "ه", "ە", "ه", "ۀ", "ه")

// folded is a text in words without case and diacritics. An apostrophe, a tatweel and what
// is not seen, such as a zero-width non-joiner, part no words.
func folded(text string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("'’‘ʻʼ`´ʿʾـ", r) {
			return -1
		}
		return r
	}, norm.NFKD.String(letters.Replace(strings.ToLower(text))))
	plain = keyboards.Replace(plain)
	return strings.Join(strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), " ")
}

func some[T any](list []T, is func(T) bool) bool { return slices.ContainsFunc(list, is) }

// given is a list of a filter as text.
func given(want any) []string {
	list := []string{}
	for _, v := range want.([]any) {
		list = append(list, v.(string))
	}
	return list
}

// enum is a word of the files as the schema writes it.
func enum(word string) string { return strings.ToUpper(strings.ReplaceAll(word, "-", "_")) }

// among: one of these. An empty list matches nothing.
func among(want any, value string) bool { return slices.Contains(given(want), value) }

// each: all of these. An empty list asks for nothing.
func each(want any, is func(string) bool) bool {
	return !some(given(want), func(v string) bool { return !is(v) })
}

// inWords: the text holds each of these words or their beginnings.
func inWords(want any, text string) bool {
	return each([]any{want}, func(asked string) bool {
		for _, word := range strings.Fields(folded(asked)) {
			if !strings.Contains(" "+folded(text), " "+word) {
				return false
			}
		}
		return true
	})
}

func firstDay(date string) string { return (date + "-01-01")[:10] }

func lastDay(date string) string {
	first, _ := time.Parse(time.DateOnly, firstDay(date))
	switch len(date) {
	case 4:
		first = first.AddDate(1, 0, -1)
	case 7:
		first = first.AddDate(0, 1, -1)
	}
	return first.Format(time.DateOnly)
}

// falls: what began on one date and ended on another may fall in the range, or
// certainly falls in it. What has no date never matches.
func falls(want any, starts, ends string) bool {
	if starts == "" {
		return false
	}
	for logic, r := range want.(object) {
		since, until := "0000-01-01", "9999-12-31"
		if day, is := r.(object)["since"]; is {
			since = firstDay(day.(string))
		}
		if day, is := r.(object)["until"]; is {
			until = lastDay(day.(string))
		}
		first, last := firstDay(starts), lastDay(ends)
		if logic == "overlaps" && (last < since || first > until) || logic == "within" && (first < since || last > until) {
			return false
		}
	}
	return true
}

// holds: all conditions hold, those of `and` too, at least one of `or`, and not `not`.
func holds(filter object, one func(field string, want any) bool) bool {
	inner := func(f any) bool { return holds(f.(object), one) }
	for field, want := range filter {
		var is bool
		switch field {
		case "and":
			is = !some(want.([]any), func(f any) bool { return !inner(f) })
		case "or":
			is = some(want.([]any), inner)
		case "not":
			is = !inner(want)
		default:
			is = one(field, want)
		}
		if !is {
			return false
		}
	}
	return true
}

// unknown fails: the schema has a condition that the oracle does not know.
func unknown(input, field string) bool { panic(fmt.Sprintf("no oracle for %s.%s", input, field)) }

// country tells whether a code, of any kind and case, is of a country.
func (r *record) country(code, alpha3 string) bool { return r.codes[strings.ToUpper(code)] == alpha3 }

// anyCountry: at least one of these countries.
func (r *record) anyCountry(want any, alpha3 string) bool {
	return some(given(want), func(code string) bool { return r.country(code, alpha3) })
}

// eachIn: each of these countries is in one of some facts.
func (r *record) eachIn(want any, facts []*entry) bool {
	return each(want, func(code string) bool {
		return some(facts, func(f *entry) bool { return r.country(code, f.row["country"]) })
	})
}

// anyIn: at least one of these countries is in one of some facts.
func (r *record) anyIn(want any, facts []*entry) bool {
	return some(facts, func(f *entry) bool { return r.anyCountry(want, f.row["country"]) })
}

// sourcesOf is the slugs of the sources that speak of an entity as a whole; of a
// person, those of the tenures and statements, and the accounts of meetings.
func (r *record) sourcesOf(e *entry) []string {
	found := map[string]bool{}
	add := func(list []*entry) {
		for _, x := range list {
			for _, claim := range append(x.claims, x.row) {
				found[claim["source"]] = true
			}
		}
	}
	switch e.kind {
	case "meeting":
		add(r.of("account", "meeting", e.slug))
	case "official":
		add(r.of("tenure", "official", e.slug))
		add(r.of("statement", "official", e.slug))
		for _, m := range r.mentions[e.id] {
			add(r.of("account", "meeting", m.slug))
		}
	default:
		found[e.row["source"]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// entityMatches is what filters of all entities share. `text` is left to the tests of
// the search.
func (r *record) entityMatches(input string, e *entry, field string, want any) bool {
	switch field {
	case "ids":
		return among(want, e.id)
	case "disputed": // sources disagree on at least one fact that relates it
		return r.disputed[e.id] == want
	case "minSources":
		return len(r.sourcesOf(e)) >= want.(int)
	}
	return unknown(input, field)
}

// factMatches is what filters of all facts share. A participation without claims of
// its own rests on the accounts of its meeting.
func (r *record) factMatches(input string, f *entry, field string, want any) bool {
	switch field {
	case "disputed":
		return r.disputed[f.slug] == want
	case "minSources":
		sources := map[string]bool{}
		for _, claim := range f.claims {
			sources[claim["source"]] = true
		}
		if f.claims == nil {
			return len(r.of("account", "meeting", f.row["meeting"])) >= want.(int)
		}
		return len(sources) >= want.(int)
	}
	return unknown(input, field)
}

func (r *record) meetingMatches(m *entry, f object) bool {
	parts := r.of("participation", "meeting", m.slug)
	return holds(f, func(field string, want any) bool {
		switch field {
		case "kinds":
			return among(want, enum(m.row["kind"]))
		case "during": // from their first to their last day
			return falls(want, m.row["starts_on"], cmp.Or(m.row["ends_on"], m.row["starts_on"]))
		case "countries": // each of these took part
			return r.eachIn(want, parts)
		case "anyCountry":
			return r.anyIn(want, parts)
		case "hosts": // held in one of these
			return m.row["host_country"] != "" && r.anyCountry(want, m.row["host_country"])
		case "officials": // each of these took part
			return each(want, func(id string) bool {
				return some(parts, func(p *entry) bool { return "official:"+p.row["official"] == id })
			})
		case "topics":
			return some(r.of("topic", "meeting", m.slug), func(topic *entry) bool { return among(want, subject(topic.row)) })
		case "participants": // at least one is such
			return some(parts, func(p *entry) bool { return r.participationMatches(p, want.(object)) })
		}
		return r.entityMatches("MeetingFilter", m, field, want)
	})
}

// inMeetings: took part in, hosted or was a topic of at least one such meeting.
func (r *record) inMeetings(e *entry, want any) bool {
	return some(r.mentions[e.id], func(m *entry) bool { return r.meetingMatches(m, want.(object)) })
}

func (r *record) countryMatches(c *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "codes":
			return r.anyCountry(want, c.slug)
		case "regions":
			return among(want, c.row["region"])
		case "subregions":
			return among(want, c.row["subregion"])
		case "memberOf": // belongs or belonged to at least one, in whatever role
			return some(r.of("membership", "country", c.slug), func(m *entry) bool { return among(want, bodyOf(m)) })
		case "meetings":
			return r.inMeetings(c, want)
		}
		return r.entityMatches("CountryFilter", c, field, want)
	})
}

func (r *record) officialMatches(o *entry, f object) bool {
	tenures := r.of("tenure", "official", o.slug)
	return holds(f, func(field string, want any) bool {
		switch field {
		case "countries": // held a post of, or took part in a meeting for, one of these
			return r.anyIn(want, tenures) || r.anyIn(want, r.of("participation", "official", o.slug))
		case "tenures":
			return some(tenures, func(n *entry) bool { return r.tenureMatches(n, want.(object)) })
		case "meetings":
			return r.inMeetings(o, want)
		}
		return r.entityMatches("OfficialFilter", o, field, want)
	})
}

func (r *record) organizationMatches(o *entry, f object) bool {
	return holds(f, func(field string, want any) bool { return r.bodyMatches("OrganizationFilter", o, field, want) })
}

func (r *record) corridorMatches(k *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		if field == "modes" { // takes at least one of these
			return some(strings.Split(k.row["modes"], "|"), func(mode string) bool { return among(want, enum(mode)) })
		}
		return r.bodyMatches("CorridorFilter", k, field, want)
	})
}

// bodyMatches is what filters of corridors and organizations share.
func (r *record) bodyMatches(input string, b *entry, field string, want any) bool {
	members := r.of("membership", b.kind, b.slug)
	switch field {
	case "countries": // each of these belongs or belonged to it
		return r.eachIn(want, members)
	case "anyCountry":
		return r.anyIn(want, members)
	case "meetings":
		return r.inMeetings(b, want)
	}
	return r.entityMatches(input, b, field, want)
}

func (r *record) issueMatches(i *entry, f object) bool {
	parties := r.of("party", "issue", i.slug)
	return holds(f, func(field string, want any) bool {
		switch field {
		case "kinds":
			return among(want, enum(i.row["kind"]))
		case "countries": // each of these is a party
			return r.eachIn(want, parties)
		case "anyCountry":
			return r.anyIn(want, parties)
		case "parties": // at least one is such
			return some(parties, func(p *entry) bool { return r.partyMatches(p, want.(object)) })
		case "corridors": // touches at least one of these
			return some(r.of("concern", "issue", i.slug), func(c *entry) bool { return among(want, "corridor:"+c.row["corridor"]) })
		case "meetings":
			return r.inMeetings(i, want)
		}
		return r.entityMatches("IssueFilter", i, field, want)
	})
}

func (r *record) statementMatches(s *entry, f object) bool {
	source := r.byID["source:"+s.row["source"]]
	return holds(f, func(field string, want any) bool {
		switch field {
		case "ids":
			return among(want, s.id)
		case "officials":
			return among(want, "official:"+s.row["official"])
		case "countries": // the one for which the speaker took part; outside a meeting, any of which the speaker ever held a post
			if s.row["meeting"] == "" {
				return r.anyIn(want, r.of("tenure", "official", s.row["official"]))
			}
			return some(r.of("participation", "meeting", s.row["meeting"]), func(p *entry) bool {
				return p.row["official"] == s.row["official"] && r.anyCountry(want, p.row["country"])
			})
		case "meetings": // said at such a meeting
			return s.row["meeting"] != "" && r.meetingMatches(r.byID["meeting:"+s.row["meeting"]], want.(object))
		case "topics":
			return subject(s.row) != "" && among(want, subject(s.row))
		case "stated":
			return falls(want, s.row["stated_on"], s.row["stated_on"])
		case "publishers":
			return among(want, r.byID["publisher:"+source.row["publisher"]].name)
		case "languages":
			return among(want, source.row["language"])
		}
		return unknown("StatementFilter", field)
	})
}

func (r *record) sourceMatches(s *entry, f object) bool {
	house := r.byID["publisher:"+s.row["publisher"]]
	return holds(f, func(field string, want any) bool {
		switch field {
		case "ids":
			return among(want, s.id)
		case "title":
			return inWords(want, s.row["title"])
		case "publishers":
			return among(want, house.name)
		case "countries": // published from one of these
			return house.row["country"] != "" && r.anyCountry(want, house.row["country"])
		case "languages":
			return among(want, s.row["language"])
		case "published": // undated ones never match
			return falls(want, s.row["published_on"], s.row["published_on"])
		}
		return unknown("SourceFilter", field)
	})
}

func (r *record) disputeMatches(d *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "kinds":
			return among(want, d.row["kind"])
		case "resolvedBy":
			return among(want, d.row["resolved_by"])
		case "countries": // relate at least one, or a meeting that it took part in, or a leg that begins in it
			return some(d.relates, func(id string) bool {
				kind, slug, _ := strings.Cut(id, ":")
				return kind == "country" && r.anyCountry(want, slug) || kind == "meeting" && r.anyIn(want, r.of("participation", "meeting", slug))
			}) || d.row["kind"] == "LEG" && r.anyCountry(want, r.byID["stop"+strings.TrimPrefix(d.slug, "leg")].row["country"])
		case "entities":
			return some(d.relates, func(id string) bool { return among(want, id) })
		case "text":
			return inWords(want, d.name)
		case "minSources":
			return r.factMatches("DisputeFilter", d, field, want)
		}
		return unknown("DisputeFilter", field)
	})
}

func (r *record) membershipMatches(m *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "roles":
			return among(want, enum(m.role))
		case "countries":
			return r.anyCountry(want, m.row["country"])
		case "bodies":
			return among(want, bodyOf(m))
		}
		return r.factMatches("MembershipFilter", m, field, want)
	})
}

func (r *record) tenureMatches(n *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "title":
			return inWords(want, n.row["title"])
		case "countries":
			return r.anyCountry(want, n.row["country"])
		case "officials":
			return among(want, "official:"+n.row["official"])
		}
		return r.factMatches("TenureFilter", n, field, want)
	})
}

func (r *record) participationMatches(p *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "roles":
			return among(want, enum(p.role))
		case "countries":
			return r.anyCountry(want, p.row["country"])
		case "officials":
			return among(want, "official:"+p.row["official"])
		}
		return r.factMatches("ParticipationFilter", p, field, want)
	})
}

func (r *record) topicMatches(topic *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "kinds":
			kind, _, _ := strings.Cut(subject(topic.row), ":")
			return among(want, enum(kind))
		case "ids":
			return among(want, subject(topic.row))
		}
		return r.factMatches("TopicFilter", topic, field, want)
	})
}

func (r *record) partyMatches(p *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "roles":
			return among(want, enum(p.role))
		case "countries":
			return r.anyCountry(want, p.row["country"])
		case "issue":
			return r.issueMatches(r.byID["issue:"+p.row["issue"]], want.(object))
		}
		return r.factMatches("PartyFilter", p, field, want)
	})
}

func (r *record) concernMatches(c *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "issue":
			return r.issueMatches(r.byID["issue:"+c.row["issue"]], want.(object))
		case "corridor":
			return r.corridorMatches(r.byID["corridor:"+c.row["corridor"]], want.(object))
		}
		return r.factMatches("ConcernFilter", c, field, want)
	})
}

func (r *record) stopMatches(s *entry, f object) bool {
	return holds(f, func(field string, want any) bool {
		switch field {
		case "corridors":
			return among(want, "corridor:"+s.row["corridor"])
		case "branches":
			return among(want, s.row["branch"])
		case "place":
			return inWords(want, s.row["place"])
		}
		return r.factMatches("StopFilter", s, field, want)
	})
}

// facets are what the entries of a list are counted by: the values that one has.
var facets = map[string]func(*record, *entry) []string{
	"MeetingFacets.kinds":         func(_ *record, m *entry) []string { return []string{enum(m.row["kind"])} },
	"MeetingFacets.countries":     func(r *record, m *entry) []string { return ends("country", r.of("participation", "meeting", m.slug)) },
	"MeetingFacets.officials":     func(r *record, m *entry) []string { return ends("official", r.of("participation", "meeting", m.slug)) },
	"MeetingFacets.topics":        func(r *record, m *entry) []string { return topicsOf(r, m, "") },
	"MeetingFacets.organizations": func(r *record, m *entry) []string { return topicsOf(r, m, "organization:") },
	"MeetingFacets.corridors":     func(r *record, m *entry) []string { return topicsOf(r, m, "corridor:") },
	"MeetingFacets.publishers": func(r *record, m *entry) (list []string) { // of their accounts
		for _, slug := range r.sourcesOf(m) {
			list = append(list, "publisher:"+r.byID["source:"+slug].row["publisher"])
		}
		return list
	},
	"MeetingFacets.years": func(_ *record, m *entry) []string { return []string{m.row["starts_on"][:4]} },

	"StatementFacets.officials": func(_ *record, s *entry) []string { return ends("official", []*entry{s}) },
	"StatementFacets.topics": func(_ *record, s *entry) []string {
		if subject(s.row) == "" {
			return nil
		}
		return []string{subject(s.row)}
	},
	"StatementFacets.publishers": func(r *record, s *entry) []string {
		return []string{"publisher:" + r.byID["source:"+s.row["source"]].row["publisher"]}
	},
	"StatementFacets.languages": func(r *record, s *entry) []string { return []string{r.byID["source:"+s.row["source"]].row["language"]} },
	"StatementFacets.years":     func(_ *record, s *entry) []string { return []string{s.row["stated_on"][:4]} },

	"SourceFacets.publishers": func(_ *record, s *entry) []string { return ends("publisher", []*entry{s}) },
	"SourceFacets.countries": func(r *record, s *entry) []string {
		return ends("country", []*entry{r.byID["publisher:"+s.row["publisher"]]})
	},
	"SourceFacets.languages": func(_ *record, s *entry) []string { return []string{s.row["language"]} },
	"SourceFacets.years": func(_ *record, s *entry) []string { // undated ones are left out
		if s.row["published_on"] == "" {
			return nil
		}
		return []string{s.row["published_on"][:4]}
	},

	"CountryFacets.regions":       func(_ *record, c *entry) []string { return []string{c.row["region"]} },
	"CountryFacets.organizations": func(r *record, c *entry) []string { return ends("organization", r.of("membership", "country", c.slug)) },
	"CountryFacets.corridors":     func(r *record, c *entry) []string { return ends("corridor", r.of("membership", "country", c.slug)) },
	"OfficialFacets.countries": func(r *record, o *entry) []string {
		return ends("country", slices.Concat(r.of("tenure", "official", o.slug), r.of("participation", "official", o.slug)))
	},
	"OrganizationFacets.countries": func(r *record, o *entry) []string { return ends("country", r.of("membership", "organization", o.slug)) },
	"CorridorFacets.countries":     func(r *record, k *entry) []string { return ends("country", r.of("membership", "corridor", k.slug)) },
	"CorridorFacets.modes":         func(_ *record, k *entry) []string { return strings.Split(enum(k.row["modes"]), "|") },
	"IssueFacets.kinds":            func(_ *record, i *entry) []string { return []string{enum(i.row["kind"])} },
	"IssueFacets.countries":        func(r *record, i *entry) []string { return ends("country", r.of("party", "issue", i.slug)) },
	"IssueFacets.corridors":        func(r *record, i *entry) []string { return ends("corridor", r.of("concern", "issue", i.slug)) },

	"DisputeFacets.kinds":       func(_ *record, d *entry) []string { return []string{d.row["kind"]} },
	"DisputeFacets.resolutions": func(_ *record, d *entry) []string { return []string{d.row["resolved_by"]} },
	"DisputeFacets.countries": func(_ *record, d *entry) []string {
		return slices.DeleteFunc(slices.Clone(d.relates), func(id string) bool { return !strings.HasPrefix(id, "country:") })
	},
}

// ends are the ids in a column of some rows.
func ends(kind string, list []*entry) (ids []string) {
	for _, e := range list {
		if e.row[kind] != "" {
			ids = append(ids, kind+":"+e.row[kind])
		}
	}
	return ids
}

func topicsOf(r *record, m *entry, prefix string) (ids []string) {
	for _, topic := range r.of("topic", "meeting", m.slug) {
		if id := subject(topic.row); strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	return ids
}

// facet counts entries by a facet: most first, ties by name; years first year first.
func (r *record) facet(name string, list []*entry) []string {
	of := facets[name]
	if of == nil {
		unknown(name, "facet")
	}
	counts := map[string]int{}
	for _, e := range list {
		values := of(r, e)
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			counts[value]++
		}
	}
	values := slices.Collect(maps.Keys(counts))
	slices.SortFunc(values, func(a, b string) int {
		most := counts[b] - counts[a]
		if strings.HasSuffix(name, ".years") {
			most = 0
		}
		return cmp.Or(most, cmp.Compare(r.called(a), r.called(b)), cmp.Compare(a, b))
	})
	for i, value := range values {
		values[i] = fmt.Sprintf("%s=%d", value, counts[value])
	}
	return values
}

// called is the name by which a value of a facet is ordered.
func (r *record) called(value string) string {
	switch e := r.byID[value]; {
	case e == nil:
		return folded(value)
	case e.kind == "publisher": // two differ only in their capitals
		return folded(e.name) + " " + e.name
	default:
		return folded(e.name)
	}
}

// timeline counts dates by YEAR, QUARTER or MONTH: bins from the first that holds one
// to the last, those known only to the year where bins are shorter, and the undated.
func timeline(by string, dates []string) (bins, yearOnly []string, undated int) {
	months := map[string]int{"YEAR": 12, "QUARTER": 3, "MONTH": 1}[by]
	type bin struct{ days, months, years int }
	counts := map[string]*bin{} // by first day
	years := map[string]int{}
	for _, date := range dates {
		if date == "" {
			undated++
			continue
		}
		if len(date) == 4 && months < 12 {
			years[date]++
			continue
		}
		day, _ := time.Parse(time.DateOnly, firstDay(date))
		month := (int(day.Month())-1)/months*months + 1
		first := fmt.Sprintf("%s-%02d-01", date[:4], month)
		if counts[first] == nil {
			counts[first] = new(bin)
		}
		switch len(date) {
		case 4:
			counts[first].years++
		case 7:
			counts[first].months++
		default:
			counts[first].days++
		}
	}
	firsts := slices.Sorted(maps.Keys(counts))
	for i := 0; len(firsts) > 0; i++ {
		start, _ := time.Parse(time.DateOnly, firsts[0])
		start = start.AddDate(0, i*months, 0)
		since := start.Format(time.DateOnly)
		if since > firsts[len(firsts)-1] {
			break
		}
		b := counts[since]
		if b == nil {
			b = new(bin)
		}
		label := map[string]string{"YEAR": since[:4], "QUARTER": fmt.Sprintf("%s-Q%d", since[:4], (int(start.Month())+2)/3), "MONTH": since[:7]}[by]
		bins = append(bins, fmt.Sprintf("%s %s %s %d %d %d %d", label, since, start.AddDate(0, months, -1).Format(time.DateOnly),
			b.days+b.months+b.years, b.days, b.months, b.years))
	}
	for _, year := range slices.Sorted(maps.Keys(years)) {
		yearOnly = append(yearOnly, fmt.Sprintf("%s=%d", year, years[year]))
	}
	return bins, yearOnly, undated
}
