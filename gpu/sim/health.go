package sim

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// Raise reports something of the device's health, as its driver would: now to
// whoever watches, and otherwise to the next who does. h.Device is set to the
// device's index. It changes nothing on the device: see Lose and Fail. It
// never waits.
func (c *Control) Raise(h health.Report) {
	h.Device = c.index
	c.feed.add(h)
	c.record(nil, "raise %s %d: %s", h.Source, h.Code, h.Action)
}

// SetCounters says what the device counts from now on.
func (c *Control) SetCounters(n health.Counters) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counters = n
}

// Watch tells what Controls raise, in that order, also across devices. Each
// report is told once: of two watchers of a device, one gets it. Watch returns
// nil when ctx ends; what was not told by then waits for the next watcher. The
// errors are gpu.ErrNotFound for an index that is not there, and
// gpu.ErrInvalidValue without a tell. See health.Watcher.
func (b *Backend) Watch(ctx context.Context, devices []int, tell func(health.Report)) error {
	for _, index := range devices {
		if _, ok := b.control(index); !ok {
			return b.noDevice("watch", index)
		}
	}
	if tell == nil {
		return &gpu.Error{Op: "watch", Device: -1, Code: gpu.ErrInvalidValue, Detail: "there is nobody to tell"}
	}
	devices = slices.Clone(devices)
	for ctx.Err() == nil {
		h, more := b.feed.next(devices)
		if more == nil {
			tell(h)
			continue
		}
		select {
		case <-more:
		case <-ctx.Done():
			b.feed.leave(more)
		}
	}
	return nil
}

// Counters returns what Control.SetCounters said. The errors are
// gpu.ErrNotFound, and gpu.ErrNotSupported unless Options.Faults is set:
// memory that cannot fail counts nothing. See health.Counter.
func (b *Backend) Counters(index int) (health.Counters, error) {
	c, ok := b.control(index)
	if !ok {
		return health.Counters{}, b.noDevice("counters", index)
	}
	if !b.options.Faults {
		return health.Counters{}, &gpu.Error{Op: "counters", Device: index, Code: gpu.ErrNotSupported,
			Detail: "the simulated device was made without faults"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counters, nil
}

func (b *Backend) noDevice(op string, index int) error {
	return &gpu.Error{Op: op, Device: index, Code: gpu.ErrNotFound, Detail: fmt.Sprintf("there are %d simulated devices", len(b.controls))}
}

// feed holds the reports that nobody was told of yet, of all devices.
type feed struct {
	mu      sync.Mutex
	reports []health.Report
	waiting map[chan struct{}]bool // one for each watcher that waits, closed to wake it
}

func (f *feed) add(h health.Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reports = append(f.reports, h)
	for w := range f.waiting {
		close(w)
	}
	f.waiting = nil
}

// next takes the oldest report of one of the devices. If there is none, it
// returns what tells of a new one. The channel is made by the watcher, so that
// its wait is seen as one by a testing/synctest bubble.
func (f *feed) next(devices []int) (health.Report, chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, h := range f.reports {
		if slices.Contains(devices, h.Device) {
			f.reports = slices.Delete(f.reports, i, i+1)
			return h, nil
		}
	}
	more := make(chan struct{})
	if f.waiting == nil {
		f.waiting = map[chan struct{}]bool{}
	}
	f.waiting[more] = true
	return health.Report{}, more
}

// leave ends a wait.
func (f *feed) leave(more chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.waiting, more)
}
