package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"readout/db"
	"readout/seeds"
)

// served is the release that answers, and how the last build went. Another release
// takes its place without a request noticing: those under way end on the one that they
// began with, which is closed after the last of them.
type served struct {
	handler func(*db.Store) http.Handler
	kept    int64 // bytes of answers that it may keep

	mu       sync.RWMutex
	now      *release
	stopping bool
	failed   error // of the last build
	failedAt time.Time

	old sync.WaitGroup // releases that still answer
}

// release is a store and what answers from it.
type release struct {
	http.Handler
	store    *db.Store
	since    time.Time
	requests sync.WaitGroup // under way
}

// ServeHTTP answers from one release, whatever takes its place meanwhile.
func (s *served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	now := s.now
	now.requests.Add(1)
	s.mu.RUnlock()
	defer now.requests.Done()
	now.Handler.ServeHTTP(w, r)
}

// swap serves a store from now on.
func (s *served) swap(store *db.Store) {
	next := &release{Handler: s.handler(store), store: store, since: time.Now()}
	s.mu.Lock()
	old := s.now
	s.now = next
	s.mu.Unlock()
	if old != nil {
		s.old.Go(func() {
			old.requests.Wait()
			old.store.Close()
			s.settle()
		})
	}
}

// close closes all stores when their requests have ended. There may be no more of these.
func (s *served) close() {
	s.now.requests.Wait()
	s.now.store.Close()
	s.old.Wait()
}

// report notes how a build went: nil for well. What went wrong is logged.
func (s *served) report(err error) {
	s.mu.Lock()
	s.failed, s.failedAt = err, time.Now()
	s.mu.Unlock()
	var problems seeds.Problems
	switch {
	case errors.As(err, &problems):
		for _, problem := range problems {
			slog.Error("data package refused, the old release is served", "problem", problem.String())
		}
	case err != nil:
		slog.Error("nothing was built, the old release is served", "error", err)
	}
}

// reload brings the release up to the data package and serves it. When that fails, the
// old one goes on.
func (s *served) reload(ctx context.Context, from settings) {
	debug.SetMemoryLimit(math.MaxInt64) // a build may take what it needs
	defer s.settle()
	store, err := from.open(ctx)
	if err == nil {
		s.mu.RLock()
		same := s.now.store.Release().Hash == store.Release().Hash
		s.mu.RUnlock()
		if same {
			store.Close()
			s.report(nil)
			return
		}
		err = store.Ready(ctx)
	}
	if ctx.Err() == nil {
		s.report(err)
	}
	switch {
	case err == nil:
		s.swap(store)
		slog.Info("serving another release", "release", store.Release().Hash)
	case store != nil:
		store.Close()
	}
}

// stop makes the server unready, and asks clients for new connections, which go elsewhere.
func (s *served) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
}

// lastAnswers ends each connection with its next answer once the server is stopping.
// Closing it unasked could lose a request that is on its way.
func (s *served) lastAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.RLock()
		stopping := s.stopping
		s.mu.RUnlock()
		if stopping {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// readiness is what /readyz answers.
type readiness struct {
	Status    string     `json:"status"`
	Release   string     `json:"release"`
	Since     time.Time  `json:"since"`
	LastBuild *lastBuild `json:"lastBuild,omitempty"` // nil: it went well
}

type lastBuild struct {
	Failed   time.Time `json:"failed"`
	Problems int       `json:"problems"` // the log has them
}

// readyz tells whether requests should be sent here, and which release answers them.
func (s *served) readyz(w http.ResponseWriter, _ *http.Request) {
	s.mu.RLock()
	is, status := readiness{"serving", s.now.store.Release().Hash, s.now.since.UTC().Truncate(time.Second), nil}, http.StatusOK
	if s.stopping {
		is.Status, status = "stopping", http.StatusServiceUnavailable
	}
	if s.failed != nil {
		is.LastBuild = &lastBuild{s.failedAt.UTC().Truncate(time.Second), 1}
		if problems := seeds.Problems(nil); errors.As(s.failed, &problems) {
			is.LastBuild.Problems = len(problems)
		}
	}
	s.mu.RUnlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(is)
}

// room is what answers may take of memory beyond what is in use when there are none, at
// least; a quarter of it where that is more, since to look through much takes longer.
const room = 16 << 20

// settle gives back what a build took, and bounds the memory of Go. Up to there answers,
// which are short-lived garbage, are collected less often than by default.
func (s *served) settle() {
	debug.SetGCPercent(400)
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	inUse := int64(memory.Sys - memory.HeapReleased)
	debug.SetMemoryLimit(inUse + max(room, inUse/4) + s.kept)
}
