package actors

import (
	"crypto/sha256"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

func TestPatrolRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &patrolRecord{last: Patrol{Interval: time.Minute}}
		start := time.Now()
		pass, ok := r.begin(2)
		if !ok {
			t.Fatal("closed")
		}
		time.Sleep(time.Second)
		if _, _, complete := r.add(patrolled{pass: pass, Shards: 2, Bytes: gpu.MaxBytes}); complete || r.snapshot().Passes != 0 {
			t.Error("complete with one part of two")
		}
		if _, _, complete := r.add(patrolled{pass: pass - 1, Shards: 9}); complete {
			t.Error("complete with a part of an older pass")
		}
		sum, parts, complete := r.add(patrolled{pass: pass, Shards: 3, Failed: 1, Bytes: 5})
		want := Patrol{Interval: time.Minute, Passes: 1, Started: start, Took: time.Second, Shards: 5, Failed: 1, Bytes: gpu.MaxBytes}
		if !complete || len(parts) != 2 || sum != want || r.snapshot() != want {
			t.Errorf("%+v, %+v", sum, r.snapshot())
		}
		if _, _, complete := r.add(patrolled{pass: pass, Shards: 1}); complete || r.snapshot() != want {
			t.Error("a part too many was counted")
		}
	})
}

// TestPatrolRecordOfOlderPasses ignores what arrives late, also when the
// verifier that asked for it is gone.
func TestPatrolRecordOfOlderPasses(t *testing.T) {
	r := &patrolRecord{}
	first := r.hire()
	old, _ := r.begin(1)
	if second := r.hire(); second <= first || second <= old {
		t.Errorf("hired %d and %d, the pass between was %d", first, second, old)
	}
	if _, _, complete := r.add(patrolled{pass: old, Shards: 9}); complete || r.snapshot().Shards != 0 {
		t.Error("a predecessor's pass was counted")
	}
	half, _ := r.begin(2)
	if _, _, complete := r.add(patrolled{pass: half, Shards: 1}); complete {
		t.Error("complete with one part of two")
	}
	pass, _ := r.begin(1)
	if _, _, complete := r.add(patrolled{pass: half, Shards: 1}); complete {
		t.Error("a pass that was overtaken was counted")
	}
	if sum, parts, complete := r.add(patrolled{pass: pass, Shards: 4}); !complete || sum.Shards != 4 || len(parts) != 1 {
		t.Errorf("%+v", sum)
	}
}

// TestPatrolRecordOfWhatWasCutShort lets the last complete pass stand.
func TestPatrolRecordOfWhatWasCutShort(t *testing.T) {
	r := &patrolRecord{}
	pass, _ := r.begin(1)
	whole, _, _ := r.add(patrolled{pass: pass, Shards: 7})
	pass, _ = r.begin(2)
	r.add(patrolled{pass: pass, Shards: 1, err: errors.New("cut short")})
	if _, parts, over := r.add(patrolled{pass: pass, Shards: 3}); !over || len(parts) != 2 {
		t.Error("it is not over, and no other will be begun")
	}
	if r.snapshot() != whole {
		t.Errorf("%+v", r.snapshot())
	}
	r.close()
	if _, ok := r.begin(1); ok {
		t.Error("a pass after the end")
	}
}

// TestPatrolWork digests what serves and nothing else, and leaves a root from
// which each digest can be checked.
func TestPatrolWork(t *testing.T) {
	r := newRig(t)
	a, bad, b := r.sealed("a", 5000), r.sealed("bad", 5000), r.sealed("c", 2<<20)
	loading := r.load("b", 5000)
	if err := r.control.Flip(bad.buffer.Span().Extent, bad.buffer.Span().Offset.AddSat(4097), 1); err != nil {
		t.Fatal(err)
	}
	var told []patrolled
	r.do(newPatrolWork(4, []*shard{a, bad, loading, b}, func(p patrolled) { told = append(told, p) }))
	lines := "a " + hexDigest(a.handle.Digest) + "\nc " + hexDigest(b.handle.Digest) + "\n"
	if len(told) != 1 || told[0].Shards != 3 || told[0].Failed != 1 || told[0].Bytes != 2<<20+10000 || told[0].pass != 4 ||
		told[0].err != nil || told[0].Root != sha256.Sum256([]byte(lines)) {
		t.Errorf("told %+v", told)
	}
	if f := bad.snapshot().Failure; f == nil || f.Reason != "digest" || f.BadBlock != 1 || bad.serves() == nil {
		t.Errorf("found %+v", f)
	}
	if a.lastVerified.IsZero() || a.pins != 0 || bad.pins != 0 {
		t.Error("a pass was not recorded, or is not over")
	}
	for _, s := range []*shard{a, bad, b, loading} {
		r.release(s)
	}
	r.empty()
}

// TestPatrolWorkThatFails tells so, once, with what was done.
func TestPatrolWorkThatFails(t *testing.T) {
	for _, op := range []sim.Op{sim.OpDigest, sim.OpStep} {
		r := newRig(t)
		s := r.sealed("a", 5000)
		r.control.Fail(op, 1, gpu.ErrUnknown, false)
		var told []patrolled
		r.do(newPatrolWork(1, []*shard{s}, func(p patrolled) { told = append(told, p) }))
		if len(told) != 1 || !errors.Is(told[0].err, gpu.ErrUnknown) || s.pins != 0 || s.serves() != nil {
			t.Errorf("%s: told %+v", op, told)
		}
		r.release(s)
		r.empty()
	}
}

// TestPatrolBatches are cut at the limits of a pass, and miss no shard.
func TestPatrolBatches(t *testing.T) {
	var shards []*shard
	rec := &deviceRecord{}
	for range 2*maxBatchJobs + 3 {
		shards = append(shards, &shard{spec: ShardSpec{Size: 1}, device: rec, phase: phaseSealed})
	}
	for range 5 {
		shards = append(shards, &shard{spec: ShardSpec{Size: maxBatchBytes / 2}, device: rec, phase: phaseSealed})
	}
	shards = append(shards, &shard{spec: ShardSpec{Size: 4 * maxBatchBytes}, device: rec, phase: phaseSealed})
	w := newPatrolWork(1, shards, nil)
	seen := map[*shard]bool{}
	for w.cut() {
		if n := len(w.batch.jobs); n > maxBatchJobs || n > 1 && w.batch.size > maxBatchBytes {
			t.Errorf("a batch of %d jobs with %v", n, w.batch.size)
		}
		for _, j := range w.batch.jobs {
			if seen[j.shard] {
				t.Fatal("digested twice")
			}
			seen[j.shard] = true
		}
	}
	if len(seen) != len(shards) {
		t.Errorf("%d of %d are digested", len(seen), len(shards))
	}
}

// TestPatrolTimer is one, and none after the end.
func TestPatrolTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &patrolRecord{}
		var rang []string
		ring := func(what string) func() { return func() { rang = append(rang, what) } }
		r.after(time.Minute, ring("predecessor"))
		r.after(time.Minute, ring("first"))
		time.Sleep(time.Minute)
		synctest.Wait()
		r.after(time.Minute, ring("second"))
		r.close()
		r.after(time.Minute, ring("third"))
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(rang) != 1 || rang[0] != "first" {
			t.Errorf("rang: %v", rang)
		}
	})
}
