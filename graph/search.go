package graph

import (
	"context"

	"readout/db"
	"readout/graph/wire"
)

func (r root) Search(ctx context.Context, query string, kinds []string, first *int, after *string, last *int, before *string) (*wire.SearchConnection, error) {
	var found *db.Found
	page, err := wire.Connect(wire.ListOf("search", query, kinds), wire.Window(first, after, last, before),
		func(p db.Page) (list *db.List[db.Hit], err error) {
			if found, err = r.store.Search(ctx, query, kinds, p); err != nil {
				return nil, err
			}
			return found.List, nil
		},
		func(at wire.Place, h *db.Hit) *wire.SearchEdge { return &wire.SearchEdge{Place: at, Hit: h} },
		func(h *db.Hit, _ context.Context) (db.Node, error) { return h.Node, nil })
	if err != nil {
		return nil, err
	}
	return &wire.SearchConnection{Connection: page, Kinds: found.Kinds}, nil
}
