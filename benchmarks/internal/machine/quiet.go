package machine

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
)

// tick is the unit of /proc/stat, which is the same on all Linux systems that
// Go runs on.
const tick = 10 * time.Millisecond

// Quiet tells how much others disturbed a run.
type Quiet struct {
	LoadBefore string  `json:"load_before"` // 1, 5 and 15 minutes
	LoadAfter  string  `json:"load_after"`
	Others     float64 `json:"others"` // share of all processors that others used, stolen time included
	// BySuite is the same for each suite of the run.
	BySuite map[string]float64 `json:"others_by_suite,omitempty"`
}

// Watcher knows how things were at the beginning.
type Watcher struct {
	start time.Time
	load  string
	busy  time.Duration
	own   time.Duration
}

// Watch begins to watch.
func Watch() Watcher { return Watcher{start: time.Now(), load: load(), busy: busy(), own: own()} }

// Report says how quiet it was since Watch. Child processes count as our own.
func (w Watcher) Report() Quiet {
	others := (busy() - w.busy) - (own() - w.own)
	all := time.Since(w.start) * time.Duration(runtime.NumCPU())
	return Quiet{LoadBefore: w.load, LoadAfter: load(), Others: max(others.Seconds()/all.Seconds(), 0)}
}

// AwaitQuiet waits until others use at most the share of the processors for two
// seconds, or until the patience ends.
func AwaitQuiet(ctx context.Context, share float64, patience time.Duration) error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		w := Watch()
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
		if w.Report().Others <= share {
			return nil
		}
	}
	return nil
}

func load() string {
	fields := strings.Fields(read("/proc/loadavg"))
	return strings.Join(fields[:min(3, len(fields))], " ")
}

func own() time.Duration {
	self, err := measure.ProcessCPU()
	if err != nil {
		return 0
	}
	children, err := measure.ChildrenCPU()
	if err != nil {
		return self
	}
	return self + children
}

// busy is the time of all processors that was neither idle nor waiting for a
// disk: the line "cpu user nice system idle iowait irq softirq steal …".
func busy() time.Duration {
	line, _, _ := strings.Cut(read("/proc/stat"), "\n")
	var sum time.Duration
	for i, f := range strings.Fields(line) {
		if i == 0 || i == 4 || i == 5 || i > 8 {
			continue
		}
		ticks, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0
		}
		sum += time.Duration(ticks) * tick
	}
	return sum
}
