package actors

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// digestJob asks for the digest of one shard, as it is in device memory now.
type digestJob struct {
	shard *shard
	keep  bool // the first digest: protect the memory, keep the block hashes
	// done is told once, on the device's thread or on the one that fails it. It
	// is nil for a check, which is judged.
	done func(*digestJob)

	// asked is who waits for a check; until it has begun others may join, under
	// the shard's lock. over says that they were told.
	asked []asker
	over  atomic.Bool

	// the outcome
	started   time.Time
	took      time.Duration
	exposures uint64
	digest    [32]byte
	badBlock  int64 // by kept hashes that can be believed
	err       error // the digest could not be taken, or the memory is not resident
}

// digestWork is one pass over the shards of its jobs.
type digestWork struct {
	cls  class
	jobs []*digestJob
	size gpu.Bytes
	pass gpu.Pass
	live []*digestJob // those that the pass covers; their shards are pinned
}

func newDigestWork(cls class, jobs ...*digestJob) *digestWork {
	w := &digestWork{cls: cls, jobs: jobs}
	for _, j := range jobs {
		w.size = w.size.AddSat(j.shard.spec.Size)
	}
	return w
}

// Bounds of a pass: what is in it is judged together, while the next one runs.
const (
	maxBatchJobs  = crowdSize
	maxBatchBytes = 256 * gpu.MiB
)

func (w *digestWork) class() class { return w.cls }

// device is that of the jobs, of which there is at least one.
func (w *digestWork) device() *deviceRecord { return w.jobs[0].shard.device }

// merge joins the passes of one class, so that they share launches.
func (w *digestWork) merge(other work) bool {
	o, ok := other.(*digestWork)
	if !ok || o.cls != w.cls || len(w.jobs)+len(o.jobs) > maxBatchJobs || w.size.AddSat(o.size) > maxBatchBytes {
		return false
	}
	w.jobs = append(w.jobs, o.jobs...)
	w.size = w.size.AddSat(o.size)
	return true
}

func (w *digestWork) step(d *device, slice time.Duration) bool {
	done, err := w.advance(d, slice)
	if !done && err == nil {
		return false
	}
	w.unpin(d)
	if err != nil {
		w.fail(deviceError("", err))
		return true
	}
	checked := make([]*digestJob, 0, len(w.jobs))
	for _, j := range w.jobs {
		if j.done == nil {
			checked = append(checked, j)
			continue
		}
		j.done(j)
	}
	if len(checked) > 0 {
		d.rec.court.hear(d.env, checks{checked})
	}
	return true
}

func (w *digestWork) unpin(d *device) {
	for _, j := range w.live {
		d.unpin(j.shard)
	}
	w.live = nil
}

// abandon is what a restarted device does with a pass that crashed.
func (w *digestWork) abandon(d *device) { w.unpin(d) }

func (w *digestWork) fail(err error) {
	if w.pass != nil {
		// Whether this works or not, the pass is over; the error is told below.
		err = errors.CombineErrors(err, w.pass.Close())
		w.pass = nil
	}
	for _, j := range w.jobs {
		if j.done == nil {
			j.end(Verdict{}, err)
			continue
		}
		j.err = err
		j.done(j)
	}
}

// advance does one slice of the pass and fills in the jobs when it is done.
func (w *digestWork) advance(d *device, slice time.Duration) (bool, error) {
	if w.pass == nil {
		if err := w.begin(d); err != nil || w.pass == nil {
			return true, err
		}
	}
	done, err := w.pass.Step(slice)
	if err != nil || !done {
		return false, d.driver(err)
	}
	results, err := w.pass.Results()
	if err != nil {
		return false, d.driver(err)
	}
	if err := w.pass.Close(); err != nil {
		return false, d.driver(err)
	}
	w.pass = nil
	if len(results) != len(w.live) {
		return false, errors.AssertionFailedf("a pass over %d shards gave %d results", len(w.live), len(results))
	}
	for i, j := range w.live {
		r := results[i]
		j.digest, j.badBlock, j.took = r.Digest, r.BadBlock, time.Since(j.started)
		if r.Kept != nil {
			j.shard.kept = r.Kept
		}
		j.locate(d)
	}
	return true, nil
}

// begin marks the jobs as begun, checks residency, and starts the pass over
// those that can be digested.
func (w *digestWork) begin(d *device) error {
	now := time.Now()
	extents := residents{checked: map[gpu.ExtentID]error{}}
	jobs := make([]gpu.DigestJob, 0, len(w.jobs))
	w.live = slices.Grow(w.live[:0], len(w.jobs))
	for _, j := range w.jobs {
		j.started, j.badBlock = now, gpu.NoBlock
		b := j.shard.buffer
		if j.shard.begins(j) >= phaseReleasing || b == nil { // it may be half scrubbed
			j.err = fail(ErrNotFound, j.shard.spec.ID, "it was released")
			continue
		}
		if j.keep {
			if err := d.rec.heap.Seal(b); err != nil {
				return d.driver(err)
			}
		}
		if err := extents.check(d, j.shard); err != nil {
			j.err = err
			continue
		}
		j.exposures = d.rec.heap.Exposures(b)
		pin(j.shard)
		w.live = append(w.live, j)
		jobs = append(jobs, gpu.DigestJob{Span: b.Span(), Keep: j.keep, Expect: j.shard.kept})
	}
	if len(jobs) == 0 {
		return nil
	}
	pass, err := d.rec.dev.Digest(jobs)
	if err != nil {
		return d.driver(err)
	}
	w.pass = pass
	return nil
}

// residents is the evidence of where the extents of a pass are: looked up once
// for each.
type residents struct {
	checked map[gpu.ExtentID]error
	last    gpu.ExtentID // the one checked last, if it is resident: most shards lie beside the one before
}

func (r *residents) check(d *device, s *shard) error {
	at := s.buffer.Span().Extent
	if at == r.last && len(r.checked) > 0 {
		return nil
	}
	err, seen := r.checked[at]
	if !seen {
		if _, err = s.buffer.Residency(); err != nil {
			err = d.resident(s.spec.ID, err)
		}
		r.checked[at] = err
	}
	if err == nil {
		r.last = at
	}
	return err
}

// locate forgets the bad block unless the kept hashes that name it still lead to
// the sealed digest. It runs on the device's thread, where the kept hashes are,
// and asks a second time if the driver fails: nobody can look again later.
func (j *digestJob) locate(d *device) {
	if j.badBlock == gpu.NoBlock || j.shard.kept == nil {
		return
	}
	handle, _ := j.shard.sealed()
	digest, err := j.shard.kept.Check()
	if d.driver(err) != nil && !gpu.IsSticky(err) {
		digest, err = j.shard.kept.Check()
	}
	if d.driver(err) != nil || digest != handle.Digest {
		j.badBlock = gpu.NoBlock
	}
}
