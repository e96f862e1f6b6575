package graph

import (
	"context"

	"readout/db"
	"readout/graph/generated"
	"readout/graph/wire"
)

// Fields of Snapshot: those of Query, from the store of its day.

func (*snapshot) Node(ctx context.Context, s *wire.Snapshot, id string) (db.Node, error) {
	return root{s.Store}.Node(ctx, id)
}

func (*snapshot) Nodes(ctx context.Context, s *wire.Snapshot, ids []string) ([]db.Node, error) {
	return root{s.Store}.Nodes(ctx, ids)
}

func (*snapshot) Country(ctx context.Context, s *wire.Snapshot, by generated.CountryBy) (*db.Country, error) {
	return root{s.Store}.Country(ctx, by)
}

func (*snapshot) Official(ctx context.Context, s *wire.Snapshot, by generated.EntityBy) (*db.Official, error) {
	return root{s.Store}.Official(ctx, by)
}

func (*snapshot) Meeting(ctx context.Context, s *wire.Snapshot, by generated.EntityBy) (*db.Meeting, error) {
	return root{s.Store}.Meeting(ctx, by)
}

func (*snapshot) Issue(ctx context.Context, s *wire.Snapshot, by generated.EntityBy) (*db.Issue, error) {
	return root{s.Store}.Issue(ctx, by)
}

func (*snapshot) Corridor(ctx context.Context, s *wire.Snapshot, by generated.EntityBy) (*db.Corridor, error) {
	return root{s.Store}.Corridor(ctx, by)
}

func (*snapshot) Organization(ctx context.Context, s *wire.Snapshot, by generated.EntityBy) (*db.Organization, error) {
	return root{s.Store}.Organization(ctx, by)
}

func (*snapshot) Source(ctx context.Context, s *wire.Snapshot, slug string) (*db.Source, error) {
	return root{s.Store}.Source(ctx, slug)
}

func (*snapshot) Countries(ctx context.Context, s *wire.Snapshot, filter *db.CountryFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.CountryConnection, error) {
	return root{s.Store}.Countries(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Officials(ctx context.Context, s *wire.Snapshot, filter *db.OfficialFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.OfficialConnection, error) {
	return root{s.Store}.Officials(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Meetings(ctx context.Context, s *wire.Snapshot, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return root{s.Store}.Meetings(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Issues(ctx context.Context, s *wire.Snapshot, filter *db.IssueFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.IssueConnection, error) {
	return root{s.Store}.Issues(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Corridors(ctx context.Context, s *wire.Snapshot, filter *db.CorridorFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.CorridorConnection, error) {
	return root{s.Store}.Corridors(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Organizations(ctx context.Context, s *wire.Snapshot, filter *db.OrganizationFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.OrganizationConnection, error) {
	return root{s.Store}.Organizations(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Statements(ctx context.Context, s *wire.Snapshot, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return root{s.Store}.Statements(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Sources(ctx context.Context, s *wire.Snapshot, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return root{s.Store}.Sources(ctx, filter, orderBy, first, after, last, before)
}

func (*snapshot) Disputes(ctx context.Context, s *wire.Snapshot, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return root{s.Store}.Disputes(ctx, filter, first, after, last, before)
}

func (*snapshot) Relation(ctx context.Context, s *wire.Snapshot, between []string, asOf *db.Date) (*db.Relation, error) {
	return root{s.Store}.Relation(ctx, between, asOf)
}

func (*snapshot) Search(ctx context.Context, s *wire.Snapshot, query string, kinds []string, first *int, after *string, last *int, before *string) (*wire.SearchConnection, error) {
	return root{s.Store}.Search(ctx, query, kinds, first, after, last, before)
}
