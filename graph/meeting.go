package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (*meeting) Sources(ctx context.Context, m *db.Meeting, first *int, after *string, last *int, before *string) (*wire.SourceConnection, error) {
	return sourcesOf(ctx, m, wire.Window(first, after, last, before))
}

func (*meeting) Participants(ctx context.Context, m *db.Meeting, first *int, after *string, last *int, before *string) (*wire.ParticipantConnection, error) {
	return wire.Connect(wire.ListOf("Meeting.participants"), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.Participation], error) { return db.Participants(ctx, m, p) },
		func(cursor string, p *db.Participation) *wire.ParticipantEdge {
			return &wire.ParticipantEdge{Cursor: cursor, Participation: p}
		},
		(*db.Participation).Official)
}

func (*meeting) Topics(ctx context.Context, m *db.Meeting, kinds []string, first *int, after *string, last *int, before *string) (*wire.TopicConnection, error) {
	return wire.Connect(wire.ListOf("Meeting.topics", kinds), wire.Window(first, after, last, before),
		func(p db.Page) (*db.List[db.About], error) { return db.Topics(ctx, m, kinds, p) },
		func(cursor string, a *db.About) *wire.TopicEdge { return &wire.TopicEdge{Cursor: cursor, About: a} },
		(*db.About).Topic)
}

func (*meeting) Statements(ctx context.Context, m *db.Meeting, first *int, after *string, last *int, before *string) (*wire.StatementConnection, error) {
	return statementsOf(ctx, m, wire.Window(first, after, last, before))
}

func (*meeting) Disputes(ctx context.Context, m *db.Meeting, first *int, after *string, last *int, before *string) (*wire.DisputeConnection, error) {
	return disputesOf(ctx, m, wire.Window(first, after, last, before))
}
