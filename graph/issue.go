package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*issue) Sources(ctx context.Context, i *db.Issue, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, i, wire.Window(first, after, last, before))
}

func (*issue) Parties(ctx context.Context, i *db.Issue, first *int, after *string, last *int, before *string) (*wire.PartyConnection, error) {
	return wire.Connect(wire.ListOf("Issue.parties"), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Party], error) { return db.Parties(ctx, i, p) },
		func(cursor string, party *db.Party) *wire.PartyEdge {
			return &wire.PartyEdge{Cursor: cursor, Party: party}
		},
		(*db.Party).Country)
}

func (*issue) Corridors(ctx context.Context, i *db.Issue, first *int, after *string, last *int, before *string) (*wire.IssueCorridorConnection, error) {
	return wire.Connect(wire.ListOf("Issue.corridors"), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Concern], error) { return db.CorridorsOfIssue(ctx, i, p) },
		func(cursor string, c *db.Concern) *wire.IssueCorridorEdge {
			return &wire.IssueCorridorEdge{Cursor: cursor, Concern: c}
		},
		(*db.Concern).Corridor)
}

func (*issue) Meetings(ctx context.Context, i *db.Issue, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, i, filter, orderBy, wire.Window(first, after, last, before))
}

func (*issue) Statements(ctx context.Context, i *db.Issue, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, i, wire.Window(first, after, last, before))
}

func (*issue) Disputes(ctx context.Context, i *db.Issue, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, i, wire.Window(first, after, last, before))
}
