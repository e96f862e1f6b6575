package seeds

import (
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress tells how far a build is: on a terminal by a bar, elsewhere by a line in the
// log for each step that takes longer than a second, and one every ten seconds.
type progress struct {
	stop chan struct{}
	told sync.WaitGroup

	mu    sync.Mutex
	step  string
	total int64 // rows of the step; 0: they are not counted
	began time.Time
	bar   *progressbar.ProgressBar // nil: no terminal, or no step
	named bool                     // in the log

	done atomic.Int64 // of them
}

// follow begins to tell. It ends with end.
func follow() *progress {
	p := &progress{stop: make(chan struct{})}
	terminal := term.IsTerminal(int(os.Stderr.Fd()))
	every := time.Second
	if terminal {
		every = 100 * time.Millisecond
	}
	p.told.Go(func() {
		for tick := time.NewTicker(every); ; {
			select {
			case <-p.stop:
				tick.Stop()
				if p.bar != nil {
					p.bar.Finish()
				}
				return
			case <-tick.C:
				p.tell(terminal)
			}
		}
	})
	return p
}

func (p *progress) end() {
	close(p.stop)
	p.told.Wait()
}

// begin ends the step before and begins one of so many rows; 0: they are not counted.
func (p *progress) begin(step string, rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Finish()
	}
	p.step, p.total, p.began, p.bar, p.named = step, int64(rows), time.Now(), nil, false
	p.done.Store(0)
}

// add says that so many rows more are done.
func (p *progress) add(rows int) { p.done.Add(int64(rows)) }

func (p *progress) tell(terminal bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	done, took := p.done.Load(), time.Since(p.began)
	switch {
	case p.step == "":
	case terminal && p.bar == nil && p.total > 0:
		p.bar = progressbar.NewOptions64(p.total, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription(p.step),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"), progressbar.OptionSetWidth(30),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	case terminal && p.bar == nil:
		p.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription(p.step),
			progressbar.OptionSpinnerType(14), progressbar.OptionClearOnFinish())
	case terminal && p.total > 0:
		p.bar.Set64(done)
	case terminal:
		p.bar.Add(1)
	case !p.named && took > time.Second:
		p.named = true
		slog.Info(p.step)
	case took < 10*time.Second || int(took.Seconds())%10 > 0:
	case p.total > 0 && done > 0:
		rate := float64(done) / took.Seconds()
		left := time.Duration(float64(p.total-done) / rate * float64(time.Second))
		slog.Info(p.step, "rows", done, "of", p.total, "per second", int(rate), "left", left.Round(time.Second))
	default:
		slog.Info(p.step, "for", took.Round(time.Second))
	}
}
