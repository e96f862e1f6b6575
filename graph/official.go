package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (r *official) Sources(ctx context.Context, o *db.Official, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return r.sourcesOf(ctx, o, wire.Window(first, after, last, before))
}

func (r *official) Tenures(ctx context.Context, o *db.Official, asOf *db.Date, holds []string, first *int, after *string, last *int, before *string) (*wire.TenureConnection, error) {
	return wire.Plain(wire.ListOf("Official.tenures", asOf, holds), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Tenure], error) {
		return r.store.TenuresOfOfficial(ctx, o, when(asOf, holds), p)
	})
}

func (r *official) Meetings(ctx context.Context, o *db.Official, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return r.meetingsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (r *official) Statements(ctx context.Context, o *db.Official, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return r.statementsOf(ctx, o, wire.Window(first, after, last, before))
}

func (r *official) Disputes(ctx context.Context, o *db.Official, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return r.disputesOf(ctx, o, wire.Window(first, after, last, before))
}
