package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (r root) Paths(ctx context.Context, from, to string, maxLength int, via []string, asOf *db.Date, first int) (*db.PathSearch, error) {
	return r.store.Paths(ctx, db.PathQuery{From: from, To: to, MaxLength: maxLength, Via: via, AsOf: or(asOf), First: first})
}

func (r root) Neighbourhood(ctx context.Context, of string, depth int, kinds []string, asOf *db.Date, limit int) (*db.Neighbourhood, error) {
	return r.store.Neighbourhood(ctx, db.NeighbourhoodQuery{Of: of, Depth: depth, Kinds: kinds, AsOf: or(asOf), Limit: limit})
}

func (*snapshot) Paths(ctx context.Context, s *wire.Snapshot, from, to string, maxLength int, via []string, asOf *db.Date, first int) (*db.PathSearch, error) {
	return root{s.Store}.Paths(ctx, from, to, maxLength, via, asOf, first)
}

func (*snapshot) Neighbourhood(ctx context.Context, s *wire.Snapshot, of string, depth int, kinds []string, asOf *db.Date, limit int) (*db.Neighbourhood, error) {
	return root{s.Store}.Neighbourhood(ctx, of, depth, kinds, asOf, limit)
}
