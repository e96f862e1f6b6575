package edge_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace/noop"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"readout/edge"
	"readout/graph"
)

// Traces go where the standard variables say, with a span for the request and one for
// the operation, and tell of nobody.
func TestTraces(t *testing.T) {
	for _, c := range []struct {
		name    string
		set     map[string]string // ENDPOINT stands for the collector
		service string            // "": nothing is sent
	}{
		{"no variable", nil, ""},
		{"an endpoint", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "ENDPOINT"}, "readout"},
		{"an endpoint for traces", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "ENDPOINT/v1/traces"}, "readout"},
		{"a name", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "ENDPOINT", "OTEL_SERVICE_NAME": "record"}, "record"},
		{"a name among resources", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "ENDPOINT", "OTEL_RESOURCE_ATTRIBUTES": "service.name=record"}, "record"},
		{"disabled", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "ENDPOINT", "OTEL_SDK_DISABLED": "true"}, ""},
		{"no exporter", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "ENDPOINT", "OTEL_TRACES_EXPORTER": "none"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			var sent []*traces.ResourceSpans
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				var batch collector.ExportTraceServiceRequest
				text, err := io.ReadAll(r.Body)
				if err == nil {
					err = proto.Unmarshal(text, &batch)
				}
				if err != nil || r.URL.Path != "/v1/traces" {
					t.Errorf("%s: %v", r.URL.Path, err)
				}
				mu.Lock()
				defer mu.Unlock()
				sent = append(sent, batch.ResourceSpans...)
			}))
			defer server.Close()
			for name, value := range c.set {
				t.Setenv(name, strings.Replace(value, "ENDPOINT", server.URL, 1))
			}
			otel.SetTracerProvider(noop.NewTracerProvider())
			flush, err := edge.Trace(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			h := serve(t, edge.Settings{}, graph.DefaultLimits())
			ask(h, "GET", query(`query Named { node(id: "corridor:hush") { id } }`), "User-Agent", "hush", "X-Forwarded-For", "hush",
				"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			if err := flush(context.Background()); err != nil {
				t.Fatal(err)
			}
			otel.SetTracerProvider(noop.NewTracerProvider())
			if c.service == "" {
				if sent != nil {
					t.Errorf("sent %v", sent)
				}
				return
			}
			var spans []*traces.Span
			for _, s := range sent {
				if !strings.Contains(s.Resource.String(), `"service.name"`) || !strings.Contains(s.Resource.String(), `"`+c.service+`"`) {
					t.Errorf("resource %v", s.Resource)
				}
				for _, scope := range s.ScopeSpans {
					spans = append(spans, scope.Spans...)
				}
				if told := s.String(); strings.Contains(told, "hush") || strings.Contains(told, "192.0.2.1") {
					t.Errorf("told: %s", told)
				}
			}
			slices.SortFunc(spans, func(a, b *traces.Span) int { return strings.Compare(a.Name, b.Name) })
			if len(spans) != 2 || spans[0].Name != "GET /graphql" || spans[1].Name != "graphql query" || !slices.Equal(spans[1].ParentSpanId, spans[0].SpanId) {
				t.Fatalf("got %v", spans)
			}
			if len(spans[0].ParentSpanId) != 0 || len(spans[0].Links) != 1 {
				t.Errorf("a stranger's trace is continued: %v", spans[0])
			}
			if told := spans[1].String(); !strings.Contains(told, `"Named"`) || !strings.Contains(told, "readout.cost") {
				t.Errorf("the operation is told as %s", told)
			}
		})
	}
}
