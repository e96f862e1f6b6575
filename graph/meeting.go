package graph

import (
	"context"
	"slices"

	"readout/db"
	"readout/graph/wire"
)

func (*meeting) Sources(ctx context.Context, m *db.Meeting, filter *db.SourceFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, m, filter, orderBy, wire.Window(first, after, last, before))
}

func (*meeting) Participants(ctx context.Context, m *db.Meeting, filter *db.ParticipationFilter, first *int, after *string, last *int, before *string) (*wire.ParticipantConnection, error) {
	return wire.Connect(wire.ListOf("Meeting.participants", filter), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Participation], error) { return db.Participants(ctx, m, or(filter), p) },
		func(at wire.Place, p *db.Participation) *wire.ParticipantEdge {
			return &wire.ParticipantEdge{Place: at, Participation: p}
		},
		(*db.Participation).Official)
}

func (*meeting) Topics(ctx context.Context, m *db.Meeting, kinds []string, filter *db.TopicFilter, first *int, after *string, last *int, before *string) (*wire.TopicConnection, error) {
	return wire.Connect(wire.ListOf("Meeting.topics", kinds, filter), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.About], error) {
			f := or(filter)
			if kinds != nil {
				f.And = append(slices.Clone(f.And), &db.TopicFilter{Kinds: kinds})
			}
			return db.Topics(ctx, m, f, p)
		},
		func(at wire.Place, a *db.About) *wire.TopicEdge { return &wire.TopicEdge{Place: at, About: a} },
		(*db.About).Topic)
}

func (*meeting) Statements(ctx context.Context, m *db.Meeting, filter *db.StatementFilter, orderBy *db.Order, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, m, filter, orderBy, wire.Window(first, after, last, before))
}

func (*meeting) Disputes(ctx context.Context, m *db.Meeting, filter *db.DisputeFilter, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, m, filter, wire.Window(first, after, last, before))
}
