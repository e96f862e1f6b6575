package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/procfs"

	"readout/bench/hand"
	"readout/db"
	"readout/edge"
	"readout/graph"
)

// The servers that the bench starts as other processes.
const (
	readout = "readout" // the program, as it is served; its cache of answers off
	cached  = "cached"  // the same with the cache on
	bare    = "bare"    // GraphQL without what stands around it: no log, metrics, headers, compression
	byHand  = "hand"    // hand-written code
	bytesOf = "bytes"   // a handler that has its answers in memory
)

// serve is what the bench does when it is started as a server.
func serve(ctx context.Context, what, release, addr, admin string) error {
	var handler http.Handler
	switch what {
	case byHand, bytesOf:
		handle, err := hand.Open(release)
		if err != nil {
			return err
		}
		handler = hand.Handler(handle)
		if what == bytesOf {
			handler = remembered(handler)
		}
	case bare:
		store, err := db.Open(ctx, release)
		if err != nil {
			return err
		}
		if err := store.Ready(ctx); err != nil {
			return err
		}
		mux := http.NewServeMux()
		mux.Handle("/graphql", graph.Handler(store, uncached()))
		handler = mux
	default:
		return fmt.Errorf("there is no server %q", what)
	}
	metrics := http.Server{Addr: admin, Handler: edge.New(edge.Settings{}).Admin()}
	go metrics.ListenAndServe()
	server := http.Server{Addr: addr, Handler: handler}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// uncached are the usual limits, under which no answer is kept.
func uncached() graph.Limits {
	limits := graph.DefaultLimits()
	limits.Answers = 0
	return limits
}

// remembered answers from memory what it was asked before.
func remembered(next http.Handler) http.Handler {
	var answers sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, known := answers.Load(r.RequestURI)
		if !known {
			kept := &keeping{header: http.Header{}}
			next.ServeHTTP(kept, r)
			answer = kept.body.Bytes()
			answers.Store(r.RequestURI, answer)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(answer.([]byte))
	})
}

// keeping keeps an answer.
type keeping struct {
	header http.Header
	body   bytes.Buffer
}

func (k *keeping) Header() http.Header            { return k.header }
func (k *keeping) WriteHeader(int)                {}
func (k *keeping) Write(text []byte) (int, error) { return k.body.Write(text) }

// server is another process.
type server struct {
	what, addr, admin string
	ready             time.Duration // from its start to its first answer
	command           *exec.Cmd
	process           procfs.Proc
}

// start starts a server and waits until it answers.
func start(ctx context.Context, what string, command *exec.Cmd, addr, admin string) (*server, error) {
	var last tail
	command.Stderr = &last
	began := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &server{what: what, addr: addr, admin: admin, command: command}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		if answer, err := http.Get("http://" + addr + "/readyz"); err == nil {
			answer.Body.Close()
			if what != readout && what != cached || answer.StatusCode == http.StatusOK {
				break
			}
		}
		select {
		case err := <-ended:
			return nil, fmt.Errorf("%s ended: %w: %s", what, err, last.line)
		case <-ctx.Done():
			command.Process.Kill()
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	s.ready = time.Since(began)
	var err error
	s.process, err = procfs.NewProc(command.Process.Pid)
	return s, err
}

func (s *server) stop() { s.command.Process.Signal(syscall.SIGTERM) }

// tail keeps the last line that a program prints.
type tail struct{ line string }

func (t *tail) Write(text []byte) (int, error) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		t.line = lines.Text()
	}
	return len(text), nil
}

// twoPorts are free addresses.
func twoPorts() (addr, admin string, err error) {
	for _, to := range []*string{&addr, &admin} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", err
		}
		defer listener.Close()
		*to = listener.Addr().String()
	}
	return addr, admin, nil
}

// own is this program as another server.
func own(ctx context.Context, what, release string) (*server, error) {
	addr, admin, err := twoPorts()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, what, exec.Command(self, "-serve", what, "-db", release, "-addr", addr, "-admin", admin), addr, admin)
}

// used is what a process has used so far.
type used struct {
	seconds float64 // of CPU, user and system
	mallocs float64
}

// usage asks what a server has used.
func (s *server) usage() (u used, err error) {
	stat, err := s.process.Stat()
	if err != nil {
		return u, err
	}
	u.seconds = stat.CPUTime()
	answer, err := http.Get("http://" + s.admin + "/metrics")
	if err != nil {
		return u, err
	}
	defer answer.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	if err != nil {
		return u, err
	}
	io.Copy(io.Discard, answer.Body)
	const name = "go_memstats_mallocs_total"
	if families[name] == nil {
		return u, fmt.Errorf("%s has no %s", s.what, name)
	}
	u.mallocs = families[name].GetMetric()[0].GetCounter().GetValue()
	return u, nil
}

// memory is what a server holds beside pages of files, in MB.
func (s *server) memory() (float64, error) {
	maps, err := s.process.ProcSMapsRollup()
	return float64(maps.Anonymous) / (1 << 20), err
}

// profile writes where the CPU of a server goes while it works.
func (s *server) profile(path string, duration time.Duration, work func()) error {
	done := make(chan struct{})
	go func() { work(); close(done) }()
	defer func() { <-done }()
	answer, err := http.Get(fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%.0f", s.admin, max(1, duration.Seconds())))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
