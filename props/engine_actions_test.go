package props

import (
	"bytes"
	"context"
	"errors"
	"slices"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"pgregory.net/rapid"
)

// faulted reports whether err may come from a scripted fault, and takes the
// fault away: what is left must be one of the worlds that an error allows.
func (w *engineWorld) faulted(err error) bool {
	if err == nil || !w.armed {
		return false
	}
	w.armed = false
	w.control.Clear()
	if w.e.Devices()[0].State == "quarantined" {
		w.dirty = true
	}
	return true
}

// refused says whether new work must be refused.
func (w *engineWorld) refused() error {
	switch {
	case w.stopped:
		return vram.ErrStopped
	case w.dirty:
		return vram.ErrQuarantined
	}
	return nil
}

func (w *engineWorld) seal(t *rapid.T) {
	id := names().Draw(t, "id")
	p := content(engineSizes().Draw(t, "size"), rapid.Uint64Range(0, 3).Draw(t, "content"))
	h, err := w.e.Seal(context.Background(), vram.SealRequest{ID: id, Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))})
	w.said.say(h, err)
	old := w.shards[id]
	switch {
	case old != nil && err == nil:
		if h != old.handle || !bytes.Equal(p, old.bytes) {
			t.Fatalf("sealed %s again with other bytes", id)
		}
	case old != nil:
		if !errors.Is(err, vram.ErrConflict) && !w.faulted(err) {
			t.Fatalf("sealing %s again: %v", id, err)
		}
	case err == nil:
		if want := w.refused(); want != nil {
			t.Fatalf("sealed although %v", want)
		}
		w.shards[id] = &known{bytes: p, handle: h, flipped: map[int64]bool{}, bits: map[int]bool{}}
		w.sealed[id]++
	case errors.Is(err, vram.ErrInsufficientVRAM):
		if room := w.e.Devices()[0].Available; room >= gpu.BytesOf(len(p))+deviceGranule {
			t.Fatalf("%d bytes were refused, and %d are available", len(p), uint64(room))
		}
	case w.refused() != nil && errors.Is(err, w.refused()):
	case w.faulted(err):
		w.countLost(id)
	default:
		t.Fatalf("seal: %v", err)
	}
}

// countLost allows for a record of a seal that was not acknowledged.
func (w *engineWorld) countLost(id string) { w.freed[id]-- }

// verify checks P-402: every change is found, and named to a block.
func (w *engineWorld) verify(t *rapid.T) {
	var ids []string
	for id := range w.shards {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if len(ids) > 1 && rapid.Bool().Draw(t, "one") {
		ids = ids[:1]
	}
	results, err := w.e.Verify(context.Background(), ids...)
	w.said.say(results, err)
	if err != nil && !errors.Is(err, vram.ErrIntegrityViolation) {
		if !w.faulted(err) {
			t.Fatalf("verify: %v", err)
		}
		w.afterIncident()
		return
	}
	bad := 0
	for i, id := range ids {
		s := w.shards[id]
		r := results[i]
		if r.ShardID != id || r.OK != (len(s.flipped) == 0 && !s.failed) {
			t.Fatalf("P-402: shard %s has changed blocks %v, had failed %v, and the result is %+v", id, s.flipped, s.failed, r)
		}
		if r.OK {
			continue
		}
		bad++
		if !s.failed && !s.flipped[r.FirstBadBlock] {
			t.Fatalf("P-402: the changed blocks are %v, and block %d is named", s.flipped, r.FirstBadBlock)
		}
		s.failed = true
	}
	if (bad > 0) != (err != nil) {
		t.Fatalf("P-402: %d shards are bad and the error is %v", bad, err)
	}
	w.afterIncident()
}

// afterIncident learns from the engine that an incident stopped it: whether one
// was due is checked by whoever calls.
func (w *engineWorld) afterIncident() {
	w.stopped = w.e.Status().State == "stopped"
	for _, info := range w.e.Shards() {
		if s := w.shards[info.Handle.ShardID]; s != nil && info.Reason != "" {
			s.failed = true
		}
	}
}

// execute checks P-401: no callback runs on changed bytes, and it sees the right ones.
func (w *engineWorld) execute(t *rapid.T) {
	id := names().Draw(t, "id")
	s := w.shards[id]
	ran := false
	receipt, err := w.e.Execute(context.Background(), vram.ExecuteRequest{Shards: []string{id}}, func(_ context.Context, r *vram.Run) error {
		ran = true
		v, err := r.Shard(id)
		if err != nil {
			return err
		}
		out, err := r.Scratch(8)
		if err != nil {
			return err
		}
		if err := r.Launch("fold", gpu.Dim3{}, gpu.Dim3{}, v, out); err != nil {
			return err
		}
		got := make([]byte, 8)
		if err := r.Read(out, 0, got); err != nil {
			return err
		}
		if s == nil || !bytes.Equal(got, fold(s.bytes)) {
			t.Errorf("P-401: a callback saw other bytes of %s", id)
		}
		return nil
	})
	w.said.say(receipt, err)
	switch {
	case ran && (s == nil || len(s.flipped) > 0 || s.failed || w.stopped):
		t.Fatalf("P-401: a callback ran on %+v, stopped %v", s, w.stopped)
	case err == nil && !ran:
		t.Fatal("P-401: a success without a run")
	case err == nil:
	case s == nil && errors.Is(err, vram.ErrNotFound):
	case s != nil && (len(s.flipped) > 0 || s.failed) && errors.Is(err, vram.ErrIntegrityViolation):
		s.failed = true
	case w.refused() != nil && errors.Is(err, w.refused()):
	case errors.Is(err, vram.ErrInsufficientVRAM) && ran: // no room for scratch
	case w.faulted(err):
	default:
		t.Fatalf("execute of %s: %v", id, err)
	}
	w.afterIncident()
}

func (w *engineWorld) flip(t *rapid.T) {
	id := names().Draw(t, "id")
	s := w.shards[id]
	if s == nil {
		t.Skip("there is no such shard")
	}
	at := rapid.IntRange(0, len(s.bytes)-1).Draw(t, "at")
	if err := w.e.FlipBit(context.Background(), id, gpu.BytesOf(at), uint(at)%8); err != nil {
		t.Fatalf("flip: %v", err)
	}
	s.toggle(at)
}

func (w *engineWorld) release(t *rapid.T) {
	id := names().Draw(t, "id")
	err := w.e.Release(context.Background(), id)
	w.said.say(err)
	switch {
	case err == nil && w.shards[id] != nil:
		w.freed[id]++
		delete(w.shards, id)
	case w.shards[id] == nil && errors.Is(err, vram.ErrNotFound):
	case w.faulted(err):
		if w.e.Devices()[0].State != "quarantined" {
			t.Fatalf("P-405: a release failed (%v) and the device serves on", err)
		}
		w.freed[id]++
		delete(w.shards, id)
	default:
		t.Fatalf("release of %s: %v", id, err)
	}
}
