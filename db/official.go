package db

import (
	"cmp"
	"context"
)

// Official is a person who holds or held a post, or took part in a meeting.
type Official struct {
	Entity
	Note *string
}

const officialColumns = `e.id, e.kind, e.slug, e.name, o.note`

func (o *Official) dest() []any { return []any{&o.id, &o.kind, &o.Slug, &o.Name, &o.Note} }

// officialsByID returns the officials that exist, keyed by id.
func officialsByID(ctx context.Context, s *Store, ids []int64) (map[int64]*Official, error) {
	return keyed[Official](query(ctx, s, (*Official).dest, `
		select `+officialColumns+` from official o join entity e on e.id = o.id
		where o.id in (select value from json_each($1))`, jsonList(ids)))
}

// OfficialFilter says which officials. All conditions must hold; nil: any. Empty: none.
type OfficialFilter struct {
	And, Or []*OfficialFilter
	Not     *OfficialFilter
	EntityConditions
	Countries []string       // held a post of, or took part in a meeting for, one of these
	Tenures   *TenureFilter  // had such a tenure
	Meetings  *MeetingFilter // took part in such a meeting
}

// conditions are f in SQL, on official o.
func (f *OfficialFilter) conditions(s *Store, b *conditions) error {
	return cmp.Or(
		b.anyCountry(s, "countries", "o.id in (select official from speaks_for where country in %s)", f.Countries),
		has(s, b, "o.id in (select n.official from tenure n join fact f on f.id = n.fact where %s)", f.Tenures),
		has(s, b, "o.id in (select n.official from participation n join meeting m on m.id = n.meeting where %s)", f.Meetings),
		b.entity("o.id", KindOfficial, f.EntityConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// Officials returns officials in an order: by "name", number of "meetings" or
// "relevance"; by name where it does not say.
func (s *Store) Officials(ctx context.Context, f OfficialFilter, o Order, p Page) (*List[Official], error) {
	return entities(ctx, s, KindOfficial, "o", officialColumns, (*Official).dest, &f, officialDimensions, f.Meetings, f.Text, o, p)
}

// AddOfficial writes an official.
func (w *Writer) AddOfficial(slug, name string, aliases []string, note *string) error {
	id, err := w.addEntity(KindOfficial, slug, name, aliases, "")
	if err != nil {
		return err
	}
	return w.exec(`insert into official (id, note) values ($1, $2)`, id, note)
}
