package cuda_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// watcher collects what is told about the devices.
type watcher struct {
	told chan health.Report
	end  func()
	done chan error
}

func watching(t *testing.T, b *cuda.Backend, devices ...int) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watcher{told: make(chan health.Report, 100), end: cancel, done: make(chan error, 1)}
	go func() {
		w.done <- b.WatchEvery(ctx, devices, func(h health.Report) { w.told <- h }, time.Millisecond)
	}()
	return w
}

// expect waits for a report, and skips others.
func (w *watcher) expect(t *testing.T, device int, source string, action health.Action) {
	t.Helper()
	for {
		select {
		case h := <-w.told:
			if h.Device == device && h.Source == source && h.Action == action && h.Detail != "" {
				return
			}
			t.Logf("skipped: %+v", h)
		case err := <-w.done:
			t.Fatalf("%s, %s: the watch ended: %v", source, action, err)
		}
	}
}

// The fake counts devices in NVML in the other order.
func TestWatch(t *testing.T) {
	control := cudatest.Start(t, cudatest.Config{Devices: 2})
	b := made(t, control, cuda.Options{})
	control.Recovery(0, 1)
	w := watching(t, b, 0, 1)
	w.expect(t, 0, "recovery", health.Quarantine)
	for _, c := range []struct {
		cause  func()
		device int
		source string
		action health.Action
	}{
		{func() { control.Xid(1, 13) }, 1, "xid", health.Note},
		{func() { control.Xid(0, 63) }, 0, "xid", health.Recheck},
		{func() { control.Xid(1, 95) }, 1, "xid", health.Quarantine},
		{func() { control.ECC(1, 5, 0) }, 1, "ecc", health.Note},
		{func() { control.ECC(0, 0, 1) }, 0, "ecc", health.Recheck},
		{func() { control.Remap(1, 1, 0, true, false) }, 1, "remap", health.Recheck},
		{func() { control.Remap(1, 1, 0, true, true) }, 1, "remap", health.Quarantine},
		{func() { control.Recovery(1, 3) }, 1, "recovery", health.Note},
		{func() { control.Xid(0, 79) }, 0, "xid", health.Lost},
	} {
		c.cause()
		w.expect(t, c.device, c.source, c.action)
	}
	counts, err := b.Counters(1)
	if err != nil || counts.Corrected != 5 || counts.RemappedRows != 1 || !counts.RemapPending || !counts.RemapFailed || counts.FailuresNoted != 2 {
		t.Errorf("%+v, %v", counts, err)
	}
	w.end()
	if err := <-w.done; err != nil {
		t.Errorf("the end of the watch: %v", err)
	}
	if err := control.Leaks(); err != nil {
		t.Error(err)
	}
}

func TestWatchRefuses(t *testing.T) {
	control := cudatest.Start(t, small())
	b := made(t, control, cuda.Options{})
	for _, index := range []int{-1, 1} {
		if err := b.Watch(t.Context(), []int{index}, func(health.Report) {}); !errors.Is(err, gpu.ErrNotFound) {
			t.Errorf("device %d: %v", index, err)
		}
		if _, err := b.Counters(index); !errors.Is(err, gpu.ErrNotFound) {
			t.Errorf("device %d: %v", index, err)
		}
	}
	if err := control.Leaks(); err != nil {
		t.Error(err)
	}
}
