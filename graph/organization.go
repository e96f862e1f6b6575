package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*organization) Sources(ctx context.Context, o *db.Organization, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*organization) Members(ctx context.Context, o *db.Organization, roles []string, asOf *db.Date, holds []string, filter *db.MembershipFilter, first *int, after *string, last *int, before *string) (*wire.MemberConnection, error) {
	return membersOf(ctx, o, inRoles(filter, roles), when(asOf, holds), wire.Window(first, after, last, before))
}

func (*organization) Meetings(ctx context.Context, o *db.Organization, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*organization) Statements(ctx context.Context, o *db.Organization, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, o, filter, orderBy, wire.Window(first, after, last, before))
}

func (*organization) Disputes(ctx context.Context, o *db.Organization, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, o, filter, wire.Window(first, after, last, before))
}
