package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*corridor) Sources(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, k, wire.Window(first, after, last, before))
}

func (*corridor) Members(ctx context.Context, k *db.Corridor, roles, countries []string, asOf *db.Date, holds []string, first *int, after *string, last *int, before *string) (*wire.MemberConnection, error) {
	return membersOf(ctx, k, db.MemberFilter{Roles: roles, Countries: countries, When: when(asOf, holds)}, wire.Window(first, after, last, before))
}

func (*corridor) Issues(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.CorridorIssueConnection, error) {
	return wire.Connect(wire.ListOf("Corridor.issues"), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Concern], error) { return db.IssuesOfCorridor(ctx, k, p) },
		func(cursor string, c *db.Concern) *wire.CorridorIssueEdge {
			return &wire.CorridorIssueEdge{Cursor: cursor, Concern: c}
		},
		(*db.Concern).Issue)
}

func (*corridor) Meetings(ctx context.Context, k *db.Corridor, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, k, filter, orderBy, wire.Window(first, after, last, before))
}

func (*corridor) Statements(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, k, wire.Window(first, after, last, before))
}

func (*corridor) Disputes(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, k, wire.Window(first, after, last, before))
}
