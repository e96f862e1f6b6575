package db

import (
	"cmp"
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

// ID returns the kind and the slug, such as "corridor:instc", and below a day also
// that: "corridor:instc@2004-12-31". It stays the same from release to release.
func (e *Entity) ID() string { return e.nodeID(e.kind, e.Slug) }

// IsNode marks what has an ID.
func (e *Entity) IsNode() {}

// IsEntity marks entities.
func (e *Entity) IsEntity() {}

func (e *Entity) entity() *Entity { return e }

// nodeID is the ID of a node: it carries the day for which the row was read, so that
// a cache keeps two days apart.
func (l *loaded) nodeID(kind, slug string) string {
	if l.cohort.store.at == "" {
		return kind + ":" + slug
	}
	return kind + ":" + slug + "@" + string(l.cohort.store.at)
}

// ParseID splits an ID into kind, slug and the day that it carries, if any. It fails
// when id has no such form.
func ParseID(id string) (kind, slug string, day Date, err error) {
	kind, slug, found := strings.Cut(id, ":")
	slug, at, dated := strings.Cut(slug, "@")
	if !found || kind == "" || slug == "" {
		return "", "", "", Errorf(Invalid, "id %q: an id is a kind, a colon and a slug, such as \"corridor:instc\".", id)
	}
	if dated {
		if day, err = ParseDate(at); err != nil {
			return "", "", "", Errorf(Invalid, "id %q: %s.", id, err)
		}
	}
	return kind, slug, day, nil
}

// Spelling is another name of an entity: an abbreviation, a name in another script.
type Spelling struct {
	loaded
	entity int64
	Text   string
	source int64
}

// Source returns what shows the spelling, or nil where that was not recorded.
func (s *Spelling) Source(ctx context.Context) (*Source, error) {
	return one(ctx, s, s.cohort, "source", func(s *Spelling) int64 { return s.source }, sourcesByID)
}

// Spellings returns the other names of e in the dataset's order; none is an empty list.
func (e *Entity) Spellings(ctx context.Context) ([]*Spelling, error) {
	list, err := many(ctx, e, e.cohort, "spellings", func(ctx context.Context, s *Store, ids []int64) (map[int64][]*Spelling, error) {
		list, err := query[Spelling](ctx, s, func(a *Spelling) []any { return []any{&a.id, &a.entity, &a.Text, &a.source} }, `
			select row_number() over (), entity, name, coalesce(source, 0) from alias
			where entity in (select value from json_each($1))
			order by entity, position`, jsonList(ids))
		byEntity := map[int64][]*Spelling{}
		for _, a := range list {
			byEntity[a.entity] = append(byEntity[a.entity], a)
		}
		return byEntity, err
	})
	return append([]*Spelling{}, list...), err
}

// Aliases returns the texts of the spellings.
func (e *Entity) Aliases(ctx context.Context) ([]string, error) {
	list, err := e.Spellings(ctx)
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Text
	}
	return names, err
}

// A nodeRow has room for a node of any kind.
type nodeRow struct {
	kind         string
	day          Date // that the ID asked for
	country      Country
	official     Official
	organization Organization
	corridor     Corridor
	issue        Issue
	meeting      Meeting
	source       Source
	statement    Statement
}

// nodeKinds are the columns of each kind of node, whose key is n.id, and their places.
var nodeKinds = map[string]struct {
	columns, join string
	dest          func(*nodeRow) []any
}{
	KindCountry:      {countryColumns, "country c on c.id = e.id", func(r *nodeRow) []any { return r.country.dest() }},
	KindOfficial:     {officialColumns, "official o on o.id = e.id", func(r *nodeRow) []any { return r.official.dest() }},
	KindOrganization: {organizationColumns, "organization g on g.id = e.id", func(r *nodeRow) []any { return r.organization.dest() }},
	KindCorridor:     {corridorColumns, "corridor k on k.id = e.id", func(r *nodeRow) []any { return r.corridor.dest() }},
	KindIssue:        {issueColumns, "issue i on i.id = e.id", func(r *nodeRow) []any { return r.issue.dest() }},
	KindMeeting:      {meetingColumns, "meeting m on m.id = e.id", func(r *nodeRow) []any { return r.meeting.dest() }},
	kindSource:       {sourceColumns, "source s on s.id = n.id and n.kind = 'source' left join publisher h on h.id = s.publisher", func(r *nodeRow) []any { return r.source.dest() }},
	kindStatement:    {statementColumns, "statement st on st.id = n.id and n.kind = 'statement'", func(r *nodeRow) []any { return r.statement.dest() }},
}

// node returns the one of r's kind, apart from the room for others.
func (r *nodeRow) node() Node {
	switch r.kind {
	case KindCountry:
		return apart(r.country)
	case KindOfficial:
		return apart(r.official)
	case KindOrganization:
		return apart(r.organization)
	case KindCorridor:
		return apart(r.corridor)
	case KindIssue:
		return apart(r.issue)
	case KindMeeting:
		return apart(r.meeting)
	case kindSource:
		return apart(r.source)
	case kindStatement:
		return apart(r.statement)
	}
	panic("a node of unknown kind " + r.kind) // the statement selects no other
}

func apart[T any](row T) *T { return &row }

// nodes reads nodes of some kinds in one statement. Which selects their id, kind, slug
// and day. Those of one day share a cohort.
func nodes(ctx context.Context, s *Store, kinds []string, which string, args ...any) ([]Node, error) {
	columns, joins := "", ""
	for _, kind := range kinds {
		columns += ", " + nodeKinds[kind].columns
		joins += "\nleft join " + nodeKinds[kind].join
	}
	var list []Node
	byDay := map[Date][]row{}
	err := read(ctx, s, func(r *nodeRow) []any {
		dest := []any{&r.kind, &r.day}
		for _, kind := range kinds {
			dest = append(dest, nodeKinds[kind].dest(r)...)
		}
		return dest
	}, func(r *nodeRow) {
		n := r.node()
		list = append(list, n)
		byDay[r.day] = append(byDay[r.day], n.(row))
	}, `
		select n.kind, n.day`+columns+`
		from (`+which+`) n
		left join entity e on e.id = n.id and e.kind = n.kind`+joins+`
		order by n.kind, n.slug`, args...)
	for day, siblings := range byDay {
		store := s
		if day != "" {
			store = s.At(day)
		}
		joinCohort(store, siblings)
	}
	return list, err
}

// topicKinds are the kinds of entity that a meeting can be about.
var topicKinds = []string{KindIssue, KindCorridor, KindOrganization, KindCountry}

// holdTopics reads what meetings can be about: few entities beside meetings and officials,
// to which most rows lead.
func (s *Store) holdTopics(ctx context.Context) error {
	list, err := nodes(ctx, s, topicKinds, `
		select id, kind, slug, null as day from entity where kind in (select value from json_each($1))`, jsonList(topicKinds))
	for _, n := range list {
		e := n.(AnyEntity)
		s.topics[e.entity().id] = e
	}
	return err
}

// topic returns a row of its own of what a meeting can be about, or nil.
func (s *Store) topic(id int64) AnyEntity {
	switch e := s.topics[id].(type) {
	case *Country:
		return apart(*e)
	case *Corridor:
		return apart(*e)
	case *Organization:
		return apart(*e)
	case *Issue:
		return apart(*e)
	}
	return nil
}

// topicsByID returns those that exist of what meetings can be about, keyed by id, without a
// statement.
func topicsByID(_ context.Context, s *Store, ids []int64) (map[int64]AnyEntity, error) {
	return heldByID[AnyEntity](s, ids), nil
}

// heldByID is topicsByID for one type of them.
func heldByID[T AnyEntity](s *Store, ids []int64) map[int64]T {
	byID := make(map[int64]T, len(ids))
	rows := make([]row, 0, len(ids))
	for _, id := range ids {
		if e, is := s.topic(id).(T); is {
			byID[id] = e
			rows = append(rows, any(e).(row))
		}
	}
	joinCohort(s, rows)
	return byID
}

// entitiesByID returns the entities that exist, whatever their kind, keyed by id.
func entitiesByID(ctx context.Context, s *Store, ids []int64) (map[int64]AnyEntity, error) {
	byID := heldByID[AnyEntity](s, ids)
	others := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return byID[id] != nil })
	if len(others) == 0 {
		return byID, nil
	}
	list, err := nodes(ctx, s, []string{KindOfficial, KindMeeting}, `
		select id, kind, slug, null as day from entity where id in (select value from json_each($1))`, jsonList(others))
	for _, n := range list {
		e := n.(AnyEntity)
		byID[e.entity().id] = e
	}
	rows := make([]row, 0, len(byID))
	for _, e := range byID {
		rows = append(rows, e.(row))
	}
	joinCohort(s, rows) // one for all
	return byID, err
}

// Nodes returns what has the given IDs, in their order; nil where nothing has the
// ID. It fails with Invalid when one is no ID.
func (s *Store) Nodes(ctx context.Context, ids []string) ([]Node, error) {
	type ref struct {
		Slug string
		Day  Date
	}
	refs := map[string][]ref{}
	for _, id := range ids {
		kind, slug, day, err := ParseID(id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(Kinds, kind) && kind != kindSource && kind != kindStatement {
			return nil, Errorf(Invalid, "id %q: there is no kind %q. The kinds are %s, source and statement.", id, kind, strings.Join(Kinds, ", "))
		}
		if r := (ref{slug, day}); !slices.Contains(refs[kind], r) {
			refs[kind] = append(refs[kind], r)
		}
	}
	var which []string
	var args []any
	for _, kind := range slices.Sorted(maps.Keys(refs)) {
		args = append(args, jsonList(refs[kind]))
		table := kind
		if slices.Contains(Kinds, kind) {
			table = `(select id, slug from entity where kind = '` + kind + `')`
		}
		which = append(which, fmt.Sprintf(`
			select t.id, '%s' as kind, t.slug, nullif(r.value ->> 'Day', '') as day
			from json_each($%d) r join %s t on t.slug = r.value ->> 'Slug'`, kind, len(args), table))
	}
	if which == nil {
		return []Node{}, nil
	}
	found, err := nodes(ctx, s, slices.Sorted(maps.Keys(refs)), strings.Join(which, ` union all `), args...)
	byID := map[string]Node{}
	for _, n := range found {
		byID[n.ID()] = n
	}
	list := make([]Node, len(ids))
	for i, id := range ids {
		if _, _, day, _ := ParseID(id); day == "" && s.at != "" {
			id += "@" + string(s.at)
		}
		list[i] = byID[id]
	}
	return list, err
}

// EntityBySlug returns the entity of a kind with a slug, or nil.
func (s *Store) EntityBySlug(ctx context.Context, kind, slug string) (AnyEntity, error) {
	list, err := nodes(ctx, s, []string{kind}, `select id, kind, slug, null as day from entity where kind = $1 and slug = $2`, kind, slug)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0].(AnyEntity), nil
}

// EntityByName returns the entity of a kind that answers to a name, an
// abbreviation or an alias, without regard to case, diacritics, spaces and hyphens;
// for officials the end of a name will do when no whole name fits. It returns nil
// when none does and fails with Ambiguous when several do.
func (s *Store) EntityByName(ctx context.Context, kind, name string) (AnyEntity, error) {
	list, err := nodes(ctx, s, []string{kind}, `
		select e.id, e.kind, e.slug, null as day from name_key n join entity e on e.id = n.entity
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

// wasTopic selects the topics of meetings m for which %s holds.
const wasTopic = `select n.entity from topic n join meeting m on m.id = n.meeting where %s`

// entities returns a page of the entities of a kind, whose table the columns and f call
// by an alias, in an order: by "name", number of "meetings", as far as a filter matches
// these, or "relevance"; by name where it does not say.
func entities[T, F any, R rowOf[T], P filter[F]](ctx context.Context, s *Store, kind, alias, columns string, dest func(*T) []any, f P, d dimensions,
	meetings *MeetingFilter, text *string, o Order, p Page,
) (*List[T], error) {
	var b conditions
	err := f.conditions(s, &b)
	o = o.or(Order{"name", "asc"})
	count := "coalesce((select meetings from mentions where entity = e.id), 0)"
	if o.Field == "meetings" && meetings != nil {
		met, invalid := bracket(s, &b, meetings)
		count = "(select count(*) from mention n join meeting m on m.id = n.meeting where n.entity = e.id and " + met + ")"
		err = cmp.Or(err, invalid)
	}
	key, join, ranked := b.key(o, map[string]string{"name": "e.sort_key", "meetings": "printf('%010d', " + count + ")"}, kind, "e.id", text)
	if err = cmp.Or(err, ranked); err != nil {
		return nil, err
	}
	l := listing[T]{
		id: "e.id", key: key, tie: "e.slug", columns: columns,
		from:       kind + " " + alias + " join entity e on e.id = " + alias + ".id" + join,
		b:          b,
		desc:       o.desc(),
		dest:       dest,
		dimensions: d,
	}
	if b.lines == nil {
		l.tallied.list = kind
	}
	l.b.lines = append(l.b.lines, "e.kind = '"+kind+"'") // for the index by name
	return root[T, R](ctx, s, l, p)
}

// addEntity writes what all entities have. Sources are slugs.
func (w *Writer) addEntity(kind, slug, name string, aliases []string, abbreviation string, sources ...string) (int64, error) {
	id := int64(len(w.entities) + 1)
	w.entities[kind+":"+slug] = id
	if err := w.exec(`insert into entity (id, kind, slug, name, sort_key) values ($1, $2, $3, $4, $5)`, id, kind, slug, name, sortKey(name)); err != nil {
		return 0, err
	}

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
		w.aliases[id] = i + 1
	}
	for _, source := range sources {
		if err := w.addEntitySource(id, source); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// AddAlias gives an entity one more name, under which it is found, after those that
// it has, and the source that shows it.
func (w *Writer) AddAlias(kind, slug, alias, source string) error {
	id, err := w.entity(kind, slug)
	if err != nil {
		return err
	}
	shown, err := w.source(source)
	if err != nil {
		return err
	}
	w.aliases[id]++
	if err := w.exec(`insert into alias (entity, position, name, source) values ($1, $2, $3, $4)`, id, w.aliases[id], alias, shown); err != nil {
		return err
	}
	keys := map[string]int{fold(alias): 0}
	if kind == KindOfficial {
		for _, tail := range tails(alias) {
			keys[tail] = 1
		}
	}
	delete(keys, "")
	for _, key := range slices.Sorted(maps.Keys(keys)) { // in order: the same package gives the same file
		if err := w.exec(`insert into name_key (entity, key, rank) values ($1, $2, $3) on conflict do nothing`, id, key, keys[key]); err != nil {
			return err
		}
	}
	return nil
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

// deref is what p points at, or "".
func deref(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
