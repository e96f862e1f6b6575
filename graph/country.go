package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*country) Sources(ctx context.Context, c *db.Country, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, c, filter, orderBy, wire.Window(first, after, last, before))
}

func (*country) Memberships(ctx context.Context, c *db.Country, roles []string, asOf *db.Date, holds []string, filter *db.MembershipFilter, first *int, after *string, last *int, before *string) (*wire.MembershipConnection, error) {
	return wire.Connect(wire.ListOf("Country.memberships", roles, asOf, holds, filter), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Membership], error) {
			return db.Memberships(ctx, c, inRoles(filter, roles), when(asOf, holds), p)
		},
		func(at wire.Place, m *db.Membership) *wire.MembershipEdge {
			return &wire.MembershipEdge{Place: at, Membership: m}
		},
		(*db.Membership).Body)
}

func (*country) Tenures(ctx context.Context, c *db.Country, asOf *db.Date, holds []string, filter *db.TenureFilter, first *int, after *string, last *int, before *string) (*wire.TenureConnection, error) {
	return wire.Plain(wire.ListOf("Country.tenures", asOf, holds, filter), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Tenure], error) {
		return db.TenuresOfCountry(ctx, c, or(filter), when(asOf, holds), p)
	})
}

func (*country) Issues(ctx context.Context, c *db.Country, filter *db.PartyFilter, first *int, after *string, last *int, before *string) (*wire.CountryIssueConnection, error) {
	return wire.Connect(wire.ListOf("Country.issues", filter), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Party], error) { return db.IssuesOfCountry(ctx, c, or(filter), p) },
		func(at wire.Place, party *db.Party) *wire.CountryIssueEdge {
			return &wire.CountryIssueEdge{Place: at, Party: party}
		},
		(*db.Party).Issue)
}

func (*country) Meetings(ctx context.Context, c *db.Country, filter *db.MeetingFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.MeetingConnection, error) {
	return meetingsOf(ctx, c, filter, orderBy, wire.Window(first, after, last, before))
}

func (*country) Stops(ctx context.Context, c *db.Country, filter *db.StopFilter, first *int, after *string, last *int, before *string) (*wire.StopConnection, error) {
	return wire.Plain(wire.ListOf("Country.stops", filter), wire.Window(first, after, last, before), func(p db.Page) (*db.List[db.Stop], error) {
		return db.StopsInCountry(ctx, c, or(filter), p)
	})
}

func (*country) Disputes(ctx context.Context, c *db.Country, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, c, filter, wire.Window(first, after, last, before))
}
