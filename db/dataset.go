package db

import "context"

// Dataset is the files that went into a release.
type Dataset struct {
	Release
	store *Store
}

// Release returns what went into the file.
func (s *Store) Release() Release { return s.release }

// Dataset returns the same with what can be counted.
func (s *Store) Dataset() *Dataset { return &Dataset{s.release, s} }

// Count is how many there are of one kind.
type Count struct {
	Kind  string
	Count int
}

// Counts returns how many entities and facts of each kind there are, and how many
// statements, claims, sources and publishers; by kind.
func (d *Dataset) Counts(ctx context.Context) ([]*Count, error) {
	return scan(ctx, d.store, func(c *Count) []any { return []any{&c.Kind, &c.Count} }, `
		select kind, count(*) from entity group by kind
		union all select kind, count(*) from fact group by kind
		union all select 'statement', count(*) from statement
		union all select 'claim', count(*) from claim
		union all select 'source', count(*) from source
		union all select 'publisher', count(*) from publisher
		order by 1`)
}

// Coverage returns what the record looked at.
func (d *Dataset) Coverage(ctx context.Context) (*Coverage, error) { return d.store.Coverage(ctx, nil) }
