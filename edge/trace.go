package edge

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"readout/graph"
)

// Trace sends traces where OpenTelemetry's standard variables say, and nowhere when
// they name no endpoint. Flush sends what is left and stops.
func Trace(ctx context.Context) (flush func(context.Context) error, err error) {
	endpoint := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
	if endpoint == "" || strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "readout")), resource.WithFromEnv()) // the last wins
	if err != nil {
		return nil, err
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}

// begin starts the span of a request. otelhttp would put the client's address, its
// browser and the raw path there. A stranger's trace is linked to, not continued.
func begin(ctx context.Context, r *http.Request) (context.Context, trace.Span) {
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer)}
	theirs := propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(r.Header))
	if given := trace.SpanContextFromContext(theirs); given.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: given}))
	}
	return otel.Tracer("readout/edge").Start(ctx, methodOf(r), options...)
}

// end ends the span of a request.
func end(span trace.Span, r *http.Request, route string, status int, seen *graph.Observation) {
	span.SetName(methodOf(r) + " " + route)
	span.SetAttributes(
		attribute.String("http.request.method", methodOf(r)),
		attribute.String("http.route", route),
		attribute.Int("http.response.status_code", status),
		attribute.String("readout.request_id", seen.ID),
	)
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, string(seen.Code))
	}
	span.End()
}
