// Package graph answers GraphQL queries from a db.Store. It is the only package
// that knows GraphQL. Rows follow their relations by themselves (package db loads
// them in batches), so what is left here is what takes arguments: lookups, lists
// and their pages.
package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"

	"readout/db"
	"readout/graph/generated"
	"readout/graph/wire"
)

// DefaultLimits are those of a small public server.
func DefaultLimits() Limits {
	processors := runtime.GOMAXPROCS(0)
	return Limits{
		Body: 64 << 10, Query: 16 << 10, Tokens: 2000,
		Operations: 10, Depth: 15, Aliases: 30, Fields: 500, Cost: 25_000, Answer: 3 << 20, Errors: 10,
		Time: 1800 * time.Millisecond, Cheap: 8 * processors, Dear: 2 * processors, Wait: time.Second,
		Documents: 4 << 20, Parsed: 16 << 20, Answers: 32 << 20, Rows: 100_000,
	}
}

// served is the schema without @defer, which gqlgen adds to every one: over answers at
// once, so what is deferred would be lost.
var served = func() *ast.Schema {
	schema := *generated.NewExecutableSchema(generated.Config{}).Schema()
	schema.Directives = maps.Clone(schema.Directives)
	delete(schema.Directives, "defer")
	return &schema
}()

// Handler answers GraphQL over HTTP by GET and POST.
func Handler(store *db.Store, limits Limits) http.Handler {
	return handle(store, limits, generated.NewWalkingSchema)
}

// handle answers by an executor.
func handle(store *db.Store, limits Limits, executor func(generated.Config) graphql.ExecutableSchema) http.Handler {
	srv := handler.New(executor(generated.Config{Schema: served, Resolvers: &resolver{store}}))
	srv.AddTransport(over{answering(store, limits), newBounded[*kept](limits.Answers), limits, newPersisted(limits.Documents), newSlots(limits), semaphore.NewWeighted(maxLeaving)})
	srv.SetQueryCache(parsed{newBounded[*ast.QueryDocument](limits.Parsed)})
	srv.SetParserTokenLimit(limits.Tokens)
	srv.Use(extension.Introspection{})
	srv.Use(&guard{limits: limits})
	srv.Use(noNull{})
	srv.SetErrorPresenter(presenter{limits}.present)
	srv.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
	})
	return whole{srv}
}

type presenter struct{ limits Limits }

// present shows a client what was meant for it: errors of package db and those of
// the query itself. Anything else is logged, and the client reads an id of it.
func (p presenter) present(ctx context.Context, err error) *gqlerror.Error {
	if !showsError(ctx) {
		return nil
	}
	shown := graphql.DefaultErrorPresenter(ctx, err)
	code := func(code db.Code, message string) *gqlerror.Error {
		shown.Message = message
		shown.Err = nil
		shown.Extensions = map[string]any{"code": string(code)}
		return shown
	}
	var ours *db.Error
	switch {
	case errors.As(err, &ours):
		return code(ours.Code, shorten(ours.Message))
	case shown.Err == nil && shown.Extensions["code"] != nil: // made by the parser, the validator or the guard
		shown.Message = shorten(shown.Message)
		return shown
	case shown.Err == nil: // made by the executor: a literal that its scalar refuses
		return code(codeValidation, shorten(shown.Message))
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return code(codeTimeout, tooLong(p.limits.Time))
	case ctx.Err() != nil:
		return code(codeTimeout, "the client left.")
	}
	id := observed(ctx).ID
	slog.ErrorContext(ctx, "request failed", "id", id, "path", shown.Path.String(), "error", err)
	code(codeInternal, "internal error "+id)
	shown.Extensions["id"] = id
	return shown
}

// shorten cuts a message that repeats a long value.
func shorten(message string) string {
	const most = 500
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + " …"
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
		func(at wire.Place, m *db.Membership) *wire.MemberEdge {
			return &wire.MemberEdge{Place: at, Membership: m}
		},
		(*db.Membership).Country)
}
