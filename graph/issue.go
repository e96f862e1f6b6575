package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*issue) Sources(ctx context.Context, i *db.Issue, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, i, filter, orderBy, wire.Window(first, after, last, before))
}

func (*issue) Parties(ctx context.Context, i *db.Issue, filter *db.PartyFilter, first *int, after *string, last *int, before *string) (*wire.PartyConnection, error) {
	return wire.Connect(wire.ListOf("Issue.parties", filter), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Party], error) { return db.Parties(ctx, i, or(filter), p) },
		func(at wire.Place, party *db.Party) *wire.PartyEdge {
			return &wire.PartyEdge{Place: at, Party: party}
		},
		(*db.Party).Country)
}

func (*issue) Corridors(ctx context.Context, i *db.Issue, filter *db.ConcernFilter, first *int, after *string, last *int, before *string) (*wire.IssueCorridorConnection, error) {
	return wire.Connect(wire.ListOf("Issue.corridors", filter), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Concern], error) { return db.CorridorsOfIssue(ctx, i, or(filter), p) },
		func(at wire.Place, c *db.Concern) *wire.IssueCorridorEdge {
			return &wire.IssueCorridorEdge{Place: at, Concern: c}
		},
		(*db.Concern).Corridor)
}

func (*issue) Meetings(ctx context.Context, i *db.Issue, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, i, filter, orderBy, wire.Window(first, after, last, before))
}

func (*issue) Statements(ctx context.Context, i *db.Issue, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, i, filter, orderBy, wire.Window(first, after, last, before))
}

func (*issue) Disputes(ctx context.Context, i *db.Issue, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, i, filter, wire.Window(first, after, last, before))
}
