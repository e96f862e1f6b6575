// Readout serves the diplomatic record as a graph: a GraphQL API over a release
// file that it builds from a data package.
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"readout/db"
	"readout/edge"
	"readout/graph"
	"readout/seeds"
	"readout/web"
)

//go:embed schema.graphqls
var schema []byte

const usage = `Readout serves the diplomatic record as a graph.

  readout [serve] [flags]   build the release if it is missing or its package changed, and serve it
  readout load [flags]      build the release, and stop
  readout check [flags]     report every problem of the data package and what is odd in it, and stop
  readout version           print versions

Flags, each with its twin in the environment:
`

// Exit codes.
const (
	exitFailed = 1 // it was tried and failed; the reason is on stderr
	exitUsage  = 2 // the command line makes no sense
)

// errUsage is a command line that makes no sense; what was wrong has been printed.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, errUsage):
		os.Exit(exitUsage)
	case err != nil:
		fmt.Fprintln(os.Stderr, "readout:", err)
		os.Exit(exitFailed)
	}
}

type settings struct {
	addr, path, data, admin string
	edge                    edge.Settings
}

// run is the program, with its surroundings as arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	command := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, args = args[0], args[1:]
	}
	var s settings
	flags := flag.NewFlagSet("readout", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.addr, "addr", env("READOUT_ADDR", ":8080"), "`address` to listen on (READOUT_ADDR)")
	flags.StringVar(&s.path, "db", env("READOUT_DB", "readout.db"), "release `file`, built when needed (READOUT_DB)")
	flags.StringVar(&s.data, "data", env("READOUT_DATA", ""), "`folder` of a data package to load in place of the embedded one (READOUT_DATA)")
	flags.StringVar(&s.admin, "admin", env("READOUT_ADMIN", ""), "private `address` for /metrics and /debug/pprof/; none when empty (READOUT_ADMIN)")
	flags.UintVar(&s.edge.Rate, "rate", 0, "`requests` a minute that one client may make, 0 for any number (READOUT_RATE)")
	flags.BoolVar(&s.edge.BehindProxy, "behind-proxy", false, "believe the proxy in front, which says in X-Forwarded-For or X-Real-IP who the client is (READOUT_BEHIND_PROXY)")
	for name, variable := range map[string]string{"rate": "READOUT_RATE", "behind-proxy": "READOUT_BEHIND_PROXY"} {
		if err := flags.Set(name, env(variable, flags.Lookup(name).DefValue)); err != nil {
			fmt.Fprintf(stderr, "readout: %s: %v\n", variable, err)
			return errUsage
		}
	}
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return errUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "readout: %q is not understood; readout -h says what is\n", flags.Arg(0))
		return errUsage
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(stderr, nil)))

	switch command {
	case "serve":
		return s.serve(ctx)
	case "load":
		return s.load(ctx)
	case "check":
		return s.check(ctx, stdout)
	case "version":
		printVersion(stdout)
		return nil
	}
	fmt.Fprintf(stderr, "readout: there is no command %q; readout -h lists them\n", command)
	return errUsage
}

// env is the value of a variable, or a default when it is not set.
func env(name, otherwise string) string {
	if value, set := os.LookupEnv(name); set {
		return value
	}
	return otherwise
}

// files is the data package to load.
func (s settings) files() fs.FS {
	if s.data != "" {
		return os.DirFS(s.data)
	}
	return seeds.Embedded()
}

// load brings the release up to the data package.
func (s settings) load(ctx context.Context) error {
	began := time.Now()
	built, err := seeds.Load(ctx, s.files(), s.path)
	if err != nil {
		return err
	}
	if built {
		slog.Info("release built", "file", s.path, "took", time.Since(began).Round(time.Millisecond))
	} else {
		slog.Info("release is up to date", "file", s.path)
	}
	return nil
}

// check prints what is odd in a data package that is sound; whatever would be
// refused is its error.
func (s settings) check(ctx context.Context, stdout io.Writer) error {
	findings, err := seeds.Findings(ctx, s.files())
	if err != nil {
		return err
	}
	for _, f := range findings {
		fmt.Fprintln(stdout, f)
	}
	switch n := len(findings); n {
	case 0:
		fmt.Fprintln(stdout, "The data package is sound.")
	case 1:
		fmt.Fprintln(stdout, "The data package is sound; 1 finding to look at.")
	default:
		fmt.Fprintf(stdout, "The data package is sound; %d findings to look at.\n", n)
	}
	return nil
}

// serve answers requests until ctx ends; then it finishes those under way.
func (s settings) serve(ctx context.Context) error {
	// Listen first: a port in use should not cost a build.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", s.addr, errors.Unwrap(err))
	}
	defer listener.Close()
	around := edge.New(s.edge)
	if s.admin != "" {
		private, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.admin)
		if err != nil {
			return fmt.Errorf("cannot listen on %s: %w", s.admin, errors.Unwrap(err))
		}
		defer private.Close()
		slog.Info("metrics and profiles", "admin", private.Addr().String())
		go (&http.Server{Handler: around.Admin(), ReadHeaderTimeout: 5 * time.Second}).Serve(private)
	}
	flush, err := edge.Trace(ctx)
	if err != nil {
		return err
	}
	defer func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := flush(patience); err != nil {
			slog.Warn("traces not sent", "error", err)
		}
	}()
	loadErr := s.load(ctx)
	var problems seeds.Problems
	if loadErr != nil && !errors.As(loadErr, &problems) {
		return loadErr
	}
	store, err := db.Open(ctx, s.path)
	if err != nil {
		return cmp.Or(loadErr, err)
	}
	defer store.Close()
	store.Warm()
	for _, problem := range problems {
		slog.Error("data package refused, the old release is served", "problem", problem.String())
	}

	debug.SetGCPercent(400) // answers are short-lived garbage: collect less often
	server := patient(routes(store, around))
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		slog.Info("stopping")
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(patience)
	}()
	slog.Info("serving", "address", listener.Addr().String(), "release", store.Release().Hash)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// patient is a server that no slow client can hold.
func patient(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// routes are the addresses of the server, for one release.
func routes(store *db.Store, around *edge.Edge) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/graphql", graph.Handler(store, graph.DefaultLimits()))
	mux.Handle("/", web.Handler())
	mux.Handle("GET /{$}", http.RedirectHandler("/playground", http.StatusFound))
	schemaTag := fmt.Sprintf(`W/"%.12x"`, sha256.Sum256(schema))
	mux.HandleFunc("GET /schema.graphqls", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=60")
		w.Header().Set("ETag", schemaTag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(schema))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	return around.Wrap(store.Release().Hash, mux)
}

func printVersion(w io.Writer) {
	revision := "unknown"
	if info, known := debug.ReadBuildInfo(); known {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				revision = setting.Value
			}
		}
		fmt.Fprintln(w, "readout", revision, info.GoVersion)
	}
	fmt.Fprintln(w, "sqlite", db.Version())
}
