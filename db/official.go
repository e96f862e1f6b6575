package db

import "context"

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

// OfficialFilter says which officials. Nil: any. Empty: none.
type OfficialFilter struct {
	Countries []string // held a post of, or took part in a meeting for, one of these
}

// Officials returns officials by name.
func (s *Store) Officials(ctx context.Context, f OfficialFilter, p Page) (*List[Official], error) {
	countries, err := s.countryIDs("countries", f.Countries)
	if err != nil {
		return nil, err
	}
	var b conditions
	if countries != nil {
		b.and(`o.id in (
			select official from tenure where country in (select value from json_each(%s))
			union select official from participation where country in (select value from json_each(%[1]s)))`, jsonList(countries))
	}
	return root[Official](ctx, s, listing[Official]{
		sql: `
			select 0 as parent, e.sort_key as key, e.slug as tie, ` + officialColumns + `
			from official o join entity e on e.id = o.id` + b.where(),
		args: b.args,
		dest: (*Official).dest,
	}, p)
}

// AddOfficial writes an official.
func (w *Writer) AddOfficial(slug, name string, aliases []string, note *string) error {
	id, err := w.addEntity(KindOfficial, slug, name, aliases, "")
	if err != nil {
		return err
	}
	return w.exec(`insert into official (id, note) values ($1, $2)`, id, note)
}
