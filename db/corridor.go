package db

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Corridor is a named transport or energy route.
type Corridor struct {
	Entity
	Abbreviation *string
	Modes        []string
	agreed       Date
	Summary      string
}

// IsTopic marks what a meeting can be about.
func (k *Corridor) IsTopic() {}

// IsBody marks what a country can belong to.
func (k *Corridor) IsBody() {}

// AgreedOn returns when it was agreed or announced, or nil when that was not recorded.
func (k *Corridor) AgreedOn() *SourcedDate { return k.sourcedDate(k.agreed, "agreed-on") }

const corridorColumns = `e.id, e.kind, e.slug, e.name, k.abbreviation, k.modes, k.agreed_on, k.summary`

func (k *Corridor) dest() []any {
	return []any{&k.id, &k.kind, &k.Slug, &k.Name, &k.Abbreviation, jsonColumn[string]{&k.Modes}, &k.agreed, &k.Summary}
}

// corridorsByID returns the corridors that exist, keyed by id.
func corridorsByID(ctx context.Context, s *Store, ids []int64) (map[int64]*Corridor, error) {
	return keyed[Corridor](query(ctx, s, (*Corridor).dest, `
		select `+corridorColumns+` from corridor k join entity e on e.id = k.id
		where k.id in (select value from json_each($1))`, jsonList(ids)))
}

// CorridorFilter says which corridors. All conditions must hold; nil: any. Empty: none.
type CorridorFilter struct {
	And, Or []*CorridorFilter
	Not     *CorridorFilter
	EntityConditions
	BodyConditions
	Modes []string // takes at least one of these
}

// conditions are f in SQL, on corridor k.
func (f *CorridorFilter) conditions(s *Store, b *conditions) error {
	if f.Modes != nil {
		b.and("exists (select 1 from json_each(k.modes) o where o.value in (select value from json_each(%s)))", jsonList(f.Modes))
	}
	return cmp.Or(
		b.body(s, "k.id", f.BodyConditions),
		b.entity("k.id", KindCorridor, f.EntityConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// Corridors returns corridors in an order: by "name", number of "meetings" or
// "relevance"; by name where it does not say.
func (s *Store) Corridors(ctx context.Context, f CorridorFilter, o Order, p Page) (*List[Corridor], error) {
	return entities(ctx, s, KindCorridor, "k", corridorColumns, (*Corridor).dest, &f, bodyDimensions, f.Meetings, f.Text, o, p)
}

// Branch is one way along a corridor.
type Branch struct {
	Name  string
	Stops []*Stop // in the order of travel
}

// Stop is a place on a corridor.
type Stop struct {
	Fact
	corridor, country   int64
	Branch              string
	Position            int // on the branch, from 1
	Place               string
	Latitude, Longitude *float64 // degrees, WGS 84; nil: not recorded
}

// Corridor returns the corridor that the stop is on.
func (s *Stop) Corridor(ctx context.Context) (*Corridor, error) {
	return one(ctx, s, s.cohort, "corridor", func(s *Stop) int64 { return s.corridor }, corridorsByID)
}

// Country returns the country that the stop is in.
func (s *Stop) Country(ctx context.Context) (*Country, error) {
	return one(ctx, s, s.cohort, "country", func(s *Stop) int64 { return s.country }, countriesByID)
}

// Claims returns each source's version.
func (s *Stop) Claims(ctx context.Context) ([]*LinkClaim, error) { return linkClaims(s.claims(ctx)) }

// Leg returns the way to the next stop, or nil at the end of a branch.
func (s *Stop) Leg(ctx context.Context) (*Leg, error) {
	return many(ctx, s, s.cohort, "leg", func(ctx context.Context, st *Store, stops []int64) (map[int64]*Leg, error) {
		list, err := query(ctx, st, (*Leg).dest, `
			select l.fact, f.disputed, f.resolved_by, l.stop, l.mode, l.status
			from leg l join fact f on f.id = l.fact
			where l.stop in (select value from json_each($1))`, jsonList(stops))
		legs := make(map[int64]*Leg, len(list))
		for _, l := range list {
			legs[l.stop] = l
		}
		return legs, err
	})
}

const stopColumns = `t.fact, f.disputed, f.resolved_by, t.corridor, t.country, t.branch, t.position, t.place, t.latitude, t.longitude`

func (s *Stop) dest() []any {
	return []any{&s.id, &s.Disputed, &s.ResolvedBy, &s.corridor, &s.country, &s.Branch, &s.Position, &s.Place, &s.Latitude, &s.Longitude}
}

// Branches returns the branches of the corridor with their stops, in the dataset's
// order; empty when no route is recorded. Names nil: all.
func (k *Corridor) Branches(ctx context.Context, names []string) ([]*Branch, error) {
	branches, err := many(ctx, k, k.cohort, "branches", func(ctx context.Context, s *Store, ids []int64) (map[int64][]*Branch, error) {
		stops, err := query(ctx, s, (*Stop).dest, `
			select `+stopColumns+` from stop t join fact f on f.id = t.fact
			where t.corridor in (select value from json_each($1))
			order by t.fact`, jsonList(ids))
		branches := map[int64][]*Branch{}
		for _, stop := range stops {
			list := branches[stop.corridor]
			if len(list) == 0 || list[len(list)-1].Name != stop.Branch {
				list = append(list, &Branch{Name: stop.Branch})
				branches[stop.corridor] = list
			}
			last := list[len(list)-1]
			last.Stops = append(last.Stops, stop)
		}
		return branches, err
	})
	wanted := []*Branch{}
	for _, b := range branches {
		if names == nil || slices.Contains(names, b.Name) {
			wanted = append(wanted, b)
		}
	}
	return wanted, err
}

// StopFilter says which stops. All conditions must hold; nil: any. Empty: none.
type StopFilter struct {
	And, Or []*StopFilter
	Not     *StopFilter
	FactConditions
	Corridors []string // IDs
	Branches  []string
	Place     *string // words that its name holds
}

// conditions are f in SQL, on stop t and fact f.
func (f *StopFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("t.branch", f.Branches)
	return cmp.Or(
		b.anyID("corridors", "t.corridor in %s", f.Corridors, KindCorridor),
		b.words("place", "t.place", f.Place),
		b.fact(f.FactConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// StopsInCountry returns the stops in a country, by corridor, branch and position.
func StopsInCountry(ctx context.Context, c *Country, f StopFilter, p Page) (*List[Stop], error) {
	return below[Stop](ctx, c, c.cohort, "stops", p, func(s *Store) (listing[Stop], error) {
		l := listing[Stop]{
			parent: "t.country", id: "t.fact", key: "e.sort_key", tie: "e.slug || '/' || t.branch || printf('/%06d', t.position)", columns: stopColumns,
			from: "stop t join fact f on f.id = t.fact join entity e on e.id = t.corridor",
			b:    conditions{first: 1},
			dest: (*Stop).dest,
		}
		return l, f.conditions(s, &l.b)
	}, &f)
}

// Leg is the stretch from one stop to the next.
type Leg struct {
	Fact
	stop         int64
	Mode, Status *string // nil: no source says
}

// Claims returns each source's version.
func (l *Leg) Claims(ctx context.Context) ([]*LegClaim, error) {
	list, err := l.claims(ctx)
	return wrap(list, func(c *Claim) *LegClaim { return &LegClaim{c} }), err
}

func (l *Leg) dest() []any {
	return []any{&l.id, &l.Disputed, &l.ResolvedBy, &l.stop, &l.Mode, &l.Status}
}

// Geometry returns the corridor as a GeoJSON FeatureCollection (RFC 7946): a Point
// for each stop whose place is known, a LineString for each leg between two of
// them. It returns nil when no place is known.
func (k *Corridor) Geometry(ctx context.Context) (map[string]any, error) {
	branches, err := k.Branches(ctx, nil)
	if err != nil {
		return nil, err
	}
	var features []any
	add := func(kind string, coordinates any, properties map[string]any) {
		features = append(features, map[string]any{
			"type":       "Feature",
			"geometry":   map[string]any{"type": kind, "coordinates": coordinates},
			"properties": properties,
		})
	}
	for _, branch := range branches {
		for i, stop := range branch.Stops {
			if stop.Latitude == nil {
				continue
			}
			here := []float64{*stop.Longitude, *stop.Latitude}
			add("Point", here, map[string]any{"branch": branch.Name, "position": stop.Position, "place": stop.Place})
			if i+1 == len(branch.Stops) || branch.Stops[i+1].Latitude == nil {
				continue
			}
			leg, err := stop.Leg(ctx)
			if err != nil {
				return nil, err
			}
			if leg != nil {
				next := branch.Stops[i+1]
				add("LineString", [][]float64{here, {*next.Longitude, *next.Latitude}},
					map[string]any{"branch": branch.Name, "position": stop.Position, "mode": enumWord(leg.Mode), "status": enumWord(leg.Status)})
			}
		}
	}
	if features == nil {
		return nil, nil
	}
	return map[string]any{"type": "FeatureCollection", "features": features}, nil
}

// enumWord is a word as the contract writes it, UNDER_CONSTRUCTION; nil for none.
func enumWord(word *string) any {
	if word == nil {
		return nil
	}
	return strings.ToUpper(strings.ReplaceAll(*word, "-", "_"))
}

// NewCorridor is a corridor to be written.
type NewCorridor struct {
	Slug, Name   string
	Abbreviation *string
	Aliases      []string
	Modes        []string
	AgreedOn     Date
	Summary      string
	Source       string
}

// AddCorridor writes a corridor.
func (w *Writer) AddCorridor(k NewCorridor) error {
	id, err := w.addEntity(KindCorridor, k.Slug, k.Name, k.Aliases, deref(k.Abbreviation), k.Source)
	if err != nil {
		return err
	}
	return w.exec(`insert into corridor (id, abbreviation, modes, agreed_on, summary) values ($1, $2, $3, $4, $5)`,
		id, k.Abbreviation, jsonList(k.Modes), k.AgreedOn.orNull(), k.Summary)
}

// NewStop is a stop to be written.
type NewStop struct {
	Corridor, Branch    string
	Position            int
	Place, Country      string
	Latitude, Longitude *float64
}

// AddStop writes a stop. Stops are written in the order of travel.
func (w *Writer) AddStop(s NewStop, claims []NewClaim) error {
	return w.addFact("stop", claims, func(fact int64, _ values) error {
		w.stops[fmt.Sprint(s.Corridor, "/", s.Branch, "/", s.Position)] = fact
		return w.insertWith([]ref{{KindCorridor, s.Corridor}, {KindCountry, s.Country}}, `
			insert into stop (corridor, country, fact, branch, position, place, latitude, longitude)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, fact, s.Branch, s.Position, s.Place, s.Latitude, s.Longitude)
	})
}

// AddLeg writes the stretch that begins at a written stop. A claim's Role is the
// mode, its Value the status.
func (w *Writer) AddLeg(corridor, branch string, position int, claims []NewClaim) error {
	stop, written := w.stops[fmt.Sprint(corridor, "/", branch, "/", position)]
	if !written {
		return fmt.Errorf("no stop %d on branch %q of corridor %q", position, branch, corridor)
	}
	return w.addFact("leg", claims, func(fact int64, chosen values) error {
		return w.exec(`insert into leg (fact, stop, mode, status) values ($1, $2, $3, $4)`, fact, stop, chosen.role, chosen.value)
	})
}

// jsonColumn reads a JSON list; null is the empty list.
type jsonColumn[T any] struct{ list *[]T }

// Scan reads the column.
func (j jsonColumn[T]) Scan(column any) error {
	text, _ := column.(string)
	*j.list = nil // not to write over the one of another row
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), j.list)
}
