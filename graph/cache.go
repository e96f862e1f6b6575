package graph

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/elnormous/contenttype"

	"readout/db"
)

// public is for how long an answer may be used again unasked. A minute takes the load of
// a link that many follow at once, and is as long as a correction may stay unseen.
const public = "public, max-age=60"

// kept is an answer without errors, as it was sent.
type kept struct {
	body      []byte
	operation string
	cost      int
}

// keptAnswer is up to which size an answer is kept, so that a few large ones do not take the
// place of all others.
const keptAnswer = 256 << 10

// answering names what answers: a release, a program and its limits answer the same
// parameters alike for ever.
func answering(store *db.Store, l Limits) string {
	return fmt.Sprintf("%s %s %+v", store.Release().Hash, build(), l)
}

// key names the answer to a query.
type key []byte

func (t over) key(params *graphql.RawParams) key {
	text, err := json.Marshal([]any{t.by, params.Query, params.OperationName, params.Variables}) // maps in the order of their keys
	if err != nil {
		panic(err) // it was JSON
	}
	sum := sha256.Sum256(text)
	return sum[:16]
}

// etag is weak, for it names every compressed form of an answer too.
func (k key) etag(mediaType contenttype.MediaType) string {
	return `W/"` + hex.EncodeToString(k) + mediaType.Subtype[:1] + `"`
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
