package cuda

import (
	"context"
	"fmt"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
	"github.com/vram-engine/vram-engine/gpu/health"
)

const (
	// watchSlice bounds one wait for an event, which cannot be called off.
	watchSlice = 200 * time.Millisecond
	// watchPoll is how often counters are read that no event tells of.
	watchPoll = 10 * time.Second
)

// Watch reports Xid events, memory errors, remapped rows and what the driver
// asks to be done, of the devices with these indices. An action that the driver
// asks for already is reported at once. It returns nil after the end of ctx,
// within a fraction of a second. See health.Watcher.
func (b *Backend) Watch(ctx context.Context, devices []int, tell func(health.Report)) error {
	return b.watch(ctx, devices, tell, watchPoll)
}

func (b *Backend) watch(ctx context.Context, devices []int, tell func(health.Report), poll time.Duration) error {
	return b.manager.during(func(lib *nvml.Library) error {
		set, r := lib.CreateEventSet()
		if r != nvml.Success {
			return errors.Newf("nvml: events cannot be waited for: %s", r.Name())
		}
		s := &sentry{lib: lib, set: set, tell: b.counting(tell), poll: poll}
		err := s.post(b, devices)
		if err == nil {
			err = s.stand(ctx)
		}
		if r := lib.FreeEventSet(set); r != nvml.Success {
			err = errors.CombineErrors(err, errors.Newf("nvml: an event set cannot be freed: %s", r.Name()))
		}
		return err
	})
}

// counting counts Xid events on their way.
func (b *Backend) counting(tell func(health.Report)) func(health.Report) {
	return func(h health.Report) {
		if h.Source == "xid" {
			b.mu.Lock()
			b.noted[h.Device]++
			b.mu.Unlock()
		}
		tell(h)
	}
}

// sentry watches devices on one goroutine.
type sentry struct {
	lib     *nvml.Library
	set     nvml.EventSet
	tell    func(health.Report)
	poll    time.Duration
	watched []*watchedDevice
}

// post registers for the events of the devices, and notes how they are now.
func (s *sentry) post(b *Backend, devices []int) error {
	for _, index := range devices {
		if index < 0 || index >= len(b.devices) {
			return &gpu.Error{Op: "watch", Device: index, Code: gpu.ErrNotFound, Detail: fmt.Sprintf("there are %d usable GPUs", len(b.devices))}
		}
		device, _, r := s.lib.Find(b.devices[index].uuid)
		if r != nvml.Success {
			return errors.Newf("nvml: device %d is not known to the management library: %s", index, r.Name())
		}
		types, r := s.lib.EventTypes(device)
		if r == nvml.Success && types&nvml.Health != 0 {
			r = s.lib.Register(device, types&nvml.Health, s.set)
		}
		if r != nvml.Success && r != nvml.ErrorNotSupported && r != nvml.ErrorFunctionNotFound {
			return errors.Newf("nvml: events of device %d cannot be had: %s", index, r.Name())
		}
		w := &watchedDevice{lib: s.lib, index: index, device: device}
		w.look()
		if w.action != nvml.RecoveryNone {
			s.tell(recoveryHealth(index, w.action))
		}
		s.watched = append(s.watched, w)
	}
	return nil
}

// stand reports until ctx ends.
func (s *sentry) stand(ctx context.Context) error {
	last := time.Now()
	for ctx.Err() == nil {
		e, r := s.lib.Wait(s.set, min(watchSlice, max(s.poll, time.Millisecond)))
		switch {
		case r == nvml.Success:
			s.report(e)
			continue
		case r == nvml.ErrorTimeout:
		case r == nvml.ErrorGPUIsLost:
			last = time.Time{} // which one is seen below
		default:
			return errors.Newf("nvml: waiting for events failed: %s", r.Name())
		}
		if time.Since(last) < s.poll {
			continue
		}
		last = time.Now()
		for _, w := range s.watched {
			w.report(s.tell)
		}
	}
	return nil
}

// report tells of an event, and of what changed with it.
func (s *sentry) report(e nvml.Event) {
	for _, w := range s.watched {
		if w.device != e.Device {
			continue
		}
		if h, ok := eventHealth(w.index, e); ok {
			s.tell(h)
		}
		w.report(s.tell)
	}
}

// eventHealth is what an event means. Events that only say that something has
// changed are not reported themselves.
func eventHealth(index int, e nvml.Event) (health.Report, bool) {
	h := health.Report{Device: index, Source: "ecc", Code: uint64(e.Type)}
	switch t := e.Type; {
	case t == nvml.EventXid:
		return xidHealth(index, e.Xid), true
	case t == nvml.EventDoubleBitECC:
		h.Action, h.Detail = health.Quarantine, "a memory error that could not be corrected; drain and reset the GPU"
	case t == nvml.EventSingleBitECCStorm:
		h.Action, h.Detail = health.Recheck, "many memory errors were corrected"
	case t == nvml.EventRetirement:
		h.Source, h.Action, h.Detail = "remap", health.Recheck, "a part of the memory was retired; it takes effect at the next reset"
	case t == nvml.EventRetirementFailure:
		h.Source, h.Action, h.Detail = "remap", health.Quarantine, "a part of the memory could not be retired; reset the GPU"
	case t == nvml.EventPoison:
		h.Action, h.Detail = health.Recheck, "a memory error was contained"
	case t == nvml.EventFatalPoison:
		h.Action, h.Detail = health.Quarantine, "a memory error was not contained; reset the GPU"
	case t == nvml.EventUnavailable:
		h.Source, h.Action, h.Detail = "driver", health.Lost, "the GPU is not available any more; see the kernel's log"
	default:
		return health.Report{}, false
	}
	return h, true
}
