package actors

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
)

func TestDeviceStates(t *testing.T) {
	states := []DeviceState{DeviceStarting, DeviceActive, DeviceQuarantined, DeviceLost}
	serves := map[DeviceState]error{DeviceStarting: ErrStopped, DeviceActive: nil, DeviceQuarantined: ErrQuarantined, DeviceLost: ErrDeviceLost}
	for _, from := range states {
		for _, to := range states {
			r := &deviceRecord{state: from, reason: "before", book: ledger.New(gpu.GiB)}
			changed := r.set(to, "after")
			if want := from != to && from != DeviceLost; changed != want {
				t.Errorf("from %s to %s: %v", from, to, changed)
			}
			now := r.snapshot()
			if wantReason := map[bool]string{true: "after", false: "before"}[changed]; now.Reason != wantReason || now.State != r.current() || changed != (now.State != from) {
				t.Errorf("from %s to %s: %+v", from, to, now)
			}
			if err := r.serves(); !errors.Is(err, serves[now.State]) {
				t.Errorf("%s: %v", now.State, err)
			}
		}
	}
}

func TestDeviceChangeIsTold(t *testing.T) {
	r := newRig(t)
	events := r.env.hub.listen(t.Context())
	if !r.change(DeviceQuarantined, "why") || r.change(DeviceQuarantined, "again") {
		t.Error("changed to what it was")
	}
	if e := <-events; e.Kind != EventDevice || e.Detail != "quarantined" || e.Device != 0 {
		t.Errorf("told %+v", e)
	}
	if !r.change(DeviceActive, "") {
		t.Error("left by nobody's word")
	}
	if e := <-events; e.Detail != "active" {
		t.Errorf("told %+v", e)
	}
	r.env.hub.close()
	if e, open := <-events; open {
		t.Errorf("told %+v too", e)
	}
}

func TestDeviceIsWoken(t *testing.T) {
	r := &deviceRecord{queue: &queue{}}
	r.submit(&piece{cls: classSeal}) // nobody to wake
	woken := 0
	r.setSend(func(m deviceMessage) {
		if m == deviceMessage(deviceWake{}) {
			woken++
		}
	})
	p := &piece{cls: classControl}
	r.submit(p)
	if woken != 1 || r.queue.next() != work(p) {
		t.Errorf("woken %d times", woken)
	}
	r.setSend(nil)
	r.submit(&piece{cls: classSeal})
	if woken != 1 {
		t.Errorf("woken %d times", woken)
	}
}

func TestDeviceIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &deviceRecord{adopted: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.awaitActor(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		told := make(chan error)
		go func() { told <- r.awaitActor(t.Context()) }()
		synctest.Wait()
		r.takenOver()
		r.takenOver()
		if err := <-told; err != nil {
			t.Error(err)
		}
	})
}

func TestDeviceStampsItsSlices(t *testing.T) {
	r := &deviceRecord{}
	before := time.Now().UnixNano()
	r.begin()
	if at := r.stepping.Load(); at < before || at > time.Now().UnixNano() {
		t.Errorf("stamped %d", at)
	}
	if r.end(); r.stepping.Load() != 0 {
		t.Error("a slice that ended looks under way")
	}
}
