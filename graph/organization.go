package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (r *organization) Sources(ctx context.Context, o *db.Organization, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return r.sourcesOf(ctx, o, wire.Window(first, after, last, before))
}

func (r *organization) Members(ctx context.Context, o *db.Organization, roles, countries []string, asOf *db.Date, holds []string, first *int, after *string, last *int, before *string) (*wire.MemberConnection, error) {
	return r.membersOf(ctx, o, db.MemberFilter{Roles: roles, Countries: countries, When: when(asOf, holds)}, wire.Window(first, after, last, before))
}

func (r *organization) Meetings(ctx context.Context, o *db.Organization, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return r.meetingsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (r *organization) Statements(ctx context.Context, o *db.Organization, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return r.statementsOf(ctx, o, wire.Window(first, after, last, before))
}

func (r *organization) Disputes(ctx context.Context, o *db.Organization, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return r.disputesOf(ctx, o, wire.Window(first, after, last, before))
}
