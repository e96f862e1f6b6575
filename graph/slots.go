package graph

import (
	"context"
	"time"

	"readout/db"
)

// cheap is up to which cost a query has a lane of its own, so that dear ones cannot
// keep it waiting.
const cheap = 200

// slots bound how many queries run at a time.
type slots struct {
	cheap, dear chan struct{}
	wait        time.Duration
}

func newSlots(l Limits) *slots {
	return &slots{make(chan struct{}, l.Cheap), make(chan struct{}, l.Dear), l.Wait}
}

// take waits for a slot and returns what frees it. It fails with Overloaded when
// none is free in time.
func (s *slots) take(ctx context.Context, cost int) (release func(), refusal *db.Error) {
	lane := s.dear
	if cost <= cheap {
		lane = s.cheap
	}
	select {
	case lane <- struct{}{}: // without a timer, as it mostly is
		return func() { <-lane }, nil
	default:
	}
	patience := time.NewTimer(s.wait)
	defer patience.Stop()
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-patience.C:
	case <-ctx.Done():
	}
	return nil, db.Errorf(Overloaded, "the server answers as many queries as it can. Try again in a second.")
}
