package actors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// journal is what a system writes to its log.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// log is a logger that writes to the journal, also what is for debugging.
func (j *journal) log() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Debug, Output: j, JSONFormat: true})
}

// lines are those with all of the words.
func (j *journal) lines(words ...string) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []string
	for line := range strings.Lines(j.text.String()) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(line, w)
		}
		if all {
			found = append(found, line)
		}
	}
	return found
}

// scripted is a backend whose watch is scripted.
type scripted struct {
	gpu.Backend
	watch func(ctx context.Context, devices []int, tell func(health.Report)) error
}

func (b scripted) Watch(ctx context.Context, devices []int, tell func(health.Report)) error {
	return b.watch(ctx, devices, tell)
}

// stands starts a sentinel over the script, on a stage, and ends it.
func stands(t *testing.T, watch func(ctx context.Context, devices []int, tell func(health.Report)) error, fn func(s *stage, j *journal)) {
	t.Helper()
	j := &journal{}
	onStage(t, func(t *testing.T, s *stage) {
		s.env.cfg.Backend = scripted{s.env.cfg.Backend, watch}
		w := s.env.watchHealth()
		fn(s, j)
		if err := w.end(t.Context()); err != nil {
			t.Error(err)
		}
	}, func(c *Config) { c.Log = j.log() })
}

// TestSentinelBeginsAgain after an error, an end without a reason and a panic,
// with pauses that grow, and says so once.
func TestSentinelBeginsAgain(t *testing.T) {
	for what, end := range map[string]func() error{
		"error": func() error { return errors.New("no events") },
		"panic": func() error { panic("a secret") },
		"nil":   func() error { return nil },
	} {
		var began []time.Time
		stands(t, func(_ context.Context, devices []int, _ func(health.Report)) error {
			began = append(began, time.Now())
			if len(devices) != 1 || devices[0] != 0 {
				t.Errorf("%s: asked for %v", what, devices)
			}
			return end()
		}, func(_ *stage, j *journal) {
			time.Sleep(time.Hour)
			synctest.Wait()
			if n := len(began); n < 12 || n > 25 {
				t.Fatalf("%s: it began %d times in an hour", what, n)
			}
			pause := watchPauseFirst
			for i := 1; i < len(began); i++ {
				if got := began[i].Sub(began[i-1]); got != pause {
					t.Errorf("%s: pause %d is %v, want %v", what, i, got, pause)
				}
				pause = min(2*pause, watchPauseLast)
			}
			if n := len(j.lines("Device reported on its health", `"gpu_device":-1`, "not watched")); n != 1 {
				t.Errorf("%s: it is on record %d times", what, n)
			}
			if len(j.lines("a secret")) != 0 {
				t.Errorf("%s: the log shows what was thrown", what)
			}
		})
	}
}

// TestSentinelThatStoodLong has its end on record again, and a short pause.
func TestSentinelThatStoodLong(t *testing.T) {
	var began []time.Time
	stands(t, func(ctx context.Context, _ []int, _ func(health.Report)) error {
		began = append(began, time.Now())
		if len(began)%2 == 0 {
			rest(ctx, watchSteady)
		}
		return fmt.Errorf("end %d", len(began))
	}, func(_ *stage, j *journal) {
		time.Sleep(watchSteady + 10*time.Second)
		synctest.Wait()
		if n := len(j.lines("not watched")); n != 2 || len(j.lines("end 1")) != 1 || len(j.lines("end 2")) != 1 {
			t.Errorf("%d ends are on record", n)
		}
		if len(began) < 3 || began[2].Sub(began[1]) != watchSteady+watchPauseFirst {
			t.Errorf("it began at %v", began)
		}
	})
}

// TestSentinelTells the device that is meant, once for all that waits there,
// and nobody of a device that is not ours.
func TestSentinelTells(t *testing.T) {
	j := &journal{}
	onStage(t, func(t *testing.T, s *stage) {
		s.env.cfg.Backend = scripted{s.env.cfg.Backend, func(ctx context.Context, _ []int, tell func(health.Report)) error {
			for n := range uint64(5) {
				tell(health.Report{Device: 0, Source: "xid", Code: n})
				tell(health.Report{Device: 7, Source: "xid", Code: n})
				tell(health.Report{Device: -1, Action: health.Lost})
			}
			<-ctx.Done()
			return nil
		}}
		told := 0
		s.rec.setSend(func(m deviceMessage) {
			if m == deviceMessage(deviceReported{}) {
				told++
			}
		})
		w := s.env.watchHealth()
		synctest.Wait()
		if n := len(s.rec.chart.drain()); n != 5 || told != 1 {
			t.Errorf("%d reports, told %d times", n, told)
		}
		if n := len(j.lines("not one of ours")); n != 1 {
			t.Errorf("the log says so %d times", n)
		}
		if err := w.end(t.Context()); err != nil {
			t.Error(err)
		}
	}, func(c *Config) { c.Log = j.log() })
}

// TestSentinelOfAHangingDriver does not hold up the end for ever.
func TestSentinelOfAHangingDriver(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		hang := make(chan struct{})
		s.env.cfg.Backend = scripted{s.env.cfg.Backend, func(context.Context, []int, func(health.Report)) error { <-hang; return nil }}
		w := s.env.watchHealth()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := w.end(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended: %v", err)
		}
		close(hang)
		if err := w.end(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestSentinelOfABackendThatTellsNothing is none.
func TestSentinelOfABackendThatTellsNothing(t *testing.T) {
	r := newRig(t)
	r.env.cfg.Backend = struct{ gpu.Backend }{r.env.cfg.Backend}
	w := r.env.watchHealth()
	if err := w.end(t.Context()); w != nil || err != nil {
		t.Errorf("%v, %v", w, err)
	}
}
