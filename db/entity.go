package db

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The kinds of entity and of other nodes, as the first half of an ID names them.
const (
	KindCountry      = "country"
	KindOfficial     = "official"
	KindOrganization = "organization"
	KindCorridor     = "corridor"
	KindIssue        = "issue"
	KindMeeting      = "meeting"

	kindSource    = "source"
	kindStatement = "statement"
)

// Kinds are all kinds of entity.
var Kinds = []string{KindCountry, KindOfficial, KindOrganization, KindCorridor, KindIssue, KindMeeting}

// Node is whatever has an ID.
type Node interface {
	ID() string
	IsNode()
}

// AnyEntity is one of *Country, *Official, *Organization, *Corridor, *Issue and *Meeting.
type AnyEntity interface {
	Node
	IsEntity()
	entity() *Entity
}

// Topic is one of *Issue, *Corridor, *Organization and *Country.
type Topic interface{ IsTopic() }

// Body is what a country can belong to: a *Corridor or an *Organization.
type Body interface{ IsBody() }

// Entity is what all entities have.
type Entity struct {
	loaded
	kind string
	Slug string // unique within the kind; a country's is its ISO 3166-1 alpha-3 code
	Name string
}

// ID returns the kind and the slug, such as "corridor:instc". It stays the same
// from release to release.
func (e *Entity) ID() string { return e.kind + ":" + e.Slug }

// IsNode marks what has an ID.
func (e *Entity) IsNode() {}

// IsEntity marks entities.
func (e *Entity) IsEntity() {}

func (e *Entity) entity() *Entity { return e }

// ParseID splits an ID into kind and slug. It fails when id has no such form.
func ParseID(id string) (kind, slug string, err error) {
	kind, slug, found := strings.Cut(id, ":")
	if !found || kind == "" || slug == "" {
		return "", "", Errorf(Invalid, "id %q: an id is a kind, a colon and a slug, such as \"corridor:instc\".", id)
	}
	return kind, slug, nil
}

// Aliases returns the other names of e in the dataset's order; none is an empty list.
func (e *Entity) Aliases(ctx context.Context) ([]string, error) {
	names, err := many(ctx, e, e.cohort, "aliases", func(ctx context.Context, s *Store, ids []int64) (map[int64][]string, error) {
		type alias struct {
			entity int64
			name   string
		}
		list, err := scan(ctx, s, func(a *alias) []any { return []any{&a.entity, &a.name} }, `
			select entity, name from alias
			where entity in (select value from json_each($1))
			order by entity, position`, jsonList(ids))
		names := map[int64][]string{}
		for _, a := range list {
			names[a.entity] = append(names[a.entity], a.name)
		}
		return names, err
	})
	return append([]string{}, names...), err
}

// A nodeRow has room for a node of any kind.
type nodeRow struct {
	kind         string
	country      Country
	official     Official
	organization Organization
	corridor     Corridor
	issue        Issue
	meeting      Meeting
	source       Source
	statement    Statement
}

func (r *nodeRow) dest() []any {
	dest := []any{&r.kind}
	for _, columns := range [][]any{
		r.country.dest(), r.official.dest(), r.organization.dest(), r.corridor.dest(),
		r.issue.dest(), r.meeting.dest(), r.source.dest(), r.statement.dest(),
	} {
		for _, d := range columns {
			dest = append(dest, orZero(d))
		}
	}
	return dest
}

// node returns the one of r's kind.
func (r *nodeRow) node() Node {
	switch r.kind {
	case KindCountry:
		return &r.country
	case KindOfficial:
		return &r.official
	case KindOrganization:
		return &r.organization
	case KindCorridor:
		return &r.corridor
	case KindIssue:
		return &r.issue
	case KindMeeting:
		return &r.meeting
	case kindSource:
		return &r.source
	case kindStatement:
		return &r.statement
	}
	panic("a node of unknown kind " + r.kind) // the statement selects no other
}

// nodes reads nodes of all kinds in one statement. Which selects their id, kind and
// slug. All share a cohort.
func nodes(ctx context.Context, s *Store, which string, args ...any) ([]Node, error) {
	rows, err := scan(ctx, s, (*nodeRow).dest, `
		select n.kind, `+countryColumns+`, `+officialColumns+`, `+organizationColumns+`, `+corridorColumns+`,
			`+issueColumns+`, `+meetingColumns+`, `+sourceColumns+`, `+statementColumns+`
		from (`+which+`) n
		left join entity e on e.id = n.id and e.kind = n.kind
		left join country c on c.id = e.id
		left join official o on o.id = e.id
		left join organization g on g.id = e.id
		left join corridor k on k.id = e.id
		left join issue i on i.id = e.id
		left join meeting m on m.id = e.id
		left join source s on s.id = n.id and n.kind = 'source'
		left join publisher h on h.id = s.publisher
		left join statement st on st.id = n.id and n.kind = 'statement'
		order by n.kind, n.slug`, args...)
	list := make([]Node, len(rows))
	c := &cohort{store: s, rows: make([]row, len(rows)), loads: map[string]*load{}}
	for i, r := range rows {
		list[i] = r.node()
		c.rows[i] = list[i].(row)
		c.rows[i].join(c)
	}
	return list, err
}

// entitiesByID returns the entities that exist, whatever their kind, keyed by id.
func entitiesByID(ctx context.Context, s *Store, ids []int64) (map[int64]AnyEntity, error) {
	list, err := nodes(ctx, s, `select id, kind, slug from entity where id in (select value from json_each($1))`, jsonList(ids))
	byID := make(map[int64]AnyEntity, len(list))
	for _, n := range list {
		e := n.(AnyEntity)
		byID[e.entity().id] = e
	}
	return byID, err
}

// Nodes returns what has the given IDs, in their order; nil where nothing has the
// ID. It fails with Invalid when one is no ID.
func (s *Store) Nodes(ctx context.Context, ids []string) ([]Node, error) {
	slugs := map[string][]string{}
	for _, id := range ids {
		kind, slug, err := ParseID(id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(Kinds, kind) && kind != kindSource && kind != kindStatement {
			return nil, Errorf(Invalid, "id %q: there is no kind %q. The kinds are %s, source and statement.", id, kind, strings.Join(Kinds, ", "))
		}
		slugs[kind] = append(slugs[kind], slug)
	}
	var which []string
	var args []any
	for _, kind := range slices.Sorted(maps.Keys(slugs)) {
		args = append(args, jsonList(slugs[kind]))
		text := `select id, '` + kind + `' as kind, slug from entity where kind = '` + kind + `'`
		if !slices.Contains(Kinds, kind) {
			text = `select id, '` + kind + `' as kind, slug from ` + kind + ` where true`
		}
		which = append(which, text+fmt.Sprintf(` and slug in (select value from json_each($%d))`, len(args)))
	}
	if which == nil {
		return []Node{}, nil
	}
	found, err := nodes(ctx, s, strings.Join(which, ` union all `), args...)
	byID := map[string]Node{}
	for _, n := range found {
		byID[n.ID()] = n
	}
	list := make([]Node, len(ids))
	for i, id := range ids {
		list[i] = byID[id]
	}
	return list, err
}

// EntityByName returns the entity of a kind that answers to a name, an
// abbreviation or an alias, without regard to case, diacritics, spaces and hyphens;
// for officials the end of a name will do when no whole name fits. It returns nil
// when none does and fails with Ambiguous when several do.
func (s *Store) EntityByName(ctx context.Context, kind, name string) (AnyEntity, error) {
	list, err := nodes(ctx, s, `
		select e.id, e.kind, e.slug from name_key n join entity e on e.id = n.entity
		where n.key = $1 and e.kind = $2 and n.rank = (
			select min(n.rank) from name_key n join entity e on e.id = n.entity where n.key = $1 and e.kind = $2)`, fold(name), kind)
	switch {
	case err != nil || len(list) == 0:
		return nil, err
	case len(list) > 1:
		ids := make([]string, len(list))
		for i, n := range list {
			ids[i] = n.ID()
		}
		return nil, Errorf(Ambiguous, "name %q: %d entities answer to it: %s. Ask for one by its id.", name, len(list), strings.Join(ids, ", "))
	}
	return list[0].(AnyEntity), nil
}

// addEntity writes what all entities have. Sources are slugs.
func (w *Writer) addEntity(kind, slug, name string, aliases []string, abbreviation string, sources ...string) (int64, error) {
	id, err := w.insert(`insert into entity (kind, slug, name, sort_key) values ($1, $2, $3, $4)`, kind, slug, name, sortKey(name))
	if err != nil {
		return 0, err
	}
	w.entities[kind+":"+slug] = id

	keys := map[string]int{}
	for _, spelling := range append([]string{name, abbreviation}, aliases...) {
		if kind == KindOfficial {
			for _, tail := range tails(spelling) {
				keys[tail] = max(keys[tail], 1)
			}
		}
	}
	for _, spelling := range append([]string{name, abbreviation}, aliases...) {
		if key := fold(spelling); key != "" {
			keys[key] = 0
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) { // in order: the same package gives the same file
		if err := w.exec(`insert into name_key (entity, key, rank) values ($1, $2, $3)`, id, key, keys[key]); err != nil {
			return 0, err
		}
	}
	for i, alias := range aliases {
		if err := w.exec(`insert into alias (entity, position, name) values ($1, $2, $3)`, id, i+1, alias); err != nil {
			return 0, err
		}
	}
	for _, source := range sources {
		if err := w.addEntitySource(id, source); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// addEntitySource says that a source speaks of an entity as a whole.
func (w *Writer) addEntitySource(entity int64, source string) error {
	id, err := w.source(source)
	if err != nil {
		return err
	}
	return w.exec(`insert into entity_source (entity, source) values ($1, $2) on conflict do nothing`, entity, id)
}

// entity returns the key of a written entity.
func (w *Writer) entity(kind, slug string) (int64, error) {
	id, written := w.entities[kind+":"+slug]
	if !written {
		return 0, fmt.Errorf("no %s has the slug %q", kind, slug)
	}
	return id, nil
}
