package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*relation) Meetings(ctx context.Context, dyad *db.Relation, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return wire.Plain(wire.ListOf("Relation.meetings", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Meeting], error) {
		return dyad.Meetings(ctx, or(filter), or(orderBy), p)
	})
}

func (*relation) Statements(ctx context.Context, dyad *db.Relation, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return wire.Plain(wire.ListOf("Relation.statements", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Statement], error) {
		return dyad.Statements(ctx, or(filter), or(orderBy), p)
	})
}

func (*relation) Pairs(ctx context.Context, dyad *db.Relation, filter *db.MeetingFilter, first int) ([]*db.Pair, error) {
	return dyad.Pairs(ctx, or(filter), first)
}

func (*relation) Gaps(ctx context.Context, dyad *db.Relation, filter *db.MeetingFilter, first int) ([]*db.Gap, error) {
	return dyad.Gaps(ctx, or(filter), first)
}

func (*relation) Issues(ctx context.Context, dyad *db.Relation, filter *db.IssueFilter) ([]*db.SharedIssue, error) {
	return dyad.Issues(ctx, or(filter))
}
