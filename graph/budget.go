package graph

import (
	"context"
	"sync/atomic"

	"readout/db"
	"readout/graph/walk"
)

// cheapAnswer is up to which size an answer fits the lane of cheap queries.
const cheapAnswer = 256 << 10

// A budget bounds the answer to an operation while it is written. The cost that the
// guard finds beforehand takes lists without a size for short; this takes them as they
// are.
type budget struct {
	limits  Limits
	lane    *lane
	shown   atomic.Int64 // errors
	refusal *db.Error
}

type budgetKey struct{}

// within returns a context in which an answer grows no further than its budget. A query
// that turns out dear goes on in their lane.
func within(ctx context.Context, lane *lane, l Limits) (*budget, context.Context) {
	b := &budget{limits: l, lane: lane}
	ctx = context.WithValue(ctx, budgetKey{}, b)
	return b, walk.Within(ctx, func(size int) (int, error) {
		if int64(size) > l.Answer {
			return 0, b.refuse(db.Errorf(codeTooComplex, "query: its answer is larger than %d bytes. Ask for less at a time, or for smaller pages.", l.Answer))
		}
		if size < cheapAnswer {
			return int(min(cheapAnswer, l.Answer)), nil
		}
		if refusal := b.lane.promote(ctx); refusal != nil {
			return 0, b.refuse(refusal)
		}
		return int(l.Answer), nil
	})
}

// refuse ends the operation.
func (b *budget) refuse(refusal *db.Error) error {
	b.refusal = refusal
	return refusal
}

// showsError tells whether one more error may be shown under a context. The rest of
// them would only take room.
func showsError(ctx context.Context) bool {
	b, bounded := ctx.Value(budgetKey{}).(*budget)
	return !bounded || b.refusal == nil && b.shown.Add(1) <= int64(b.limits.Errors)
}
