package props

import (
	"bytes"
	"context"
	"errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"pgregory.net/rapid"
)

// fault scripts a failure of one of the next driver calls.
func (w *engineWorld) fault(t *rapid.T) {
	w.control.Fail(sim.OpAny, rapid.IntRange(1, 12).Draw(t, "call"), gpu.ErrUnknown, false)
	w.armed = true
}

// forge presents handles that are not the engine's.
func (w *engineWorld) forge(t *rapid.T) {
	for _, s := range w.shards {
		h := s.handle
		h.VRAMBytes += rapid.Uint64Range(1, 9).Draw(t, "more")
		r, err := w.e.VerifyHandle(context.Background(), h)
		w.said.say(r, err)
		if !errors.Is(err, vram.ErrSealVerificationFailed) || r.OK {
			t.Fatalf("a forged handle: %+v, %v", r, err)
		}
		return
	}
}

func (w *engineWorld) restart(t *rapid.T) {
	if err := w.e.RestartWorker(context.Background(), "tester"); err != nil {
		t.Fatalf("worker restart: %v", err)
	}
	w.stopped = false
}

// unquarantine releases what is there and takes the device into use again.
func (w *engineWorld) unquarantine(t *rapid.T) {
	if !w.dirty {
		t.Skip("the device is in use")
	}
	w.armed = false
	w.control.Clear()
	for id := range w.shards {
		if err := w.e.Release(context.Background(), id); err != nil {
			t.Fatalf("release on a quarantined device: %v", err)
		}
		w.freed[id]++
	}
	clear(w.shards)
	if err := w.e.UnquarantineDevice(context.Background(), 0, "tester"); err != nil {
		t.Fatalf("unquarantine: %v", err)
	}
	w.dirty = false
}

// reopen closes the engine and opens it on the same log.
func (w *engineWorld) reopen(t *rapid.T) {
	w.close(t)
	w.open(t)
}

func (w *engineWorld) close(t *rapid.T) {
	w.armed = false
	w.control.Clear()
	if err := w.e.Close(context.Background()); err != nil {
		t.Fatalf("close: %v", err)
	}
	w.closed(t)
}

// closed is what must be true of an engine that was closed.
func (w *engineWorld) closed(t *rapid.T) {
	for id := range w.shards {
		w.freed[id]++
	}
	clear(w.shards)
	w.stopped, w.dirty = false, false
	if n, err := w.control.Dirty(); n != 0 || err != nil {
		t.Fatalf("P-405: after close %d bytes are not scrubbed, %v", uint64(n), err)
	}
}

// lose has the device disappear: what is asked of it says so, and nothing waits;
// the engine can be closed, and opened on the device when it is back.
func (w *engineWorld) lose(t *rapid.T) {
	w.armed = false
	w.control.Clear()
	w.control.Lose()
	ctx := context.Background()
	_, errSeal := w.e.Seal(ctx, vram.SealRequest{ID: "lost", Source: bytes.NewReader([]byte{1}), Size: 1})
	w.said.say(errSeal)
	if errSeal == nil || !errors.Is(errSeal, vram.ErrDeviceLost) && w.refused() == nil {
		t.Fatalf("seal on a lost device: %v", errSeal)
	}
	for id, s := range w.shards {
		_, err := w.e.Verify(ctx, id)
		w.said.say(err)
		if err == nil || !errors.Is(err, vram.ErrDeviceLost) && !s.failed {
			t.Fatalf("P-402: verify of %s on a lost device: %v", id, err)
		}
		_, err = w.e.Execute(ctx, vram.ExecuteRequest{Shards: []string{id}}, func(context.Context, *vram.Run) error { return nil })
		w.said.say(err)
		if err == nil {
			t.Fatal("P-401: a callback ran on a lost device")
		}
	}
	if err := w.e.Close(ctx); err != nil && !errors.Is(err, vram.ErrDeviceLost) {
		t.Fatalf("close on a lost device: %v", err)
	}
	w.closed(t)
	w.open(t)
}
