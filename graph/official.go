package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*official) Sources(ctx context.Context, o *db.Official, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, o, wire.Window(first, after, last, before))
}

func (*official) Tenures(ctx context.Context, o *db.Official, asOf *db.Date, holds []string, first *int, after *string, last *int, before *string) (*wire.TenureConnection, error) {
	return wire.Plain(wire.ListOf("Official.tenures", asOf, holds), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Tenure], error) {
		return db.TenuresOfOfficial(ctx, o, when(asOf, holds), p)
	})
}

func (*official) Meetings(ctx context.Context, o *db.Official, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*official) Statements(ctx context.Context, o *db.Official, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, o, wire.Window(first, after, last, before))
}

func (*official) Disputes(ctx context.Context, o *db.Official, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, o, wire.Window(first, after, last, before))
}
