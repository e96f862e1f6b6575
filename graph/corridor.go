package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (r *corridor) Sources(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return r.sourcesOf(ctx, k, wire.Window(first, after, last, before))
}

func (r *corridor) Members(ctx context.Context, k *db.Corridor, roles, countries []string, asOf *db.Date, holds []string, first *int, after *string, last *int, before *string) (*wire.MemberConnection, error) {
	return r.membersOf(ctx, k, db.MemberFilter{Roles: roles, Countries: countries, When: when(asOf, holds)}, wire.Window(first, after, last, before))
}

func (r *corridor) Issues(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.CorridorIssueConnection, error) {
	return wire.Connect(wire.ListOf("Corridor.issues"), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Concern], error) { return r.store.IssuesOfCorridor(ctx, k, p) },
		func(cursor string, c *db.Concern) *wire.CorridorIssueEdge {
			return &wire.CorridorIssueEdge{Cursor: cursor, Concern: c}
		},
		(*db.Concern).Issue)
}

func (r *corridor) Meetings(ctx context.Context, k *db.Corridor, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return r.meetingsOf(ctx, k, filter, orderBy, wire.Window(first, after, last, before))
}

func (r *corridor) Statements(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return r.statementsOf(ctx, k, wire.Window(first, after, last, before))
}

func (r *corridor) Disputes(ctx context.Context, k *db.Corridor, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return r.disputesOf(ctx, k, wire.Window(first, after, last, before))
}
