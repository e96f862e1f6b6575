package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*official) Sources(ctx context.Context, o *db.Official, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*official) Tenures(ctx context.Context, o *db.Official, asOf *db.Date, holds []string, filter *db.TenureFilter, first *int, after *string, last *int, before *string) (*wire.TenureConnection, error) {
	return wire.Plain(wire.ListOf("Official.tenures", asOf, holds, filter), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Tenure], error) {
		return db.TenuresOfOfficial(ctx, o, or(filter), when(asOf, holds), p)
	})
}

func (*official) Meetings(ctx context.Context, o *db.Official, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*official) Statements(ctx context.Context, o *db.Official, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*official) Disputes(ctx context.Context, o *db.Official, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, o, filter, wire.Window(first, after, last, before))
}
