package graph

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"readout/db"
)

// fieldBytes is what a field counts beside its text: about what it takes until the
// answer is written.
const fieldBytes = 100

// cheapAnswer is up to which size an answer fits the lane of cheap queries.
const cheapAnswer = 256 << 10

// A budget bounds the answer to an operation while it is put together. The cost that
// the guard finds beforehand takes lists without a size for short; this takes them as
// they are.
type budget struct {
	limits  Limits
	lane    *lane
	spent   atomic.Int64 // bytes
	shown   atomic.Int64 // errors
	refusal atomic.Pointer[db.Error]
	promote sync.Once
	cancel  context.CancelFunc
}

type budgetKey struct{}

// within returns a context in which the fields of an operation spend, and which ends
// when nothing is left. A query that turns out dear goes on in their lane.
func within(ctx context.Context, operation *graphql.OperationContext, lane *lane, l Limits) (*budget, context.Context) {
	b := &budget{limits: l, lane: lane}
	ctx, b.cancel = context.WithCancel(context.WithValue(ctx, budgetKey{}, b))
	resolve := operation.ResolverMiddleware
	operation.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		value, err := resolve(ctx, next)
		switch spent := b.spent.Add(fieldBytes + int64(len(graphql.GetFieldContext(ctx).Field.Alias)) + textOf(value)); {
		case spent > l.Answer:
			return nil, b.refuse(db.Errorf(codeTooComplex, "query: its answer is larger than %d bytes. Ask for less at a time, or for smaller pages.", l.Answer))
		case spent > cheapAnswer:
			var refusal *db.Error
			b.promote.Do(func() { refusal = b.lane.promote(ctx) })
			if refusal != nil {
				return nil, b.refuse(refusal)
			}
		}
		return value, err
	}
	return b, ctx
}

// refuse ends the operation.
func (b *budget) refuse(refusal *db.Error) error {
	b.refusal.CompareAndSwap(nil, refusal)
	b.cancel()
	return refusal
}

// free ends what within began.
func (b *budget) free() {
	b.cancel()
	b.lane.free()
}

// showsError tells whether one more error may be shown under a context. The rest of
// them would only take room.
func showsError(ctx context.Context) bool {
	b, bounded := ctx.Value(budgetKey{}).(*budget)
	return !bounded || b.refusal.Load() == nil && b.shown.Add(1) <= int64(b.limits.Errors)
}

// textOf is how long the text in a field is.
func textOf(value any) int64 {
	switch v := value.(type) {
	case string:
		return int64(len(v))
	case *string:
		return int64(len(or(v)))
	case []string:
		total := 0
		for _, text := range v {
			total += fieldBytes + len(text)
		}
		return int64(total)
	case map[string]any: // GeoJSON
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // it came from JSON
		}
		return int64(len(text))
	}
	return 0
}
