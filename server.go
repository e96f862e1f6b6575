// Readout serves the diplomatic record as a graph: a GraphQL API over a release
// file that it builds from a data package.
package main

import (
	"bytes"
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
	"strings"
	"sync"
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
	watch                   bool
	drain                   time.Duration
	edge                    edge.Settings
	limits                  graph.Limits
}

// run is the program, with its surroundings as arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	command := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, args = args[0], args[1:]
	}
	s := settings{limits: graph.DefaultLimits()}
	flags := flag.NewFlagSet("readout", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.addr, "addr", ":8080", "`address` to listen on (READOUT_ADDR)")
	flags.StringVar(&s.path, "db", "readout.db", "release `file`, built when needed (READOUT_DB)")
	flags.StringVar(&s.data, "data", "", "`folder` of a data package to load in place of the embedded one (READOUT_DATA)")
	flags.StringVar(&s.admin, "admin", "", "private `address` for /metrics and /debug/pprof/; none when empty (READOUT_ADMIN)")
	flags.UintVar(&s.edge.Rate, "rate", 0, "`requests` a minute that one client may make, 0 for any number (READOUT_RATE)")
	flags.BoolVar(&s.edge.BehindProxy, "behind-proxy", false, "believe the proxy in front, which says in X-Forwarded-For or X-Real-IP who the client is (READOUT_BEHIND_PROXY)")
	flags.BoolVar(&s.watch, "watch", false, "build and serve the next release whenever the -data folder has changed (READOUT_WATCH)")
	flags.DurationVar(&s.drain, "drain", 500*time.Millisecond, "how long a stop goes on taking connections, while /readyz sends clients elsewhere (READOUT_DRAIN)")
	flags.IntVar(&s.limits.Cost, "max-cost", s.limits.Cost, "`nodes` that a query may ask for, see SECURITY.md (READOUT_MAX_COST)")
	flags.IntVar(&s.limits.Depth, "max-depth", s.limits.Depth, "`levels` of fields in fields (READOUT_MAX_DEPTH)")
	flags.Int64Var(&s.limits.Body, "max-body", s.limits.Body, "`bytes` of a request's body (READOUT_MAX_BODY)")
	flags.Int64Var(&s.limits.Answer, "max-answer", s.limits.Answer, "`bytes` of an answer (READOUT_MAX_ANSWER)")
	flags.Int64Var(&s.limits.Answers, "cache", s.limits.Answers, "`bytes` of answers kept, to be sent again; 0: none (READOUT_CACHE)")
	flags.IntVar(&s.limits.Rows, "max-rows", s.limits.Rows, "`rows` of a table (READOUT_MAX_ROWS)")
	flags.DurationVar(&s.limits.Time, "timeout", s.limits.Time, "`time` that a query may take (READOUT_TIMEOUT)")
	flags.IntVar(&s.limits.Dear, "queries", s.limits.Dear, "dear `queries` at a time (READOUT_QUERIES)")
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	if err := fromEnvironment(flags); err != nil {
		fmt.Fprintln(stderr, "readout:", err)
		return errUsage
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return errUsage
	case min(int64(s.limits.Cost), int64(s.limits.Depth), s.limits.Body, s.limits.Answer, int64(s.limits.Time), int64(s.limits.Dear), int64(s.limits.Rows)) < 1:
		fmt.Fprintln(stderr, "readout: a limit below 1 would let nothing through; readout -h says what is usual")
		return errUsage
	case s.limits.Answers < 0:
		fmt.Fprintf(stderr, "readout: -cache %d is below 0, which keeps nothing\n", s.limits.Answers)
		return errUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "readout: %q is not understood; readout -h says what is\n", flags.Arg(0))
		return errUsage
	case s.watch && s.data == "":
		fmt.Fprintln(stderr, "readout: -watch is for a -data folder; the embedded package does not change")
		return errUsage
	}
	signal.Ignore(syscall.SIGXFSZ) // a file that may not grow is an error, not the end
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

// fromEnvironment sets flags by their twins: -behind-proxy by READOUT_BEHIND_PROXY.
func fromEnvironment(flags *flag.FlagSet) (wrong error) {
	flags.VisitAll(func(f *flag.Flag) {
		name := "READOUT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value, set := os.LookupEnv(name); set && wrong == nil {
			if err := flags.Set(f.Name, value); err != nil {
				wrong = fmt.Errorf("%s: %q: %w", name, value, err)
			}
		}
	})
	return wrong
}

// files is the data package to load.
func (s settings) files() fs.FS {
	if s.data != "" {
		return os.DirFS(s.data)
	}
	return seeds.Embedded()
}

// open brings the release up to the data package and opens it. When that fails, store is
// the last good release if one is there, and nil otherwise.
func (s settings) open(ctx context.Context) (store *db.Store, err error) {
	// A build holds much, of which little is pointers: to look through it more often costs
	// less than as much garbage.
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	began := time.Now()
	store, built, err := seeds.Open(ctx, s.files(), s.path)
	switch {
	case err != nil:
	case built:
		slog.Info("release built", "file", s.path, "took", time.Since(began).Round(time.Millisecond))
	default:
		slog.Info("release is up to date", "file", s.path)
	}
	return store, err
}

// load brings the release up to the data package.
func (s settings) load(ctx context.Context) error {
	store, err := s.open(ctx)
	if store != nil {
		err = errors.Join(err, store.Close())
	}
	return err
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
	hangups := make(chan os.Signal, 1) // however many come during a build, one follows
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
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
	ctx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	changes := make(chan struct{}, 1)
	if s.watch { // from before the first build, so that no change is missed
		w, err := watch(s.data, s.path)
		if err != nil {
			return err
		}
		group.Go(func() { w.run(ctx, changes) })
	}

	store, loadErr := s.open(ctx)
	switch {
	case ctx.Err() != nil: // it was told to stop, and has
		if store != nil {
			store.Close()
		}
		return nil
	case store == nil:
		return loadErr
	}
	served := &served{kept: s.limits.Answers}
	served.handler = func(store *db.Store) http.Handler {
		return around.Wrap(store.Release().Hash, routes(served, store, s.limits))
	}
	served.swap(store)
	defer func() {
		stop()
		group.Wait()
		served.close()
	}()
	served.report(loadErr)

	server := patient(served.lastAnswers(served))
	group.Go(func() {
		store.Ready(ctx) // answers need not wait for it
		served.settle()
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
			case <-changes:
			}
			served.reload(ctx, s)
		}
	})
	stopped := make(chan error, 1)
	group.Go(func() {
		<-ctx.Done()
		served.stop()
		slog.Info("stopping")
		time.Sleep(s.drain)
		listener.Close()                   // no connection is taken any more; net/http answers
		time.Sleep(100 * time.Millisecond) // those that were, but drops what it has read when Shutdown begins
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 8*time.Second)
		defer cancel()
		stopped <- server.Shutdown(patience)
	})
	slog.Info("serving", "address", listener.Addr().String(), "release", store.Release().Hash)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) && (ctx.Err() == nil || !errors.Is(err, net.ErrClosed)) {
		return err
	}
	if err := <-stopped; err != nil {
		slog.Warn("some requests took too long to end and were cut off")
		server.Close()
	}
	return nil
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
func routes(served *served, store *db.Store, limits graph.Limits) http.Handler {
	mux := http.NewServeMux()
	answers := graph.Handler(store, limits)
	for _, address := range []string{"/graphql", "/graphql.csv", "/graphql.ndjson"} {
		mux.Handle(address, answers)
	}
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
	mux.HandleFunc("GET /readyz", served.readyz)
	return mux
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
