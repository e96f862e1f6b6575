package graph

import (
	"context"
	"crypto/rand"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"readout/db"
)

// Observation is what a request asked for and what came of it, for whoever logs and
// counts requests. There is no query, variable or value in it.
type Observation struct {
	ID        string  // of the request, which the client of an internal error reads
	Operation string  // its name, of letters, digits and _; "" for none
	Cost      int     // in nodes; 0 when the document was not understood
	Code      db.Code // of the first error; "" for none
}

type observationKey struct{}

// Observe returns a context under which Handler fills in the Observation.
func Observe(ctx context.Context, o *Observation) context.Context {
	return context.WithValue(ctx, observationKey{}, o)
}

// observed is the Observation of a request, or one that nobody looks at.
func observed(ctx context.Context) *Observation {
	if o, watched := ctx.Value(observationKey{}).(*Observation); watched {
		return o
	}
	return &Observation{ID: rand.Text()[:16]}
}

// maxName is how much of an operation's name is told.
const maxName = 64

// see takes what is known of an operation before it runs.
func (o *Observation) see(operation *graphql.OperationContext) {
	o.Cost = costOf(operation)
	if operation.Operation != nil {
		name := operation.Operation.Name
		o.Operation = name[:min(len(name), maxName)]
	}
}

// begin starts a span for the operation. It is nothing unless traces are sent.
func (o *Observation) begin(ctx context.Context) (context.Context, trace.Span) {
	return otel.Tracer("readout/graph").Start(ctx, "graphql query", trace.WithAttributes(
		attribute.String("graphql.operation.type", "query"),
		attribute.String("graphql.operation.name", o.Operation),
		attribute.Int("readout.cost", o.Cost),
	))
}
