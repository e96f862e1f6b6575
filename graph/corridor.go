package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*corridor) Sources(ctx context.Context, k *db.Corridor, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, k, filter, orderBy, wire.Window(first, after, last, before))
}

func (*corridor) Members(ctx context.Context, k *db.Corridor, roles []string, asOf *db.Date, holds []string, filter *db.MembershipFilter, first *int, after *string, last *int, before *string) (*wire.MemberConnection, error) {
	return membersOf(ctx, k, inRoles(filter, roles), when(asOf, holds), wire.Window(first, after, last, before))
}

func (*corridor) Issues(ctx context.Context, k *db.Corridor, filter *db.ConcernFilter, first *int, after *string, last *int, before *string) (*wire.CorridorIssueConnection, error) {
	return wire.Connect(wire.ListOf("Corridor.issues", filter), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Concern], error) { return db.IssuesOfCorridor(ctx, k, or(filter), p) },
		func(at wire.Place, c *db.Concern) *wire.CorridorIssueEdge {
			return &wire.CorridorIssueEdge{Place: at, Concern: c}
		},
		(*db.Concern).Issue)
}

func (*corridor) Meetings(ctx context.Context, k *db.Corridor, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, k, filter, orderBy, wire.Window(first, after, last, before))
}

func (*corridor) Statements(ctx context.Context, k *db.Corridor, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, k, filter, orderBy, wire.Window(first, after, last, before))
}

func (*corridor) Disputes(ctx context.Context, k *db.Corridor, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, k, filter, wire.Window(first, after, last, before))
}
