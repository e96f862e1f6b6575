package db

import "context"

// Release returns what went into the file.
func (s *Store) Release() Release { return s.release }

// Count is how many there are of one kind.
type Count struct {
	Kind  string
	Count int
}

// Counts returns how many entities and facts of each kind there are, and how many
// statements, claims, sources and publishers; by kind.
func (s *Store) Counts(ctx context.Context) ([]*Count, error) {
	return scan(ctx, s, func(c *Count) []any { return []any{&c.Kind, &c.Count} }, `
		select kind, count(*) from entity group by kind
		union all select kind, count(*) from fact group by kind
		union all select 'statement', count(*) from statement
		union all select 'claim', count(*) from claim
		union all select 'source', count(*) from source
		union all select 'publisher', count(*) from publisher
		order by 1`)
}

// deref is what p points at, or "".
func deref(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
