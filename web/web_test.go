package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

const html = "<!doctype html><title>Readout</title>"

var script = strings.Repeat("export const readout = 'readout';\n", 100)

// a build as Vite leaves it
var build = fstest.MapFS{
	".gitkeep":              {},
	"assets/index-1a2b.js":  {Data: []byte(script)},
	"favicon.svg":           {Data: []byte("<svg/>")},
	"playground/index.html": {Data: []byte(html)},
}

func request(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPaths(t *testing.T) {
	const forever = "public, max-age=31536000, immutable"
	for _, test := range []struct {
		method, path            string
		status                  int
		contentType, cache, has string
	}{
		{"GET", "/playground", 200, "text/html; charset=utf-8", "no-cache", html},
		{"GET", "/playground?query={a}", 200, "text/html; charset=utf-8", "no-cache", html},
		{"HEAD", "/playground", 200, "text/html; charset=utf-8", "no-cache", ""},
		{"GET", "/assets/index-1a2b.js", 200, "text/javascript; charset=utf-8", forever, script},
		{"GET", "/favicon.svg", 200, "image/svg+xml", "no-cache", "<svg/>"},
		{"GET", "/assets/", 404, "text/plain; charset=utf-8", "", "not found"},
		{"GET", "/assets/../playground/index.html", 404, "text/plain; charset=utf-8", "", "not found"},
		{"GET", "/.gitkeep", 404, "text/plain; charset=utf-8", "", "not found"},
		{"GET", "/", 404, "text/plain; charset=utf-8", "", "not found"},
		{"POST", "/playground", 405, "text/plain; charset=utf-8", "", "GET and HEAD only"},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			res := request(handler(build), test.method, test.path)
			h := res.Header
			if res.StatusCode != test.status || h.Get("Content-Type") != test.contentType || h.Get("Cache-Control") != test.cache {
				t.Errorf("got %d, %q, %q", res.StatusCode, h.Get("Content-Type"), h.Get("Cache-Control"))
			}
			if got := body(t, res.Body); !strings.Contains(got, test.has) {
				t.Errorf("got body %q, want %q in it", got, test.has)
			}
			if h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("security headers are missing: %v", h)
			}
		})
	}
}

func TestOneAddress(t *testing.T) {
	res := request(handler(build), "GET", "/playground/?query=%7Ba%7D")
	if got := res.Header.Get("Location"); res.StatusCode != 301 || got != "/playground?query=%7Ba%7D" {
		t.Errorf("got %d to %q", res.StatusCode, got)
	}
}

func TestGzip(t *testing.T) {
	for _, test := range []struct {
		accept, path string
		gzip         bool
	}{
		{"", "/assets/index-1a2b.js", false},
		{"gzip", "/assets/index-1a2b.js", true},
		{"br, GZIP;q=0.5, *;q=0", "/assets/index-1a2b.js", true},
		{"*", "/assets/index-1a2b.js", true},
		{"gzip; q=0, *", "/assets/index-1a2b.js", false},
		{"gzip;q=0.0", "/assets/index-1a2b.js", false},
		{"br", "/assets/index-1a2b.js", false},
		{"gzip", "/favicon.svg", false}, // too small to gain
	} {
		t.Run(test.accept+" "+test.path, func(t *testing.T) {
			res := request(handler(build), "GET", test.path, "Accept-Encoding", test.accept)
			if got := res.Header.Get("Content-Encoding") == "gzip"; got != test.gzip {
				t.Fatalf("gzip: got %v, want %v", got, test.gzip)
			}
			if res.Header.Get("Vary") != "Accept-Encoding" {
				t.Error("a cache would not tell the two forms apart")
			}
			if test.gzip {
				z, err := gzip.NewReader(res.Body)
				if err != nil {
					t.Fatal(err)
				}
				if body(t, z) != script {
					t.Error("it unpacks to something else")
				}
			}
		})
	}
}

func TestNotModified(t *testing.T) {
	h := handler(build)
	const path = "/assets/index-1a2b.js"
	plain := request(h, "GET", path).Header.Get("ETag")
	zipped := request(h, "GET", path, "Accept-Encoding", "gzip").Header.Get("ETag")
	if plain == "" || plain == zipped {
		t.Fatalf("each form needs an ETag of its own: got %s and %s", plain, zipped)
	}
	for _, test := range []struct {
		accept, etag string
		status       int
	}{
		{"", plain, 304},
		{"gzip", zipped, 304},
		{"gzip", plain, 200},
		{"", `"stale"`, 200},
	} {
		res := request(h, "GET", path, "Accept-Encoding", test.accept, "If-None-Match", test.etag)
		if res.StatusCode != test.status {
			t.Errorf("Accept-Encoding %q, If-None-Match %s: got %d, want %d", test.accept, test.etag, res.StatusCode, test.status)
		}
	}
}

func TestNotBuilt(t *testing.T) {
	h := handler(fstest.MapFS{".gitkeep": {}})
	res := request(h, "GET", "/playground")
	if got := body(t, res.Body); res.StatusCode != 503 || !strings.Contains(got, "make web") {
		t.Errorf("got %d, %q: want 503 and how to build it", res.StatusCode, got)
	}
	if res := request(h, "GET", "/assets/index-1a2b.js"); res.StatusCode != 404 {
		t.Errorf("a file of another build: got %d, want 404", res.StatusCode)
	}
}

var address = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

// TestEmbedded looks at what this binary embeds: a build whose page asks only
// for files that are there too, and has no inline script, which the policy
// would refuse; or no build.
func TestEmbedded(t *testing.T) {
	h := Handler()
	res := request(h, "GET", "/playground")
	page := body(t, res.Body)
	if res.StatusCode == 503 && strings.Contains(page, "make web") {
		return
	}
	if res.StatusCode != 200 || !strings.Contains(page, "<title>Readout playground</title>") {
		t.Fatalf("got %d, %q", res.StatusCode, page)
	}
	if strings.Contains(page, "<style") || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page) {
		t.Error("the page has inline code, which its policy refuses")
	}
	for _, m := range address.FindAllStringSubmatch(page, -1) {
		if m[1] == "/graphql" { // a link for people, served elsewhere
			continue
		}
		if res := request(h, "GET", m[1]); res.StatusCode != 200 {
			t.Errorf("%s: got %d", m[1], res.StatusCode)
		}
	}
}
