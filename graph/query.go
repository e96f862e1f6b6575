package graph

import (
	"context"
	"reflect"
	"strings"

	"readout/db"
	"readout/graph/generated"
	"readout/graph/wire"
)

// root answers the fields that Query and Snapshot share from a store, which may be
// one of a day.
type root struct{ store *db.Store }

func (r *query) At(_ context.Context, date db.Date) (*wire.Snapshot, error) {
	return &wire.Snapshot{Date: &date, Store: r.store.At(date)}, nil
}

func (r root) Node(ctx context.Context, id string) (db.Node, error) {
	nodes, err := r.Nodes(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

func (r root) Nodes(ctx context.Context, ids []string) ([]db.Node, error) {
	if len(ids) > wire.MaxPage {
		return nil, db.Errorf(db.Invalid, "ids: %d are too many. Ask for at most %d at a time.", len(ids), wire.MaxPage)
	}
	return r.store.Nodes(ctx, ids)
}

func (r root) Country(ctx context.Context, by generated.CountryBy) (*db.Country, error) {
	if err := exactlyOne(by); err != nil {
		return nil, err
	}
	if by.Code != nil {
		return r.store.CountryByCode(ctx, *by.Code)
	}
	return lookup[*db.Country](ctx, r.store, db.KindCountry, by.ID, nil, by.Name)
}

func (r root) Official(ctx context.Context, by generated.EntityBy) (*db.Official, error) {
	return lookupBy[*db.Official](ctx, r.store, db.KindOfficial, by)
}

func (r root) Meeting(ctx context.Context, by generated.EntityBy) (*db.Meeting, error) {
	return lookupBy[*db.Meeting](ctx, r.store, db.KindMeeting, by)
}

func (r root) Issue(ctx context.Context, by generated.EntityBy) (*db.Issue, error) {
	return lookupBy[*db.Issue](ctx, r.store, db.KindIssue, by)
}

func (r root) Corridor(ctx context.Context, by generated.EntityBy) (*db.Corridor, error) {
	return lookupBy[*db.Corridor](ctx, r.store, db.KindCorridor, by)
}

func (r root) Organization(ctx context.Context, by generated.EntityBy) (*db.Organization, error) {
	return lookupBy[*db.Organization](ctx, r.store, db.KindOrganization, by)
}

func (r root) Source(ctx context.Context, slug string) (*db.Source, error) {
	return r.store.SourceBySlug(ctx, slug)
}

func lookupBy[E db.AnyEntity](ctx context.Context, store *db.Store, kind string, by generated.EntityBy) (found E, err error) {
	if err := exactlyOne(by); err != nil {
		return found, err
	}
	return lookup[E](ctx, store, kind, by.ID, by.Slug, by.Name)
}

// lookup finds the entity of a kind by the one of id, slug and name that is given.
func lookup[E db.AnyEntity](ctx context.Context, store *db.Store, kind string, id, slug, name *string) (found E, err error) {
	if id == nil {
		find, by := store.EntityByName, name
		if slug != nil {
			find, by = store.EntityBySlug, slug
		}
		entity, err := find(ctx, kind, *by)
		found, _ = entity.(E)
		return found, err
	}
	if given, _, _, err := db.ParseID(*id); err == nil && given != kind {
		return found, db.Errorf(db.Invalid, "by.id: %q is of kind %q. Ask for a %s, or use node(id:).", *id, given, kind)
	}
	nodes, err := store.Nodes(ctx, []string{*id})
	if err == nil {
		found, _ = nodes[0].(E)
	}
	return found, err
}

// exactlyOne checks a @oneOf input, which the executor does not when it comes in a variable.
func exactlyOne(by any) error {
	v := reflect.ValueOf(by)
	given := 0
	names := make([]string, v.NumField())
	for i := range names {
		names[i] = strings.ToLower(v.Type().Field(i).Name)
		if !v.Field(i).IsNil() {
			given++
		}
	}
	if given != 1 {
		return db.Errorf(db.Invalid, "by: %d of its fields are given. Give exactly one of %s.", given, strings.Join(names, ", "))
	}
	return nil
}

func (r root) Countries(ctx context.Context, filter *db.CountryFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.CountryConnection, error) {
	return wire.Plain(wire.ListOf("countries", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Country], error) {
		return r.store.Countries(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Officials(ctx context.Context, filter *db.OfficialFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.OfficialConnection, error) {
	return wire.Plain(wire.ListOf("officials", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Official], error) {
		return r.store.Officials(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Meetings(ctx context.Context, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return wire.Plain(wire.ListOf("meetings", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Meeting], error) {
		return r.store.Meetings(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Issues(ctx context.Context, filter *db.IssueFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.IssueConnection, error) {
	return wire.Plain(wire.ListOf("issues", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Issue], error) {
		return r.store.Issues(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Corridors(ctx context.Context, filter *db.CorridorFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.CorridorConnection, error) {
	return wire.Plain(wire.ListOf("corridors", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Corridor], error) {
		return r.store.Corridors(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Organizations(ctx context.Context, filter *db.OrganizationFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.OrganizationConnection, error) {
	return wire.Plain(wire.ListOf("organizations", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Organization], error) {
		return r.store.Organizations(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Statements(ctx context.Context, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return wire.Plain(wire.ListOf("statements", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Statement], error) {
		return r.store.Statements(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Sources(ctx context.Context, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return wire.Plain(wire.ListOf("sources", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Source], error) {
		return r.store.Sources(ctx, or(filter), or(orderBy), p)
	})
}

func (r root) Disputes(ctx context.Context, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return wire.Plain(wire.ListOf("disputes", filter), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Dispute], error) {
		return r.store.Disputes(ctx, or(filter), p)
	})
}

func (r root) Relation(ctx context.Context, between []string, asOf *db.Date) (*db.Relation, error) {
	return r.store.Relation(ctx, between, or(asOf))
}

func (r *query) Dataset(ctx context.Context) (*db.Dataset, error) {
	return r.store.Dataset(), nil
}
