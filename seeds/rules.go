package seeds

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"readout/db"
)

// field is what the descriptor says of a column.
type field struct {
	Name, Type, Format, RDFType, Delimiter string
	TrueValues, FalseValues                []string
	Constraints                            struct {
		Required, Unique bool
		Enum             []string
		Pattern          string
		Minimum, Maximum *float64
	}

	pattern   *regexp.Regexp
	reference string // the resource whose key it holds; "": none
}

// edtf marks a string as a date.
const edtf = "http://id.loc.gov/datatypes/edtf/EDTF-level0"

// decimal is a number as the package writes them: no exponent, no plus sign.
var decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// fault says what is wrong with a value by itself, or "".
func (f *field) fault(value string) string {
	switch {
	case value == "" && f.reference == "sources" && f.Constraints.Required:
		return "blank; every fact names its source"
	case value == "" && f.Constraints.Required:
		return "blank; every row needs a value here"
	case value == "":
		return ""
	case !utf8.ValidString(value):
		return "not UTF-8; save the file in that encoding"
	case strings.TrimSpace(value) != value:
		return "spaces around the value; take them away"
	case f.RDFType == edtf:
		return f.dateFault(value)
	case f.Format == "uri":
		if u, err := url.Parse(value); err != nil || u.Host == "" || !strings.HasPrefix(value, "http://") && !strings.HasPrefix(value, "https://") {
			return "not a web address; want one that begins with http:// or https:// and names a host"
		}
		return ""
	}

	switch f.Type {
	case "integer":
		if n, err := strconv.Atoi(value); err != nil || strconv.Itoa(n) != value {
			return "not a whole number; want digits only, without leading zeros"
		}
		return f.rangeFault(value)
	case "number":
		if !decimal.MatchString(value) {
			return "not a number; want digits with a point before decimals, such as 40.41"
		}
		return f.rangeFault(value)
	case "boolean":
		if words := slices.Concat(f.TrueValues, f.FalseValues); !slices.Contains(words, value) {
			return "neither yes nor no; want " + alternatives(words) + " or a blank"
		}
	case "list":
		items := strings.Split(value, f.Delimiter)
		for i, item := range items {
			switch {
			case item == "" || strings.TrimSpace(item) != item:
				return fmt.Sprintf("item %d is blank or has spaces around it; want items separated by %s alone", i+1, f.Delimiter)
			case slices.Contains(items[:i], item):
				return fmt.Sprintf("%q is there twice; want each item once", item)
			}
		}
	}
	if enum := f.Constraints.Enum; enum != nil && !slices.Contains(enum, value) {
		return "unknown word; want " + alternatives(enum) + didYouMean(nearest(value, slices.Values(enum)))
	}
	// A reference that leads somewhere has the right form, and one that does not is reported as such.
	if f.reference == "" && !f.pattern.MatchString(value) {
		return "wrong form; want " + f.Constraints.Pattern
	}
	return ""
}

const notADate = "not a date of the calendar; want YYYY, YYYY-MM or YYYY-MM-DD"

func (f *field) dateFault(value string) string {
	open := f.Constraints.Pattern != "" && f.pattern.MatchString(string(db.OpenEnd))
	if value == string(db.OpenEnd) && open {
		return ""
	}
	if _, err := db.ParseDate(value); err == nil {
		return ""
	}
	if open {
		return notADate + ", or .. when it goes on"
	}
	return notADate
}

func (f *field) rangeFault(value string) string {
	n, _ := strconv.ParseFloat(value, 64)
	switch least, most := f.Constraints.Minimum, f.Constraints.Maximum; {
	case least != nil && n < *least:
		return fmt.Sprintf("too small; want %v or more", *least)
	case most != nil && n > *most:
		return fmt.Sprintf("too great; want %v or less", *most)
	}
	return ""
}

// alternatives lists words: "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// checkCells checks each value by itself, and those that must be unique.
func (t *table) checkCells() {
	for c := range t.Fields {
		if slices.Contains(t.absent, c) {
			continue
		}
		f := &t.Fields[c]
		first := map[string]int32{}
		for i := range t.rows {
			value := t.value(int32(i), c)
			if fault := f.fault(value); fault != "" {
				t.add(int32(i), []int{c}, "%s", fault)
			} else if f.Constraints.Unique && value != "" {
				if line, known := first[value]; known {
					t.add(int32(i), []int{c}, "already on line %d; want a value of its own", line)
				} else {
					first[value] = t.rows[i].line
				}
			}
		}
	}
}

// checkReferences reports what leads nowhere. A reference with only one near miss is
// taken for that one from then on.
func (t *table) checkReferences(p *Package) {
	for _, k := range t.ForeignKeys {
		target := p.table(cmp.Or(k.Reference.Resource, t.name))
		if target.broken {
			continue
		}
		meant := map[string][]string{} // a wrong reference may be on many lines
		for i := range t.rows {
			value := t.joined(int32(i), k.columns)
			if _, known := target.keyed[value]; known || t.hasFault(i, k.columns) {
				continue
			}
			near, sought := meant[value]
			if !sought && len(k.columns) == 1 && len(meant) < mostSought {
				near = nearest(value, target.keys())
				meant[value] = near
			}
			t.add(int32(i), k.columns, "no such %s in %s%s", strings.Join(k.Reference.Fields, ", "), target.file, didYouMean(near))
			if len(near) == 1 {
				t.replace(i, k.columns[0], near[0])
			}
		}
	}
}

// hasFault tells whether one of a few cells is blank or was reported by itself.
func (t *table) hasFault(i int, columns []int) bool {
	return slices.ContainsFunc(columns, func(c int) bool {
		value := t.value(int32(i), c)
		return value == "" || t.Fields[c].fault(value) != ""
	})
}

// mostSought bounds the search for near misses, which looks at all there are.
const mostSought = 100

// sort puts the rows in the order of their keys, and reports those that share one.
func (t *table) sort() {
	t.order = make([]int32, len(t.rows))
	for i := range t.order {
		t.order[i] = int32(i)
	}
	slices.SortFunc(t.order, func(a, b int32) int { return cmp.Or(t.compare(a, b, t.key), cmp.Compare(a, b)) })
	first := 0
	for i := 1; i < len(t.order) && t.absent == nil; i++ {
		if t.compare(t.order[i], t.order[first], t.key) != 0 {
			first = i
			continue
		}
		t.add(t.order[i], t.key, "already on line %d; want one row for each %s", t.rows[t.order[first]].line, t.namesOf(t.key))
	}
}

// compare orders two rows by columns; whole numbers by size.
func (t *table) compare(a, b int32, columns []int) int {
	for _, c := range columns {
		x, y := t.value(a, c), t.value(b, c)
		if t.Fields[c].Type == "integer" && len(x) != len(y) {
			return cmp.Compare(len(x), len(y))
		}
		if order := strings.Compare(x, y); order != 0 {
			return order
		}
	}
	return 0
}

// runs yields the rows that have the same cells in columns, which begin the key.
func (t *table) runs(columns []int) iter.Seq[[]int32] {
	return func(yield func([]int32) bool) {
		for rest := t.order; len(rest) > 0; {
			n := 1
			for n < len(rest) && t.compare(rest[0], rest[n], columns) == 0 {
				n++
			}
			if !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// cell returns the cell of a row in the column of that name; "" when there is none.
func (t *table) cell(i int32, name string) string {
	if c := t.column(name); c >= 0 {
		return t.value(i, c)
	}
	return ""
}

// sound yields the rows without a problem so far.
func (t *table) sound() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for i := range t.rows {
			if !t.rows[i].broken && !yield(int32(i)) {
				return
			}
		}
	}
}

// Columns that have something to do with one another.
var (
	spans    = [][2]string{{"since", "until"}, {"starts_on", "ends_on"}}
	places   = [][2]string{{"latitude", "longitude"}, {"capital_latitude", "capital_longitude"}}
	subjects = []string{"country", "organization", "corridor", "issue"}
)

// checkRows checks what the values of one row have to do with one another.
func (t *table) checkRows(p *Package) {
	if t.absent != nil {
		return
	}
	for _, span := range spans {
		if since, until := t.column(span[0]), t.column(span[1]); since >= 0 && until >= 0 {
			for i := range t.sound() {
				from, to := db.Date(t.value(i, since)), db.Date(t.value(i, until))
				if from.Known() && to.Known() && to.Latest() < from.Earliest() {
					t.add(i, []int{until}, "before %s, which is %s", span[0], from)
				}
			}
		}
	}
	for _, place := range places {
		if latitude, longitude := t.column(place[0]), t.column(place[1]); latitude >= 0 && longitude >= 0 {
			for i := range t.sound() {
				switch north, east := t.value(i, latitude), t.value(i, longitude); {
				case north != "" && east == "":
					t.add(i, []int{longitude}, "blank, but %s is given; want both or neither", place[0])
				case north == "" && east != "":
					t.add(i, []int{latitude}, "blank, but %s is given; want both or neither", place[1])
				}
			}
		}
	}
	if t.name == "topics" || t.name == "statements" {
		columns := t.columns(subjects)
		for i := range t.sound() {
			given := slices.DeleteFunc(slices.Clone(columns), func(c int) bool { return t.value(i, c) == "" })
			switch {
			case len(given) > 1:
				t.add(i, given, "%d are given; want one: a row for each", len(given))
			case len(given) == 0 && t.name == "topics":
				t.add(i, columns, "none is given; want one of them")
			}
		}
	}
	if stance := t.column("stance"); stance >= 0 {
		t.checkStances(p, stance)
	}
}

// checkStances checks that a claim says what its stance needs.
func (t *table) checkStances(p *Package, stance int) {
	var values []int
	for c, f := range t.Fields {
		if !f.Constraints.Required && !slices.Contains(t.key, c) && !slices.Contains([]string{"source", "preferred", "note"}, f.Name) {
			values = append(values, c)
		}
	}
	source, value := t.column("source"), t.column("value")
	for i := range t.sound() {
		asserts := t.value(i, stance) == "asserts"
		if !asserts && t.value(i, source) == "" {
			t.add(i, []int{source}, "blank; a row that %s a fact names the source that does", t.value(i, stance))
		}
		for _, c := range values {
			if !asserts && t.value(i, c) != "" {
				t.add(i, []int{c}, "given, but the stance is %s; want it blank", t.value(i, stance))
			}
		}
		if !asserts || value < 0 {
			continue
		}
		if t.value(i, value) == "" {
			t.add(i, []int{value}, "blank, but the stance is asserts; want what the source gives")
		} else if isDate(t.cell(i, "property")) {
			if _, err := db.ParseDate(t.value(i, value)); err != nil {
				t.add(i, []int{value}, notADate)
			}
		}
	}
}

// isDate tells whether the values of a property are dates: starts-on, opened-on.
func isDate(property string) bool { return strings.HasSuffix(property, "-on") }

// shown returns the table and the column that show a property of claims in t, or nil
// when there is none: starts-on is shown as meetings.starts_on.
func (p *Package) shown(t *table, property string) (*table, int) {
	entity := p.table(t.Fields[t.key[0]].reference)
	if c := entity.column(strings.ReplaceAll(property, "-", "_")); c >= 0 && entity.Fields[c].Type == "string" {
		return entity, c
	}
	return nil, -1
}

// checkFacts checks what claims on one fact, and spells of one pair, have to do with
// one another.
func (t *table) checkFacts() {
	if t.absent != nil {
		return
	}
	preferred, source, spell := t.column("preferred"), t.column("source"), t.column("spell")
	var shared []int // what claims on one fact cannot differ in
	for c, f := range t.Fields {
		if (f.Constraints.Required || slices.Contains([]string{"latitude", "longitude"}, f.Name)) &&
			!slices.Contains(t.key, c) && f.Name != "stance" && f.Name != "source" {
			shared = append(shared, c)
		}
	}
	for fact := range t.runs(t.fact) {
		if t.anyBroken(fact) {
			continue
		}
		chosen := fact[:0:0]
		for _, i := range fact {
			if preferred >= 0 && t.value(i, preferred) == "true" {
				chosen = append(chosen, i)
				if t.cell(i, "stance") != "asserts" {
					t.add(i, []int{preferred}, "the row asserts nothing that could be preferred; want it blank")
				} else if len(chosen) > 1 {
					t.add(i, []int{preferred}, "line %d is preferred already; want one claim of a fact at most", t.rows[chosen[0]].line)
				}
			}
			if source >= 0 && t.value(i, source) == "" && len(fact) > 1 {
				t.add(i, []int{source}, "blank, but line %d on the same fact has a source; want one on each row, or a single row without", t.rows[fact[len(fact)-1]].line)
			}
			for _, c := range shared {
				if first := t.value(fact[0], c); t.value(i, c) != first {
					t.add(i, []int{c}, "line %d on the same fact has %q; want the same on each row", t.rows[fact[0]].line, first)
				}
			}
		}
	}
	if spell < 0 {
		return
	}
	for pair := range t.runs(t.fact[:slices.Index(t.fact, spell)]) {
		if t.anyBroken(pair) {
			continue
		}
		last := 0
		for _, i := range pair {
			n, _ := strconv.Atoi(t.value(i, spell))
			if n > last+1 {
				t.add(i, []int{spell}, "spell %d is missing; want them counted from 1 without gaps", last+1)
			}
			last = n
		}
	}
}

func (t *table) anyBroken(rows []int32) bool {
	return slices.ContainsFunc(rows, func(i int32) bool { return t.rows[i].broken })
}

// checkTables checks what tables have to do with one another.
func (p *Package) checkTables() {
	p.checkVoices(p.table("publishers"))
	p.checkAliases(p.table("aliases"))
	p.checkRoute(p.table("stops"), p.table("legs"))
	p.checkMentioned("meetings", "meeting", "want an account of it", "meeting_sources")
	p.checkMentioned("officials", "official", "want a sourced fact on each", "tenures", "participants", "statements")
}

// checkVoices checks that a house with which others count as one speaks for itself.
func (p *Package) checkVoices(t *table) {
	voice := t.column("voice")
	for i := range t.sound() {
		of, known := t.keyed[t.value(i, voice)]
		if !known || t.value(of, voice) == "" {
			continue
		}
		if of == i {
			t.add(i, []int{voice}, "the publisher itself; leave it blank for a voice of its own")
		} else {
			t.add(i, []int{voice}, "is itself counted with another; want %q, its voice", t.value(of, voice))
		}
	}
}

// checkAliases checks that names belong to something, which does not have them yet.
func (p *Package) checkAliases(t *table) {
	if t.absent != nil {
		return
	}
	kind, slug, alias := t.column("kind"), t.column("slug"), t.column("alias")
	for i := range t.sound() {
		entities := p.named(t.value(i, kind))
		at, known := entities.keyed[t.value(i, slug)]
		if !known {
			if !entities.broken {
				t.add(i, []int{slug}, "no such %s in %s%s", t.value(i, kind), entities.file, didYouMean(nearest(t.value(i, slug), entities.keys())))
			}
			continue
		}
		for _, column := range []string{"name", "official_name", "abbreviation", "aliases"} {
			if slices.Contains(strings.Split(entities.cell(at, column), "|"), t.value(i, alias)) {
				t.add(i, []int{alias}, "already in %s on line %d of %s; want each name in one place", column, entities.rows[at].line, entities.file)
				break
			}
		}
	}
}

// named returns the table of a kind of entity: the one whose key is called so.
func (p *Package) named(kind string) *table {
	return p.tables[slices.IndexFunc(p.tables, func(t *table) bool { return slices.Equal(t.PrimaryKey, []string{kind}) })]
}

// checkRoute checks that stops stand in the order of travel and that legs lead to a stop.
func (p *Package) checkRoute(stops, legs *table) {
	if stops.broken || stops.absent != nil || legs.absent != nil {
		return
	}
	position, branch := stops.column("position"), stops.columns([]string{"corridor", "branch"})
	want := 1
	for i := range stops.rows {
		if i > 0 && stops.compare(int32(i), int32(i-1), branch) != 0 {
			want = 1
		}
		n, err := strconv.Atoi(stops.value(int32(i), position))
		if n != want && err == nil && !stops.rows[i].broken {
			stops.add(int32(i), []int{position}, "out of order; want %d: the stops of a branch follow one another, from 1", want)
		}
		want = n + 1
	}
	if slices.ContainsFunc(stops.rows, func(r row) bool { return r.broken }) {
		return // it may be the stop where the leg leads to
	}
	for i := range legs.sound() {
		n, _ := strconv.Atoi(legs.cell(i, "position"))
		next := fmt.Sprintf("%s, %s, %d", legs.cell(i, "corridor"), legs.cell(i, "branch"), n+1)
		if _, known := stops.keyed[next]; !known {
			legs.add(i, legs.fact, "no stop follows in %s; want the stop where the leg begins", stops.file)
		}
	}
}

// checkMentioned checks that each row of a table is mentioned in one of others.
func (p *Package) checkMentioned(name, column, want string, in ...string) {
	t := p.table(name)
	seen := make([]bool, len(t.rows))
	var files []string
	for _, other := range in {
		o := p.table(other)
		c := o.column(column)
		if o.broken || t.absent != nil {
			return
		}
		for i := range o.rows {
			if at, known := t.keyed[o.value(int32(i), c)]; known {
				seen[at] = true
			}
		}
		files = append(files, o.file)
	}
	for i := range t.sound() {
		if !seen[i] {
			t.add(i, t.key, "nothing in %s; %s", alternatives(files), want)
		}
	}
}
