// Package graph answers GraphQL queries from a db.Store. It is the only package
// that knows GraphQL. Rows follow their relations by themselves (package db loads
// them in batches), so what is left here is what takes arguments: lookups, lists
// and their pages.
package graph

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"readout/db"
	"readout/graph/generated"
	"readout/graph/wire"
)

// Limits of a request.
const (
	maxTokens = 2000
	maxBody   = 64 << 10 // bytes
	maxTime   = 10 * time.Second
)

// Handler answers GraphQL over HTTP by GET and POST.
func Handler(store *db.Store) http.Handler {
	srv := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: &resolver{store}}))
	srv.AddTransport(transport.GET{})
	srv.AddTransport(transport.POST{})
	srv.SetQueryCache(lru.New[*ast.QueryDocument](256))
	srv.SetParserTokenLimit(maxTokens)
	srv.Use(extension.Introspection{})
	srv.Use(noNull{})
	srv.SetErrorPresenter(present)
	srv.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
	})
	return http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), maxTime) // a statement under way is interrupted
		defer cancel()
		srv.ServeHTTP(w, r.WithContext(ctx))
	}), maxBody)
}

// present shows a client what was meant for it: errors of package db and those of
// the query itself. Anything else is logged, and the client reads an id of it.
func present(ctx context.Context, err error) *gqlerror.Error {
	shown := graphql.DefaultErrorPresenter(ctx, err)
	var ours *db.Error
	if errors.As(err, &ours) {
		shown.Message = ours.Message
		shown.Extensions = map[string]any{"code": string(ours.Code)}
		return shown
	}
	if shown.Err == nil {
		return shown // made by the parser, the validator or the executor
	}
	if ctx.Err() != nil {
		shown.Message = fmt.Sprintf("the query took longer than %s; ask for less at a time", maxTime)
		shown.Err = nil
		shown.Extensions = map[string]any{"code": "TIMEOUT"}
		return shown
	}
	id := rand.Text()[:8]
	slog.ErrorContext(ctx, "request failed", "id", id, "path", shown.Path.String(), "error", err)
	shown.Message = "internal error " + id
	shown.Err = nil
	shown.Extensions = map[string]any{"code": "INTERNAL_SERVER_ERROR", "id": id}
	return shown
}

// resolver is the root of what takes arguments.
type resolver struct{ store *db.Store }

func (r *resolver) Query() generated.QueryResolver             { return &query{root{r.store}} }
func (*resolver) Country() generated.CountryResolver           { return &country{} }
func (*resolver) Official() generated.OfficialResolver         { return &official{} }
func (*resolver) Organization() generated.OrganizationResolver { return &organization{} }
func (*resolver) Corridor() generated.CorridorResolver         { return &corridor{} }
func (*resolver) Issue() generated.IssueResolver               { return &issue{} }
func (*resolver) Meeting() generated.MeetingResolver           { return &meeting{} }
func (*resolver) Snapshot() generated.SnapshotResolver         { return &snapshot{} }
func (*resolver) Relation() generated.RelationResolver         { return &relation{} }

// A type whose rows know where they came from has nothing to hold.
type (
	query        struct{ root }
	snapshot     struct{}
	country      struct{}
	official     struct{}
	organization struct{}
	corridor     struct{}
	issue        struct{}
	meeting      struct{}
	relation     struct{}
)

// or returns what p points at, or the zero value.
func or[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

// when asks for a day of the field's own.
func when(asOf *db.Date, holds []string) db.When { return db.When{Day: or(asOf), Holds: holds} }

// inRoles narrows a filter to roles; nil: any.
func inRoles(f *db.MembershipFilter, roles []string) db.MembershipFilter {
	narrow := or(f)
	if roles != nil {
		narrow.And = append(slices.Clone(narrow.And), &db.MembershipFilter{Roles: roles})
	}
	return narrow
}

// sourcesOf is the sources field of every entity.
func sourcesOf(ctx context.Context, e db.AnyEntity, filter *db.SourceFilter, order *db.Order, ask wire.Ask) (*wire.SourceConnection, error) {
	return wire.Plain(wire.ListOf("Entity.sources", filter, order), ask, func(p db.Page) (*db.List[db.Source], error) {
		return db.SourcesOf(ctx, e, or(filter), or(order), p)
	})
}

// disputesOf is the disputes field of every entity.
func disputesOf(ctx context.Context, e db.AnyEntity, filter *db.DisputeFilter, ask wire.Ask) (*wire.DisputeConnection, error) {
	return wire.Plain(wire.ListOf("Entity.disputes", filter), ask, func(p db.Page) (*db.List[db.Dispute], error) {
		return db.DisputesOf(ctx, e, or(filter), p)
	})
}

// meetingsOf is the meetings field of every entity but the meeting.
func meetingsOf(ctx context.Context, e db.AnyEntity, filter *db.MeetingFilter, order *db.Order, ask wire.Ask) (*wire.MeetingConnection, error) {
	return wire.Plain(wire.ListOf("Entity.meetings", filter, order), ask, func(p db.Page) (*db.List[db.Meeting], error) {
		return db.MeetingsOf(ctx, e, or(filter), or(order), p)
	})
}

// statementsOf is the statements field of every entity but the country.
func statementsOf(ctx context.Context, e db.AnyEntity, filter *db.StatementFilter, order *db.Order, ask wire.Ask) (*wire.StatementConnection, error) {
	return wire.Plain(wire.ListOf("Entity.statements", filter, order), ask, func(p db.Page) (*db.List[db.Statement], error) {
		return db.StatementsOf(ctx, e, or(filter), or(order), p)
	})
}

// membersOf is the members field of corridors and organizations.
func membersOf(ctx context.Context, body db.AnyEntity, f db.MembershipFilter, when db.When, ask wire.Ask) (*wire.MemberConnection, error) {
	return wire.Connect(wire.ListOf("Body.members", f, when), ask,
		func(p db.Page) (*db.List[db.Membership], error) { return db.Members(ctx, body, f, when, p) },
		func(cursor string, m *db.Membership) *wire.MemberEdge {
			return &wire.MemberEdge{Cursor: cursor, Membership: m}
		},
		(*db.Membership).Country)
}
