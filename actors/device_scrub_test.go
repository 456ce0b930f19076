package actors

import (
	"errors"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal"
)

// halfScrubbed has a shard of several slices whose scrub has begun.
func (r *rig) halfScrubbed(s *shard) *scrubWork {
	r.t.Helper()
	s.releasing()
	w := &scrubWork{shard: s}
	if w.step(r.device, 1) {
		r.t.Fatal("the scrub took one slice only")
	}
	return w
}

// TestCheckOfWhatIsBeingScrubbed finds no shard, and above all no mismatch: the
// floor lets a check in between two slices of a scrub.
func TestCheckOfWhatIsBeingScrubbed(t *testing.T) {
	r := newRig(t)
	s := r.sealed("a", 8<<20)
	var found *digestJob
	check := newDigestWork(classVerifyLarge, &digestJob{shard: s, done: func(j *digestJob) { found = j }})
	w := r.halfScrubbed(s)
	r.do(check)
	if f, err := r.judged(found); f != nil || !errors.Is(err, ErrNotFound) {
		t.Errorf("the check found %+v, %v", f, err)
	}
	r.do(w)
	if m, _ := r.last(s); m == nil || m.(freed).err != nil {
		t.Errorf("told %+v", m)
	}
	r.empty()
}

// TestSealOfWhatIsBeingScrubbed is a load that is given up just as its first
// digest is due. The scrub must be able to go on.
func TestSealOfWhatIsBeingScrubbed(t *testing.T) {
	r := newRig(t)
	s := r.load("a", 8<<20)
	s.set(phaseDigesting, seal.StateLoading)
	w := r.halfScrubbed(s)
	job := &digestJob{shard: s, keep: true, done: func(*digestJob) {}}
	r.do(newDigestWork(classSeal, job))
	if !errors.Is(job.err, ErrNotFound) || s.pins != 0 {
		t.Errorf("the digest: %v", job.err)
	}
	r.do(w)
	if m, _ := r.last(s); m == nil || m.(freed).err != nil {
		t.Errorf("told %+v", m)
	}
	if state := r.rec.current(); state != DeviceActive || r.lost != nil {
		t.Errorf("the device is %s, %v", state, r.lost)
	}
	r.empty()
}

// TestScrubWaitsForReaders and is queued by the last of them.
func TestScrubWaitsForReaders(t *testing.T) {
	r := newRig(t)
	s := r.sealed("a", 5000)
	pin(s)
	pin(s)
	s.releasing()
	r.do(&scrubWork{shard: s}) // steps aside
	if _, n := r.last(s); n != 1 || s.buffer == nil || s.parked == nil {
		t.Error("the scrub did not wait")
	}
	r.unpin(s)
	if r.rec.queue.next() != nil {
		t.Error("the scrub goes on under a reader")
	}
	r.unpin(s)
	w := r.rec.queue.next()
	if w == nil || s.parked != nil {
		t.Fatal("the scrub does not go on")
	}
	r.do(w)
	if m, _ := r.last(s); m == nil || m.(freed).err != nil {
		t.Errorf("told %+v", m)
	}
	r.empty()
}

// TestScrubTwice is what the crash of a shard's actor leads to: the second
// scrub tells the same, and keeps its hands off what is another's by then.
func TestScrubTwice(t *testing.T) {
	r := newRig(t)
	s := r.sealed("a", 5000)
	s.releasing()
	first, second := &scrubWork{shard: s}, &scrubWork{shard: s}
	r.do(first)
	heir := r.sealed("a", 6000)
	r.do(second)
	if m, n := r.last(s); n != 3 || m.(freed).err != nil {
		t.Errorf("told %d times, at last %+v", n, m)
	}
	if used := r.rec.book.Snapshot().Used; used != 6000 {
		t.Errorf("the ledger knows of %v in use", used)
	}
	r.release(heir)
	r.empty()
}

// TestScrubThatFails quarantines the device, keeps the memory booked, and tries
// it again with the memory test, however often it was asked for.
func TestScrubThatFails(t *testing.T) {
	for _, again := range []int{0, 2} {
		r := newRig(t)
		s := r.sealed("a", 5000)
		s.releasing()
		r.control.Fail(sim.OpNonZero, 1, gpu.ErrUnknown, false)
		r.do(&scrubWork{shard: s})
		for range 1 + again {
			if m, _ := r.last(s); m == nil || !errors.Is(m.(freed).err, gpu.ErrUnknown) {
				t.Errorf("told %+v", m)
			}
			if again > 0 {
				r.do(&scrubWork{shard: s})
			}
		}
		if r.rec.current() != DeviceQuarantined || r.rec.book.Snapshot().Used != 5000 {
			t.Errorf("the device is %s, the ledger says %+v", r.rec.current(), r.rec.book.Snapshot())
		}
		r.agrees()
		c := r.env.calls.inner(t.Context(), "device-0", opControl)
		r.do(&memtestWork{call: c})
		if n, err := await[gpu.Bytes](c); n != 16*gpu.MiB || err != nil {
			t.Errorf("tested %v: %v", n, err)
		}
		r.empty()
	}
}

// TestScrubOnADeviceThatIsLost tells who waits.
func TestScrubOnADeviceThatIsLost(t *testing.T) {
	r := newRig(t)
	s, parked := r.sealed("a", 5000), r.sealed("b", 5000)
	pin(parked)
	parked.releasing()
	r.do(&scrubWork{shard: parked})
	s.releasing()
	r.control.Fail(sim.OpProtect, 1, gpu.ErrECC, true)
	r.do(&scrubWork{shard: s})
	if m, _ := r.last(s); m == nil || !gpu.IsSticky(m.(freed).err) {
		t.Errorf("told %+v", m)
	}
	if r.rec.current() != DeviceLost {
		t.Error("the device is not lost")
	}
	r.admitLoss()
	if m, _ := r.last(parked); m == nil || !errors.Is(m.(freed).err, ErrDeviceLost) {
		t.Errorf("told %+v", m)
	}
	if s.snapshot().State != seal.StateLost || !errors.Is(parked.serves(), ErrDeviceLost) {
		t.Errorf("the shards are %v and %v", s.snapshot().State, parked.serves())
	}
	late := r.shard("late", 1)
	r.rec.submit(&allocateWork{late})
	if m, _ := r.last(late); m == nil || !errors.Is(m.(allocated).err, ErrDeviceLost) {
		t.Errorf("told %+v", m)
	}
	if err := r.rec.serves(); !errors.Is(err, ErrDeviceLost) || r.change(DeviceActive, "") {
		t.Errorf("a lost device serves: %v", err)
	}
}
