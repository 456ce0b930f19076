package actors

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// A watch over the devices' health that ends too early begins again after a
// pause, which doubles from the first to the last. After it has stood for
// watchSteady, its end is news again.
const (
	watchPauseFirst = time.Second
	watchPauseLast  = 5 * time.Minute
	watchSteady     = 10 * time.Minute
)

// sentinel listens to what the driver says of its devices outside of calls, on
// one goroutine, and passes it on to them. It has no actor: a driver that is
// waited for would hold up its mailbox.
type sentinel struct {
	env     *env
	watcher health.Watcher
	devices []int
	cancel  context.CancelFunc
	ended   chan struct{} // closed when its goroutine has ended
	failing bool          // its goroutine's own: it is on record that it failed
	strange sync.Once
}

// watchHealth begins to listen, if the backend can tell anything. It returns
// nil if it cannot.
func (e *env) watchHealth() *sentinel {
	watcher, ok := e.cfg.Backend.(health.Watcher)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &sentinel{env: e, watcher: watcher, cancel: cancel, ended: make(chan struct{})}
	for _, d := range e.devices {
		s.devices = append(s.devices, d.index)
	}
	go s.stand(ctx)
	return s
}

// end ends the watch and waits until ctx ends. A nil sentinel has ended.
func (s *sentinel) end(ctx context.Context) error {
	if s == nil {
		return nil
	}
	s.cancel()
	select {
	case <-s.ended:
		return nil
	case <-ctx.Done():
		return errors.Wrap(ctx.Err(), "the watch over the devices' health did not end: the driver hangs")
	}
}

// stand watches until ctx ends, whatever the driver does.
func (s *sentinel) stand(ctx context.Context) {
	defer close(s.ended)
	pause := watchPauseFirst
	for {
		began := time.Now()
		err := s.watch(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) >= watchSteady {
			pause, s.failing = watchPauseFirst, false
		}
		s.failed(err)
		if !rest(ctx, pause) {
			return
		}
		pause = min(2*pause, watchPauseLast)
	}
}

// watch watches once. A driver's error says why it ended, of a panic only the
// type is told.
func (s *sentinel) watch(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.env.log.Error("the watch over the devices' health crashed and goes on", "crash", fmt.Sprintf("%T", r), "frames", frames())
			err = errors.Newf("it crashed with a value of type %T", r)
		}
	}()
	if err := s.watcher.Watch(ctx, s.devices, s.tell); err != nil {
		return err
	}
	return errors.New("it ended without a reason")
}

// tell passes a report on to its device. It does not wait.
func (s *sentinel) tell(h health.Report) {
	for _, d := range s.env.devices {
		if d.index != h.Device {
			continue
		}
		if d.chart.take(h) {
			d.tell(deviceReported{})
		}
		return
	}
	s.strange.Do(func() {
		s.env.log.Warn("the driver reports on the health of a device that is not one of ours; nothing is made of it", "gpu_device", h.Device)
	})
}

// failed puts it on record that nothing is heard of the devices' health, once
// for as long as that lasts.
func (s *sentinel) failed(err error) {
	if s.failing {
		return
	}
	s.failing = true
	s.env.emit(audit.DeviceHealth(audit.SeverityWarning, audit.HealthReport{Device: audit.NoDevice, Source: sourceEngine,
		Action: health.Note.String(), Detail: "the devices' health is not watched; it is tried again: " + err.Error()}))
}

// rest waits for d, and reports whether ctx goes on.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
