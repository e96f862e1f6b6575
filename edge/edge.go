// Package edge is what stands between the network and the answers: headers, other
// sites' scripts, compression, how often a client may ask; and what is told of each
// request, in the log, in metrics and in traces, none of which names a client or
// repeats what it sent.
package edge

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/felixge/httpsnoop"
	"github.com/go-chi/httprate"
	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"

	"readout/db"
	"readout/graph"
)

// Settings of the edge. The zero value limits nobody.
type Settings struct {
	Rate        uint // requests a minute of one client; 0: any number
	BehindProxy bool // a proxy says in X-Forwarded-For or X-Real-IP who the client is
}

// Edge is one for a server, through all of its releases.
type Edge struct {
	metrics
	layers []func(http.Handler) http.Handler // the innermost first
}

// New returns an Edge.
func New(s Settings) *Edge {
	e := &Edge{newMetrics(), []func(http.Handler) http.Handler{compressed()}}
	if s.Rate > 0 {
		e.layers = append(e.layers, s.limited())
	}
	e.layers = append(e.layers, readByAll.Handler) // around the limit, so that scripts can read a 429
	return e
}

// Wrap puts the edge around what serves a release. The release is its hash.
func (e *Edge) Wrap(release string, routes http.Handler) http.Handler {
	e.serve(release)
	for _, layer := range e.layers {
		routes = layer(routes)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Readout-Release", release)
		e.answer(w, r, routes)
	})
}

// headers are those of every answer whose handler says nothing else.
var headers = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
	"Cross-Origin-Resource-Policy": "cross-origin", // the data is public
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cache-Control":                "no-store",
}

// readByAll lets scripts of every site read, without the cookies that there are not.
var readByAll = cors.New(cors.Options{
	AllowedOrigins: []string{"*"},
	AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
	AllowedHeaders: []string{
		"Accept", "Content-Type", "If-None-Match", "Traceparent", "Tracestate", // and what clients of GraphQL send unasked
		"Apollographql-Client-Name", "Apollographql-Client-Version", "Apollo-Require-Preflight", "X-Apollo-Operation-Name",
		"Graphql-Client-Name", "Graphql-Client-Version", "X-Relay-Client-Name", "X-Requested-With",
	},
	ExposedHeaders: []string{
		"ETag", "Retry-After", "X-Request-Id", "Readout-Release", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
	},
	MaxAge: int((24 * time.Hour).Seconds()),
})

// compressed sends answers as zstd or gzip, whichever the client likes better. Pages
// are left alone: package web has them compressed already.
func compressed() func(http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.AcceptWildcards(true),
		gzhttp.PreferZstd(true),
		gzhttp.ContentTypes([]string{"application/json", "application/graphql-response+json", "application/x-ndjson", "text/plain", "text/csv"}),
	)
	if err != nil {
		panic(err) // the options are constant
	}
	return func(next http.Handler) http.Handler {
		zipping := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			accepted := strings.Join(r.Header.Values("Accept-Encoding"), ", ") // gzhttp reads one line
			if plainFirst(accepted) {
				accepted = "identity" // gzhttp weighs what it can do only
			}
			r.Header.Set("Accept-Encoding", accepted)
			zipping(w, r)
		})
	}
}

// plainFirst tells whether a client weighs an answer as it is above every other form.
func plainFirst(accepted string) bool {
	plain, others := 0.0, 0.0
	for item := range strings.SplitSeq(strings.ToLower(accepted), ",") {
		name, parameters, _ := strings.Cut(strings.ReplaceAll(item, " ", ""), ";")
		weight := 1.0
		if q, weighed := strings.CutPrefix(parameters, "q="); weighed {
			weight, _ = strconv.ParseFloat(q, 64) // what is no number is 0
		}
		switch name {
		case "identity":
			plain = weight
		case "gzip", "zstd", "*":
			others = max(others, weight)
		}
	}
	return plain > others
}

// limited answers 429 to a client that asks too often. Who watches over the server
// may ask at any time.
func (s Settings) limited() func(http.Handler) http.Handler {
	limit := httprate.LimitBy(int(s.Rate), time.Minute, s.client, httprate.WithLimitHandler(graph.RefuseRate))
	return func(next http.Handler) http.Handler {
		limited := limit(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
				next.ServeHTTP(w, r)
				return
			}
			limited.ServeHTTP(w, r)
		})
	}
}

// client is the address that asks: the peer's, or what the proxy before us says. Of a
// list, only the last was written by that proxy. IPv6 counts by network.
func (s Settings) client(r *http.Request) (string, error) {
	if s.BehindProxy {
		for _, name := range []string{"X-Forwarded-For", "X-Real-IP"} {
			if lines := r.Header.Values(name); len(lines) > 0 {
				last := lines[len(lines)-1]
				return httprate.CanonicalizeIP(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])), nil
			}
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return httprate.CanonicalizeIP(host), nil
}

// answer lets next answer a request, and tells of it.
func (e *Edge) answer(w http.ResponseWriter, r *http.Request, next http.Handler) {
	seen := &graph.Observation{ID: rand.Text()[:16]}
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	w.Header().Set("X-Request-Id", seen.ID)

	ctx, span := begin(graph.Observe(r.Context(), seen), r)
	ctx, statements := db.CountStatements(ctx)
	r = r.WithContext(ctx) // the mux writes its pattern into this one
	e.inFlight.Inc()
	defer e.inFlight.Dec()
	broken := false
	sent := httpsnoop.Metrics{Code: http.StatusOK}
	sent.CaptureMetrics(w, func(w http.ResponseWriter) {
		defer func() {
			panicked := recover()
			if panicked == nil {
				return
			}
			broken = panicked == http.ErrAbortHandler || sent.Written > 0
			if panicked != http.ErrAbortHandler { // which says that it was told why
				slog.ErrorContext(ctx, "request failed", "id", seen.ID, "error", fmt.Sprintf("panic: %v\n%s", panicked, debug.Stack()))
			}
			if !broken {
				http.Error(w, "internal error "+seen.ID, http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})

	if r.Method == http.MethodHead {
		sent.Written = 0 // it went no further than net/http
	}
	route := routeOf(r)
	e.count(route, sent.Code, sent.Duration, seen)
	end(span, r, route, sent.Code, seen)
	slog.InfoContext(ctx, "request", "id", seen.ID, "method", methodOf(r), "route", route, "status", sent.Code,
		"operation", seen.Operation, "cost", seen.Cost, "statements", statements.Load(),
		"took", sent.Duration.Round(time.Microsecond), "bytes", sent.Written, "code", string(seen.Code))
	if broken {
		panic(http.ErrAbortHandler) // so that the client sees it is not whole; and net/http would log its address
	}
}

// routeOf is the pattern that a request met, or "-" when it was answered before.
func routeOf(r *http.Request) string {
	route := r.Pattern
	if _, path, hasMethod := strings.Cut(route, " "); hasMethod {
		route = path
	}
	return cmp.Or(route, "-")
}

// methodOf is the method, or "other": a client may write anything there.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return r.Method
	}
	return "other"
}
