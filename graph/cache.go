package graph

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// kept is for how long an answer may be used again unasked. A minute takes the load of
// a link that many follow at once, and is as long as a correction may stay unseen.
const kept = "public, max-age=60"

// etag names the answer to a query: a release, a program and its limits answer the
// same parameters alike for ever. It is weak, for it names every compressed form too.
func (t over) etag(params *graphql.RawParams, mediaType string) string {
	text, err := json.Marshal([]any{ // of maps in the order of their keys
		t.release, build(), t.limits, mediaType, params.Query, params.OperationName, params.Variables,
	})
	if err != nil {
		panic(err) // it was JSON
	}
	sum := sha256.Sum256(text)
	return `W/"` + hex.EncodeToString(sum[:12]) + `"`
}

// holds tells whether a client has the answer with an ETag already.
func holds(r *http.Request, etag string) bool {
	for _, list := range r.Header.Values("If-None-Match") {
		for given := range strings.SplitSeq(list, ",") {
			given = strings.TrimSpace(given)
			if given == "*" || strings.TrimPrefix(given, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
	}
	return false
}

// build names this program: its commit. One that has none, or was changed since, shares
// no answers with another.
var build = sync.OnceValue(func() string {
	var revision string
	if info, known := debug.ReadBuildInfo(); known {
		for _, setting := range info.Settings {
			switch {
			case setting.Key == "vcs.revision":
				revision = setting.Value
			case setting.Key == "vcs.modified" && setting.Value != "false":
				return rand.Text()
			}
		}
	}
	if revision == "" {
		return rand.Text()
	}
	return revision
})
