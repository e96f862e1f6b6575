package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*organization) Sources(ctx context.Context, o *db.Organization, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, o, wire.Window(first, after, last, before))
}

func (*organization) Members(ctx context.Context, o *db.Organization, roles, countries []string, asOf *db.Date, holds []string, first *int, after *string, last *int, before *string) (*wire.MemberConnection, error) {
	return membersOf(ctx, o, db.MemberFilter{Roles: roles, Countries: countries, When: when(asOf, holds)}, wire.Window(first, after, last, before))
}

func (*organization) Meetings(ctx context.Context, o *db.Organization, filter *db.MeetingFilter, orderBy *db.MeetingOrder, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*organization) Statements(ctx context.Context, o *db.Organization, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, o, wire.Window(first, after, last, before))
}

func (*organization) Disputes(ctx context.Context, o *db.Organization, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, o, wire.Window(first, after, last, before))
}
