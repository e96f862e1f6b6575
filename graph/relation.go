package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*relation) Meetings(ctx context.Context, dyad *db.Relation, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return wire.Plain(wire.ListOf("Relation.meetings", filter, orderBy), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Meeting], error) {
		return dyad.Meetings(ctx, or(filter), or(orderBy), p)
	})
}

func (*relation) Statements(ctx context.Context, dyad *db.Relation, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return wire.Plain(wire.ListOf("Relation.statements"), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Statement], error) {
		return dyad.Statements(ctx, p)
	})
}
