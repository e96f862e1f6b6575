package db

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// conditions are the where clause of a list, one visible line at a time. The
// parameters are numbered in the order in which they are added.
type conditions struct {
	lines    []string
	args     []any
	first    int  // the number of the first parameter less one
	brackets int  // how many were opened
	walking  bool // the rows are walked in order until a page is full, not looked for
}

// The bounds of a filter. SQLite refuses an expression that is deeper than 1,000.
const (
	maxBrackets = 64
	maxEach     = 32
)

// arg adds a parameter and returns its number.
func (b *conditions) arg(value any) string {
	b.args = append(b.args, value)
	return "$" + strconv.Itoa(b.first+len(b.args))
}

// and adds a condition; %s in it stands for the parameter.
func (b *conditions) and(condition string, value any) {
	b.lines = append(b.lines, fmt.Sprintf(condition, b.arg(value)))
}

// anyOf asks that column is one of values; nil asks for nothing.
func (b *conditions) anyOf(column string, values []string) {
	switch {
	case len(values) == 1:
		b.and(column+" = %s", values[0]) // an index that begins with the column then gives an order
	case values != nil:
		b.and(column+` in (select value from json_each(%s))`, jsonList(values))
	}
}

// anyLanguage is a condition on languages, whatever their case, which are %s; nil asks
// for nothing.
func (b *conditions) anyLanguage(condition string, languages []string) {
	if languages != nil {
		b.and(strings.Replace(condition, "%s", "(select value collate nocase from json_each(%s))", 1), jsonList(languages))
	}
}

// anyID is a condition on the entities of these kinds that IDs name, whose keys are
// %s; nil asks for nothing.
func (b *conditions) anyID(field, condition string, ids []string, kinds ...string) error {
	if ids == nil {
		return nil
	}
	refs, err := parseIDs(field, ids, kinds...)
	b.and(strings.ReplaceAll(condition, "%s", "("+entityRefs+")"), jsonList(refs))
	return err
}

// slugs asks that a column is the slug in one of some IDs of a kind; nil asks for nothing.
func (b *conditions) slugs(field, column string, ids []string, kind string) error {
	if ids == nil {
		return nil
	}
	refs, err := parseIDs(field, ids, kind)
	b.and(column+` in (select value ->> 'Slug' from json_each(%s))`, jsonList(refs))
	return err
}

// words asks that a short text in a column holds each word of another, or one that
// begins with it; nil asks for nothing.
func (b *conditions) words(field, column string, text *string) error {
	if text == nil {
		return nil
	}
	asked := words(*text)
	if len(asked) == 0 || len(asked) > maxEach {
		return Errorf(Invalid, "%s: %q has %d words. Give 1 to %d.", field, *text, len(asked), maxEach)
	}
	for _, word := range asked { // of letters and digits only
		b.and("' ' || folded("+column+") like '%% ' || %s || '%%'", word)
	}
	return nil
}

// anyCountry is a condition on the countries with these codes, whose keys are %s; nil
// asks for nothing.
func (b *conditions) anyCountry(s *Store, field, condition string, codes []string) error {
	countries, err := s.countryIDs(field, codes)
	if countries != nil {
		b.and(strings.ReplaceAll(condition, "%s", "(select value from json_each(%[1]s))"), jsonList(countries))
	}
	return err
}

// eachCountry is a condition for each of some countries, whose key is %s.
func (b *conditions) eachCountry(s *Store, field, condition string, codes []string) error {
	if len(codes) > maxEach {
		return Errorf(Invalid, "%s: %d are too many. Give at most %d.", field, len(codes), maxEach)
	}
	countries, err := s.countryIDs(field, codes)
	for _, country := range countries {
		b.and(condition, country)
	}
	return err
}

// date asks that the days from first to last, which are columns, overlap a range or
// lie within it.
func (b *conditions) date(field, first, last string, d *DateFilter) error {
	if d == nil {
		return nil
	}
	if (d.Overlaps == nil) == (d.Within == nil) {
		return Errorf(Invalid, "%s: give exactly one of overlaps and within.", field)
	}
	// Certainly in the range: all of its days are; may fall in it: one of them is.
	r := d.Within
	if d.Overlaps != nil {
		first, last, r = last, first, d.Overlaps
	}
	if r.Since != nil {
		b.and(first+" >= %s", string(r.Since.Earliest()))
	}
	if r.Until != nil {
		b.and(last+" <= %s", string(r.Until.Latest()))
	}
	if r.Since == nil && r.Until == nil {
		b.lines = append(b.lines, first+" is not null")
	}
	if r.Since != nil && r.Until != nil && r.Since.Earliest() > r.Until.Latest() {
		return Errorf(Invalid, "%s: since %q is after until %q. Swap them.", field, *r.Since, *r.Until)
	}
	return nil
}

// sources asks for at least so many sources, which count selects; nil asks for nothing.
func (b *conditions) sources(count string, least *int) error {
	if least == nil {
		return nil
	}
	if *least < 0 {
		return Errorf(Invalid, "minSources: %d is no number of sources. Give 0 or more.", *least)
	}
	b.and(`(`+count+`) >= %s`, *least)
	return nil
}

// EntityConditions are what filters of all entities can ask for. Nil: anything.
type EntityConditions struct {
	IDs        []string
	Text       *string // as Search reads it
	Disputed   *bool   // whether sources disagree on at least one fact that relates it
	MinSources *int    // that speak of it as a whole
}

// entity is what c asks of the entity of a kind whose key is in a column.
func (b *conditions) entity(column, kind string, c EntityConditions) error {
	if err := b.anyID("ids", column+" in %s", c.IDs, kind); err != nil {
		return err
	}
	if c.Disputed != nil {
		b.and(`(`+column+` in (select i.entity from involved i join dispute d on d.fact = i.fact)) = %s`, *c.Disputed)
	}
	if c.Text != nil {
		if err := b.text("text", kind, column, *c.Text); err != nil {
			return err
		}
	}
	return b.sources(`select count(distinct source) from account where entity = `+column, c.MinSources)
}

// FactConditions are what filters of all facts can ask for. Nil: anything.
type FactConditions struct {
	Disputed   *bool
	MinSources *int // of its claims
}

// fact is what c asks of the fact f.
func (b *conditions) fact(c FactConditions) error {
	if c.Disputed != nil {
		b.and(`f.disputed = %s`, *c.Disputed)
	}
	return b.sources(factSources, c.MinSources)
}

// factSources counts the sources of the fact f: those of its claims, or, where a
// participation has none, those of its meeting.
const factSources = `select case when exists (select 1 from claim where fact = f.id)
		then (select count(distinct source) from claim where fact = f.id)
		else (select count(*) from participation p join entity_source es on es.entity = p.meeting where p.fact = f.id) end`

// A filter adds what it asks for.
type filter[F any] interface {
	*F
	conditions(*Store, *conditions) error
}

// logic asks for all of and, at least one of or, and not for not. Nil asks for nothing.
func logic[F any, P filter[F]](s *Store, b *conditions, and, or []*F, not *F) error {
	for _, f := range and {
		line, err := bracket[F, P](s, b, f)
		if err != nil {
			return err
		}
		b.lines = append(b.lines, line)
	}
	if or != nil {
		either := make([]string, len(or))
		for i, f := range or {
			var err error
			if either[i], err = bracket[F, P](s, b, f); err != nil {
				return err
			}
		}
		b.lines = append(b.lines, "("+strings.Join(append(either, "false"), "\nor ")+")")
	}
	if not != nil {
		line, err := bracket[F, P](s, b, not)
		if err != nil {
			return err
		}
		b.lines = append(b.lines, "not coalesce("+line+", false)") // what is null does not match
	}
	return nil
}

// bracket is a filter as one condition. Its parameters go on with those of b.
func bracket[F any, P filter[F]](s *Store, b *conditions, f *F) (string, error) {
	if b.brackets++; b.brackets > maxBrackets {
		return "", Errorf(Invalid, "filter: and, or, not and filters in filters are more than %d. Ask for less at a time.", maxBrackets)
	}
	inner := conditions{first: b.first, args: b.args, brackets: b.brackets, walking: b.walking}
	err := P(f).conditions(s, &inner)
	b.args, b.brackets = inner.args, inner.brackets
	return "(" + strings.Join(append([]string{"true"}, inner.lines...), "\nand ") + ")", err
}

// has asks that a filter in a filter matches, in a condition where it stands for %s;
// nil asks for nothing.
func has[F any, P filter[F]](s *Store, b *conditions, condition string, f *F) error {
	if f == nil {
		return nil
	}
	line, err := bracket[F, P](s, b, f)
	b.lines = append(b.lines, strings.ReplaceAll(condition, "%s", line))
	return err
}

// where is the clause, empty without conditions.
func (b *conditions) where() string {
	if b.lines == nil {
		return ""
	}
	return "\nwhere " + strings.Join(b.lines, "\nand ")
}

// also is the conditions after others.
func (b *conditions) also() string {
	if b.lines == nil {
		return ""
	}
	return "\nand " + strings.Join(b.lines, "\nand ")
}

// Order says how a list is ordered. Ties are broken by slug.
type Order struct {
	Field     string // one of those that the list knows; "": its usual one
	Direction string // "asc" or "desc"; "": the usual one
}

// or returns o, with what is usual where it does not say.
func (o Order) or(usual Order) Order {
	return Order{cmp.Or(o.Field, usual.Field), cmp.Or(o.Direction, usual.Direction)}
}

func (o Order) desc() bool { return o.Direction == "desc" }

// key returns the expression to order by: one of keys, or relevance to a text of the
// rows of a kind whose key is in a column, for which it returns a table to join.
func (b *conditions) key(o Order, keys map[string]string, kind, column string, text *string) (key, join string, err error) {
	if o.Field != "relevance" {
		return keys[o.Field], "", nil
	}
	if text == nil {
		return "", "", Errorf(Invalid, "orderBy: RELEVANCE is to a text. Give filter.text too, or another order.")
	}
	hits, err := b.relevant("text", kind, *text)
	return "hit.key", " join " + hits + " hit on hit.id = " + column, err
}

// latestFirst is how lists of events usually are ordered.
var latestFirst = Order{"date", "desc"}
