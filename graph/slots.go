package graph

import (
	"context"
	"errors"
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

// lane is the slots that a query has.
type lane struct {
	*slots
	held []chan struct{}
}

// take waits for a slot. It fails with Overloaded when none is free in time.
func (s *slots) take(ctx context.Context, cost int) (*lane, *db.Error) {
	l := &lane{slots: s}
	if cost <= cheap {
		return l, l.enter(ctx, s.cheap)
	}
	return l, l.enter(ctx, s.dear)
}

// promote waits for a slot among dear queries, if l has none. It fails as take does.
func (l *lane) promote(ctx context.Context) *db.Error {
	if l.held[0] == l.dear {
		return nil
	}
	return l.enter(ctx, l.dear)
}

func (l *lane) enter(ctx context.Context, way chan struct{}) *db.Error {
	select {
	case way <- struct{}{}: // without a timer, as it mostly is
		l.held = append(l.held, way)
		return nil
	default:
	}
	patience := time.NewTimer(l.wait)
	defer patience.Stop()
	select {
	case way <- struct{}{}:
		l.held = append(l.held, way)
		return nil
	case <-patience.C:
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return db.Errorf(codeTimeout, "the client left.")
		}
	}
	return db.Errorf(Overloaded, "the server answers as many queries as it can. Try again in a second.")
}

// free gives the slots back.
func (l *lane) free() {
	for _, way := range l.held {
		<-way
	}
	l.held = nil // once
}
