package edge_test

import (
	"strings"
	"testing"

	"readout/edge"
	"readout/graph"
)

// What was asked is counted; clients can add no label.
func TestMetrics(t *testing.T) {
	release := store(t)
	e := edge.New(edge.Settings{})
	e.Wrap("old", routes(release, graph.DefaultLimits()))
	h := e.Wrap("new", routes(release, graph.DefaultLimits()))
	full := graph.DefaultLimits()
	full.Cheap, full.Dear, full.Wait = 0, 0, 0
	for _, address := range []string{good, good, query("{ nope }"), "/nowhere", "/elsewhere"} {
		ask(h, "GET", address)
	}
	ask(e.Wrap("new", routes(release, full)), "GET", good)
	got := body(t, ask(e.Admin(), "GET", "/metrics"))
	for _, line := range []string{
		`readout_requests_total{code="",route="/graphql",status="200"} 2`,
		`readout_requests_total{code="GRAPHQL_VALIDATION_FAILED",route="/graphql",status="200"} 1`,
		`readout_requests_total{code="OVERLOADED",route="/graphql",status="503"} 1`,
		`readout_requests_total{code="",route="-",status="404"} 2`,
		`readout_request_duration_seconds_count{route="/graphql"} 4`,
		`readout_query_cost_nodes_sum 6`,
		`readout_query_cost_nodes_count 3`,
		`readout_requests_in_flight 0`,
		`readout_slots_refused_total 1`,
		`readout_release_info{release="new"} 1`,
		`go_goroutines `,
		`process_open_fds `,
	} {
		if !strings.Contains(got, "\n"+line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
	if strings.Contains(got, `release="old"`) {
		t.Error("two releases are served")
	}
}

func TestAdmin(t *testing.T) {
	h := edge.New(edge.Settings{}).Admin()
	for address, status := range map[string]int{
		"/metrics": 200, "/debug/pprof/": 200, "/debug/pprof/heap": 200, "/debug/pprof/cmdline": 200,
		"/": 404, "/graphql": 404, "/debug/": 404, "/debug/vars": 404,
	} {
		if answer := ask(h, "GET", address); answer.StatusCode != status {
			t.Errorf("%s: %d", address, answer.StatusCode)
		}
	}
}
