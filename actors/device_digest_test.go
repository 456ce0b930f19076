package actors

import (
	"errors"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal/verity"
)

func quiet(*digestJob) {}

func TestVerifyClasses(t *testing.T) {
	for size, want := range map[gpu.Bytes]class{0: classVerifySmall, smallCheck: classVerifySmall, smallCheck + 1: classVerifyLarge, gpu.MaxBytes: classVerifyLarge} {
		if got := verifyClass(size); got != want {
			t.Errorf("%v: %d", size, got)
		}
	}
}

// TestDigestWorkMerges up to its limits, and only its own class.
func TestDigestWorkMerges(t *testing.T) {
	job := func(size gpu.Bytes) *digestJob { return &digestJob{shard: &shard{spec: ShardSpec{Size: size}}} }
	for what, row := range map[string]struct {
		first *digestWork
		other work
		fits  bool
	}{
		"same class":     {newDigestWork(classSeal, job(1)), newDigestWork(classSeal, job(1)), true},
		"other class":    {newDigestWork(classSeal, job(1)), newDigestWork(classPatrol, job(1)), false},
		"other work":     {newDigestWork(classControl, job(1)), &controlWork{}, false},
		"full":           {newDigestWork(classSeal, job(maxBatchBytes-1)), newDigestWork(classSeal, job(1)), true},
		"too much":       {newDigestWork(classSeal, job(maxBatchBytes)), newDigestWork(classSeal, job(1)), false},
		"far too much":   {newDigestWork(classSeal, job(gpu.MaxBytes)), newDigestWork(classSeal, job(gpu.MaxBytes)), false},
		"nothing":        {newDigestWork(classSeal), newDigestWork(classSeal), true},
		"many":           {newDigestWork(classSeal, make([]*digestJob, 0)...), newDigestWork(classSeal, many(maxBatchJobs)...), true},
		"too many":       {newDigestWork(classSeal, job(1)), newDigestWork(classSeal, many(maxBatchJobs)...), false},
		"the other many": {newDigestWork(classSeal, many(maxBatchJobs)...), newDigestWork(classSeal, job(1)), false},
	} {
		jobs, size := len(row.first.jobs), row.first.size
		if fits := row.first.merge(row.other); fits != row.fits {
			t.Errorf("%s: %v", what, fits)
		}
		if !row.fits && (len(row.first.jobs) != jobs || row.first.size != size) {
			t.Errorf("%s: it took a part", what)
		}
	}
}

func many(n int) []*digestJob {
	jobs := make([]*digestJob, n)
	for i := range jobs {
		jobs[i] = &digestJob{shard: &shard{}}
	}
	return jobs
}

// TestDigestWorkJudgesEachShard of a batch for itself.
func TestDigestWorkJudgesEachShard(t *testing.T) {
	r := newRig(t)
	well, bad, gone, unsealed := r.sealed("well", 5000), r.sealed("bad", 9000), r.sealed("gone", 5000), r.load("unsealed", 5000)
	at := bad.buffer.Span()
	if err := r.control.Flip(at.Extent, at.Offset.AddSat(8999), 0); err != nil {
		t.Fatal(err)
	}
	r.release(gone)
	var order []*digestJob
	w := newDigestWork(classVerifySmall)
	for _, s := range []*shard{well, bad, gone, unsealed} {
		w.merge(newDigestWork(classVerifySmall, &digestJob{shard: s, done: func(j *digestJob) { order = append(order, j) }}))
	}
	r.do(w)
	if len(order) != 4 {
		t.Fatalf("%d were told", len(order))
	}
	if f, err := r.judged(order[0]); f != nil || err != nil || order[0].digest != verity.Sum(content(5000)) || well.lastVerified.IsZero() {
		t.Errorf("well: %+v, %v", f, err)
	}
	if f, err := r.judged(order[1]); err != nil || f == nil || f.Reason != "digest" || f.BadBlock != 2 || f.Measured == hexDigest(bad.handle.Digest) {
		t.Errorf("bad: %+v, %v", f, err)
	}
	if f, err := r.judged(order[2]); f != nil || !errors.Is(err, ErrNotFound) {
		t.Errorf("gone: %+v, %v", f, err)
	}
	if f, err := r.judged(order[3]); f != nil || !errors.Is(err, ErrNotSealed) {
		t.Errorf("unsealed: %+v, %v", f, err)
	}
	for _, s := range []*shard{well, bad, unsealed} {
		if s.pins != 0 {
			t.Errorf("%s is pinned", s.spec.ID)
		}
		r.release(s)
	}
	r.empty()
}

// TestDigestWorkOfWhatIsNotResident is a failure of the shards in that extent.
func TestDigestWorkOfWhatIsNotResident(t *testing.T) {
	r := newRig(t)
	s := r.sealed("a", 5000)
	r.control.Lie(func(x *gpu.Residency) { x.HostPointer = true })
	job := &digestJob{shard: s, done: quiet}
	r.do(newDigestWork(classVerifySmall, job))
	if f, err := r.judged(job); err != nil || f == nil || f.Reason != "residency" || f.BadBlock != gpu.NoBlock {
		t.Errorf("%+v, %v", f, err)
	}
	r.control.Clear()
	r.release(s)
	r.empty()
}

// TestDigestWorkThatIsAbandoned lets go of its shards, closes its pass, and
// tells everybody once.
func TestDigestWorkThatIsAbandoned(t *testing.T) {
	r := newRig(t)
	s := r.sealed("a", 3<<20)
	told := 0
	w := newDigestWork(classVerifyLarge, &digestJob{shard: s, done: func(j *digestJob) {
		if told++; !errors.Is(j.err, ErrCrashed) {
			t.Errorf("told %v", j.err)
		}
	}})
	if w.step(r.device, 1) || s.pins != 1 {
		t.Fatalf("%d pins", s.pins)
	}
	w.abandon(r.device)
	w.fail(fail(ErrCrashed, "", "test"))
	if told != 1 || s.pins != 0 || w.pass != nil {
		t.Errorf("told %d times, %d pins", told, s.pins)
	}
	r.release(s)
	r.empty()
}

// TestDigestWorkOnADeviceThatIsLost is answered with that.
func TestDigestWorkOnADeviceThatIsLost(t *testing.T) {
	for _, op := range []sim.Op{sim.OpResidency, sim.OpDigest, sim.OpStep} {
		r := newRig(t)
		s := r.sealed("a", 5000)
		r.control.Fail(op, 1, gpu.ErrLost, true)
		job := &digestJob{shard: s, done: quiet}
		for w := newDigestWork(classVerifySmall, job); !w.step(r.device, time.Second); {
			continue
		}
		if f, err := r.judged(job); f != nil || !errors.Is(err, ErrDeviceLost) || r.rec.current() != DeviceLost || s.pins != 0 {
			t.Errorf("%s: %+v, %v, the device is %s", op, f, err, r.rec.current())
		}
	}
}
