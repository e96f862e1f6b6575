// Package web serves the pages: GraphiQL at /playground, and the files that it
// needs. npm builds them into dist, which is embedded, so that a page loads
// nothing from anywhere else. A plain `go build` needs no npm: the pages then
// say how they are built.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed all:dist
var dist embed.FS

const (
	page     = "playground/index.html"
	notBuilt = "The playground is not built. Run `make web`, then build and start readout again (`make run` does it all)."

	// GraphiQL's stylesheet holds its fonts and icons as data: URLs.
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
		"img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

// Handler serves /playground, /assets/… and /favicon.svg, to GET and HEAD. It
// answers any other path with 404, so it can be mounted at these paths or at
// the root; and /playground with 503 as long as nothing is built.
func Handler() http.Handler {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path
	}
	return handler(built)
}

func handler(built fs.FS) http.Handler {
	files := load(built)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer") // a shared query stays out of other sites' logs
		h.Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "This address answers GET and HEAD only.", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "playground/" {
			u := *r.URL
			u.Path = "/playground"
			http.Redirect(w, r, u.RequestURI(), http.StatusMovedPermanently)
			return
		}
		if name == "playground" {
			name = page
		}
		switch f, ok := files[name]; {
		case ok:
			f.serve(w, r)
		case name == page:
			http.Error(w, notBuilt, http.StatusServiceUnavailable)
		default:
			http.NotFound(w, r)
		}
	})
}

// file is one file of the build, in the two forms in which it is sent.
type file struct {
	name    string
	content []byte
	etag    string        // without quotes
	gzipped func() []byte // nil where it would save nothing
}

// load reads all files of the build. It leaves out dotfiles: dist/.gitkeep is
// there so that an unbuilt dist can be embedded.
func load(built fs.FS) map[string]*file {
	files := map[string]*file{}
	err := fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		content, err := fs.ReadFile(built, name)
		hash := sha256.Sum256(content)
		files[name] = &file{
			name:    name,
			content: content,
			etag:    hex.EncodeToString(hash[:8]),
			gzipped: sync.OnceValue(func() []byte { return compress(content) }),
		}
		return err
	})
	if err != nil {
		panic(err) // an embedded file can be read
	}
	return files
}

func compress(content []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails for a level that does not exist
	z.Write(content)                                      // fails when b does, which does not
	z.Close()
	if b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(f.name)))
	h.Add("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(f.name, "assets/") { // these have a hash in the name
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content, etag := f.content, f.etag
	if acceptsGzip(r) {
		if z := f.gzipped(); z != nil {
			content, etag = z, etag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(content))
}

// acceptsGzip reads Accept-Encoding: a list of names, each with a weight, where
// a weight of 0 means "not this one". "*" is any name that is not in the list.
func acceptsGzip(r *http.Request) bool {
	accepted := false
	for _, v := range r.Header.Values("Accept-Encoding") {
		for item := range strings.SplitSeq(v, ",") {
			name, weight, _ := strings.Cut(strings.ReplaceAll(item, " ", ""), ";")
			refused := strings.Trim(strings.TrimPrefix(weight, "q="), "0.") == "" && weight != ""
			switch strings.ToLower(name) {
			case "gzip":
				return !refused
			case "*":
				accepted = !refused
			}
		}
	}
	return accepted
}
