package edge

import (
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"readout/graph"
)

// metrics count requests. No label can have more values than the program has routes,
// statuses and error codes.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	cost     prometheus.Histogram
	inFlight prometheus.Gauge
	refused  prometheus.Counter
	release  *prometheus.GaugeVec
}

func newMetrics() metrics {
	m := metrics{
		prometheus.NewRegistry(),
		prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "readout_requests_total", Help: "Requests answered, by route, HTTP status and the code of the first error.",
		}, []string{"route", "status", "code"}),
		prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "readout_request_duration_seconds", Help: "How long answers took.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5},
		}, []string{"route"}),
		prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "readout_query_cost_nodes", Help: "What understood queries cost, in nodes.",
			Buckets: prometheus.ExponentialBuckets(1, 10, 7),
		}),
		prometheus.NewGauge(prometheus.GaugeOpts{Name: "readout_requests_in_flight", Help: "Requests being answered."}),
		prometheus.NewCounter(prometheus.CounterOpts{Name: "readout_slots_refused_total", Help: "Queries for which no slot became free in time."}),
		prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "readout_release_info", Help: "1 for the release that is served, by its hash."}, []string{"release"}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.cost, m.inFlight, m.refused, m.release,
		collectors.NewGoCollector(), collectors.NewBuildInfoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// serve notes the release that is served from now on.
func (m metrics) serve(release string) {
	m.release.Reset()
	m.release.WithLabelValues(release).Set(1)
}

// count counts an answer.
func (m metrics) count(route string, status int, took time.Duration, seen *graph.Observation) {
	m.requests.WithLabelValues(route, strconv.Itoa(status), string(seen.Code)).Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
	if seen.Cost > 0 {
		m.cost.Observe(float64(seen.Cost))
	}
	if seen.Code == graph.Overloaded {
		m.refused.Inc()
	}
}

// Admin serves metrics and profiles, for an address that the public does not reach.
func (e *Edge) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
