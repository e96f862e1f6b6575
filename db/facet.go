package db

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// dimensions are what the rows of a list can be counted by. Each selects the parent
// of a row of l, a word and the key of an entity or publisher, once for each value
// that the row has.
type dimensions map[string]string

var meetingDimensions = dimensions{
	"kind":         `select l.parent, m.kind as word, 0 as entity from l join meeting m on m.id = l.id`,
	"country":      `select distinct l.parent, l.id, '' as word, p.country as entity from l join participation p on p.meeting = l.id`,
	"official":     `select l.parent, '' as word, p.official as entity from l join participation p on p.meeting = l.id`,
	"topic":        `select l.parent, '' as word, t.entity from l join topic t on t.meeting = l.id`,
	"organization": `select l.parent, '' as word, t.entity from l join topic t on t.meeting = l.id join organization g on g.id = t.entity`,
	"corridor":     `select l.parent, '' as word, t.entity from l join topic t on t.meeting = l.id join corridor k on k.id = t.entity`,
	"publisher": `
		select distinct l.parent, l.id, h.name as word, h.id as entity
		from l join entity_source es on es.entity = l.id join source s on s.id = es.source join publisher h on h.id = s.publisher`,
	"year": `select l.parent, substr(m.starts_on, 1, 4) as word, 0 as entity from l join meeting m on m.id = l.id`,
	"date": `select l.parent, ` + monthOf("m.starts_on") + ` as word, 0 as entity from l join meeting m on m.id = l.id`,
}

var statementDimensions = dimensions{
	"official":  `select l.parent, '' as word, st.official as entity from l join statement st on st.id = l.id`,
	"topic":     `select l.parent, '' as word, st.topic as entity from l join statement st on st.id = l.id where st.topic is not null`,
	"publisher": `select l.parent, h.name as word, h.id as entity from l join statement st on st.id = l.id join source s on s.id = st.source join publisher h on h.id = s.publisher`,
	"language":  `select l.parent, s.language as word, 0 as entity from l join statement st on st.id = l.id join source s on s.id = st.source`,
	"year":      `select l.parent, substr(st.stated_on, 1, 4) as word, 0 as entity from l join statement st on st.id = l.id`,
	"date":      `select l.parent, ` + monthOf("st.stated_on") + ` as word, 0 as entity from l join statement st on st.id = l.id`,
}

var sourceDimensions = dimensions{
	"publisher": `select l.parent, h.name as word, h.id as entity from l join source s on s.id = l.id join publisher h on h.id = s.publisher`,
	"country":   `select l.parent, '' as word, h.country as entity from l join source s on s.id = l.id join publisher h on h.id = s.publisher where h.country is not null`,
	"language":  `select l.parent, s.language as word, 0 as entity from l join source s on s.id = l.id`,
	"year":      `select l.parent, substr(s.published_on, 1, 4) as word, 0 as entity from l join source s on s.id = l.id where s.published_on is not null`,
	"date":      `select l.parent, coalesce(` + monthOf("s.published_on") + `, '') as word, 0 as entity from l join source s on s.id = l.id`,
}

var (
	countryDimensions = dimensions{
		"region":       `select l.parent, c.region as word, 0 as entity from l join country c on c.id = l.id`,
		"organization": `select distinct l.parent, l.id, '' as word, m.body as entity from l join membership m on m.country = l.id join organization g on g.id = m.body`,
		"corridor":     `select distinct l.parent, l.id, '' as word, m.body as entity from l join membership m on m.country = l.id join corridor k on k.id = m.body`,
	}
	officialDimensions = dimensions{
		"country": `
			select l.parent, '' as word, p.country as entity from l join (
				select official, country from participation union select official, country from tenure) p on p.official = l.id`,
	}
	bodyDimensions = dimensions{
		"country": `select distinct l.parent, l.id, '' as word, m.country as entity from l join membership m on m.body = l.id`,
		"mode":    `select l.parent, o.value as word, 0 as entity from l join corridor k on k.id = l.id join json_each(k.modes) o where o.value is not null`,
	}
	issueDimensions = dimensions{
		"kind":     `select l.parent, i.kind as word, 0 as entity from l join issue i on i.id = l.id`,
		"country":  `select l.parent, '' as word, p.country as entity from l join party p on p.issue = l.id`,
		"corridor": `select l.parent, '' as word, n.corridor as entity from l join concern n on n.issue = l.id`,
	}
	disputeDimensions = dimensions{
		"kind":       `select l.parent, f.kind as word, 0 as entity from l join fact f on f.id = l.id`,
		"resolution": `select l.parent, f.resolved_by as word, 0 as entity from l join fact f on f.id = l.id`,
		"country":    `select distinct l.parent, l.id, '' as word, i.entity from l join involved i on i.fact = l.id join country c on c.id = i.entity`,
	}
)

// monthOf is the expression for the month of a date, with a hyphen behind it when the
// date is known to the day; or for its year, when that is all.
func monthOf(date string) string {
	return `case length(` + date + `) when 10 then substr(` + date + `, 1, 8) else ` + date + ` end`
}

// tallies counts the rows of each parent's list by their values in a dimension, most
// first, and returns the first facets of each. They share a cohort, whatever the
// number of parents. A parent with an empty list is absent.
func tallies[T any](ctx context.Context, s *Store, l listing[T], dimension string, first int, parents []int64) (map[int64][]*Facet, error) {
	of, known := l.dimensions[dimension]
	if !known {
		return nil, fmt.Errorf("a list has no dimension %s", dimension)
	}
	text, args := ordered(counted(l.rows(among(parents), cmp.Or(l.parent, "0")+" as parent, "+l.id+" as id", ""), of)), l.arguments(parents)
	if l.tallied.has(dimension) {
		text, args = l.tallied.read(parents, dimension, first)
	}
	found, err := scan(ctx, s, func(f *Facet) []any { return []any{&f.parent, &f.nth, &f.word, &f.entity, &f.Count} }, text, args...)
	byParent := map[int64][]*Facet{}
	shown := make([]*Facet, 0, len(found))
	for _, f := range found {
		if len(byParent[f.parent]) < first {
			byParent[f.parent] = append(byParent[f.parent], f)
			shown = append(shown, f)
		}
	}
	newCohort[Facet](s, shown)
	return byParent, err
}

// counted counts rows, each a parent and an id, by their values in a dimension: parent,
// word, entity and number.
func counted(rows, dimension string) string {
	return `with l as (` + rows + `) select parent, word, entity, count(*) as n from (` + dimension + `) group by parent, word, entity`
}

// ordered are counts in the order of facets, with the place of each: most rows first.
func ordered(counts string) string {
	return `
		select t.parent, row_number() over (partition by t.parent order by t.n desc, folded(t.word), t.word, e.sort_key, e.slug) as nth, t.word, t.entity, t.n
		from (` + counts + `) t left join entity e on e.id = t.entity
		order by 1, 2`
}

// Facets counts the whole list, whatever the page, by what its rows have. Each method
// costs a statement; the entities of a facet cost another.
type Facets struct {
	tally func(ctx context.Context, dimension string, first int) ([]*Facet, error)
}

// Facet is how many rows of a list have a value: one of the two.
type Facet struct {
	loaded
	parent int64
	nth    int
	word   string // the value where it is text
	entity int64  // its key where it has one
	Count  int
}

// Kind returns the kind that was counted.
func (f *Facet) Kind() string { return f.word }

// Value returns the word that was counted: a region, a language.
func (f *Facet) Value() string { return f.word }

// Year returns the year that was counted.
func (f *Facet) Year() Date { return Date(f.word) }

// Country returns the country that was counted.
func (f *Facet) Country(ctx context.Context) (*Country, error) {
	return one(ctx, f, f.cohort, "country", func(f *Facet) int64 { return f.entity }, countriesByID)
}

// Official returns the official that was counted.
func (f *Facet) Official(ctx context.Context) (*Official, error) {
	return one(ctx, f, f.cohort, "official", func(f *Facet) int64 { return f.entity }, officialsByID)
}

// Corridor returns the corridor that was counted.
func (f *Facet) Corridor(ctx context.Context) (*Corridor, error) {
	return one(ctx, f, f.cohort, "corridor", func(f *Facet) int64 { return f.entity }, corridorsByID)
}

// Organization returns the organization that was counted.
func (f *Facet) Organization(ctx context.Context) (*Organization, error) {
	e, err := one(ctx, f, f.cohort, "entity", func(f *Facet) int64 { return f.entity }, topicsByID)
	organization, _ := e.(*Organization)
	return organization, err
}

// Topic returns the topic that was counted.
func (f *Facet) Topic(ctx context.Context) (Topic, error) {
	e, err := one(ctx, f, f.cohort, "entity", func(f *Facet) int64 { return f.entity }, topicsByID)
	topic, _ := e.(Topic)
	return topic, err
}

// Publisher returns the publisher that was counted.
func (f *Facet) Publisher(ctx context.Context) (*Publisher, error) {
	return one(ctx, f, f.cohort, "publisher", func(f *Facet) int64 { return f.entity }, publishersByID)
}

// most returns the first facets of a dimension, most rows first.
func (f *Facets) most(ctx context.Context, dimension string, first int) ([]*Facet, error) {
	if err := bound("first", first, maxFacets); err != nil {
		return nil, err
	}
	list, err := f.tally(ctx, dimension, first)
	return append([]*Facet{}, list...), err
}

const maxFacets = 500

// Kinds counts by kind.
func (f *Facets) Kinds(ctx context.Context) ([]*Facet, error) { return f.most(ctx, "kind", maxFacets) }

// Resolutions counts by how values were chosen.
func (f *Facets) Resolutions(ctx context.Context) ([]*Facet, error) {
	return f.most(ctx, "resolution", maxFacets)
}

// Modes counts by mode of transport.
func (f *Facets) Modes(ctx context.Context) ([]*Facet, error) { return f.most(ctx, "mode", maxFacets) }

// Regions counts by UN M49 region.
func (f *Facets) Regions(ctx context.Context) ([]*Facet, error) {
	return f.most(ctx, "region", maxFacets)
}

// Languages counts by language.
func (f *Facets) Languages(ctx context.Context) ([]*Facet, error) {
	return f.most(ctx, "language", maxFacets)
}

// Years counts by year, first year first. A date known only to the month or year counts too.
func (f *Facets) Years(ctx context.Context) ([]*Facet, error) {
	list, err := f.most(ctx, "year", maxFacets)
	slices.SortFunc(list, func(a, b *Facet) int { return strings.Compare(a.word, b.word) })
	return list, err
}

// Countries counts by country.
func (f *Facets) Countries(ctx context.Context, first int) ([]*Facet, error) {
	return f.most(ctx, "country", first)
}

// Officials counts by official.
func (f *Facets) Officials(ctx context.Context, first int) ([]*Facet, error) {
	return f.most(ctx, "official", first)
}

// Topics counts by topic.
func (f *Facets) Topics(ctx context.Context, first int) ([]*Facet, error) {
	return f.most(ctx, "topic", first)
}

// Organizations counts by organization.
func (f *Facets) Organizations(ctx context.Context, first int) ([]*Facet, error) {
	return f.most(ctx, "organization", first)
}

// Corridors counts by corridor.
func (f *Facets) Corridors(ctx context.Context, first int) ([]*Facet, error) {
	return f.most(ctx, "corridor", first)
}

// Publishers counts by publisher.
func (f *Facets) Publishers(ctx context.Context, first int) ([]*Facet, error) {
	return f.most(ctx, "publisher", first)
}

// Timeline counts the whole list, whatever the page, by time.
type Timeline struct {
	Bins     []*Bin   // from the first that holds a row to the last, empty ones included
	YearOnly []*Facet // rows known only to a year, where the bins are shorter, by year
	Undated  int
}

// Bin is a stretch of a timeline and how many rows fall in it: those whose dates are
// known to the day, to the month and to the year.
type Bin struct {
	Label               string // "2023", "2023-Q2", "2023-06"
	Since, Until        Date   // its first and its last day
	Days, Months, Years int
}

// Count returns how many rows fall in it.
func (b *Bin) Count() int { return b.Days + b.Months + b.Years }

// maxBins is 250 years by month.
const maxBins = 3000

// binsOf are the months in a bin, by what a timeline is by.
var binsOf = map[string]int{"year": 12, "quarter": 3, "month": 1}

// Timeline counts by "year", "quarter" or "month". It fails with Invalid when these
// are too many.
func (f *Facets) Timeline(ctx context.Context, by string) (*Timeline, error) {
	found, err := f.tally(ctx, "date", math.MaxInt)
	if err != nil {
		return nil, err
	}
	months := binsOf[by]
	timeline := &Timeline{Bins: []*Bin{}, YearOnly: []*Facet{}}
	index := func(word string) int { // of the bin that a month, or with months = 12 a year, falls in
		var year, month int
		fmt.Sscanf(word, "%4d-%2d", &year, &month)
		return (12*year + max(month, 1) - 1) / months
	}
	counts := map[int]*Bin{}
	first, last := 0, -1
	for _, t := range found {
		switch {
		case t.word == "":
			timeline.Undated += t.Count
			continue
		case len(t.word) == 4 && months < 12:
			timeline.YearOnly = append(timeline.YearOnly, &Facet{word: t.word, Count: t.Count})
			continue
		}
		i := index(t.word)
		bin := counts[i]
		if bin == nil {
			bin = new(Bin)
			counts[i] = bin
		}
		switch len(t.word) {
		case 4:
			bin.Years += t.Count
		case 7:
			bin.Months += t.Count
		default:
			bin.Days += t.Count
		}
		if len(counts) == 1 {
			first, last = i, i
		}
		first, last = min(first, i), max(last, i)
	}
	if n := last - first + 1; n > maxBins {
		return nil, Errorf(Invalid, "by: %d times a %s are too many for a timeline. Narrow the list, or ask for at most %d.", n, by, maxBins)
	}
	for i := first; i <= last; i++ {
		bin := counts[i]
		if bin == nil {
			bin = new(Bin)
		}
		start := time.Date(0, time.Month(i*months+1), 1, 0, 0, 0, 0, time.UTC)
		bin.Since = Date(start.Format(time.DateOnly))
		bin.Until = Date(start.AddDate(0, months, -1).Format(time.DateOnly))
		switch by {
		case "year":
			bin.Label = start.Format("2006")
		case "quarter":
			bin.Label = fmt.Sprintf("%s-Q%d", start.Format("2006"), (int(start.Month())+2)/3)
		default:
			bin.Label = start.Format("2006-01")
		}
		timeline.Bins = append(timeline.Bins, bin)
	}
	slices.SortFunc(timeline.YearOnly, func(a, b *Facet) int { return strings.Compare(a.word, b.word) })
	return timeline, nil
}
