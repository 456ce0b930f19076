package sim

import (
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// batchBlocks is how many blocks are hashed between two looks at the clock.
const batchBlocks = 16

// pass digests its jobs one after the other, in place. It belongs to the
// device's thread. Its leaf hashes are in the host's memory.
type pass struct {
	dev    *device
	jobs   []job
	at     int // the job in hand
	done   gpu.Bytes
	speed  speed
	closed bool
}

// Digest checks the jobs and reads nothing. See gpu.Device.
func (d *device) Digest(jobs []gpu.DigestJob) (gpu.Pass, error) {
	p, err := d.newPass(jobs)
	d.control.record(err, "digest %d jobs of %d", len(jobs), uint64(total(jobs)))
	if err != nil {
		return nil, err
	}
	return p, nil
}

func total(jobs []gpu.DigestJob) gpu.Bytes {
	var sum gpu.Bytes
	for _, j := range jobs {
		sum = sum.AddSat(j.Span.Size)
	}
	return sum
}

func (d *device) newPass(jobs []gpu.DigestJob) (*pass, error) {
	if err := d.begin(OpDigest); err != nil {
		return nil, err
	}
	p := &pass{dev: d, jobs: make([]job, 0, len(jobs))}
	for i, j := range jobs {
		if _, _, err := d.span(OpDigest, j.Span); err != nil {
			return nil, err
		}
		made, ok := newJob(j, d)
		if !ok {
			return nil, d.failure(OpDigest, gpu.ErrInvalidValue, "the expected hashes of job %d are closed, of another device, or of another size", i)
		}
		p.jobs = append(p.jobs, made)
	}
	return p, nil
}

// Step hashes for up to about d. See gpu.Pass.
func (p *pass) Step(d time.Duration) (bool, error) {
	done, err := p.step(d)
	switch {
	case err != nil:
		p.dev.control.record(err, "step")
	case done:
		p.dev.control.record(nil, "digested %d", uint64(p.done))
	}
	return done, err
}

func (p *pass) step(d time.Duration) (bool, error) {
	if err := p.dev.begin(OpStep); err != nil {
		return false, err
	}
	if p.closed {
		return false, p.dev.failure(OpStep, gpu.ErrInvalidValue, "the pass is closed")
	}
	start, before := time.Now(), p.done
	budget := p.speed.blocks(d)
	for {
		p.finishJobs()
		if budget == 0 || p.at >= len(p.jobs) {
			break
		}
		n, err := p.batch(min(budget, batchBlocks))
		if err != nil {
			return false, err
		}
		budget -= min(n, budget)
		if time.Since(start) >= d {
			budget = 0
		}
	}
	p.speed.took(p.done.SubSat(before), time.Since(start))
	return p.at >= len(p.jobs), nil
}

// finishJobs makes the results of the jobs that are hashed completely, and moves on to the
// first that is not.
func (p *pass) finishJobs() {
	for p.at < len(p.jobs) && p.jobs[p.at].complete() {
		p.jobs[p.at].finish()
		p.at++
	}
}

// batch hashes up to n blocks of the job in hand, and returns how many.
func (p *pass) batch(n uint64) (uint64, error) {
	j := &p.jobs[p.at]
	part, ok := j.next(n)
	if !ok {
		return 0, p.dev.failure(OpStep, gpu.ErrInvalidValue, "a job ends beyond its extent")
	}
	m, mem, err := p.dev.span(OpStep, part)
	if err != nil {
		return 0, err
	}
	leaves := j.tree.leaves
	if err := p.dev.access(OpStep, m, func() { leaves = verity.HashBlocks(leaves, mem) }); err != nil {
		return 0, err
	}
	p.done = p.done.AddSat(part.Size)
	return j.took(leaves, part.Size), nil
}

// Done returns how many bytes were hashed. See gpu.Pass.
func (p *pass) Done() gpu.Bytes { return p.done }

// Results returns the digests of a pass that is complete, any number of
// times. See gpu.Pass.
func (p *pass) Results() ([]gpu.DigestResult, error) {
	if err := p.dev.usable(OpDigest); err != nil {
		return nil, err
	}
	if p.closed || p.at < len(p.jobs) {
		return nil, p.dev.failure(OpDigest, gpu.ErrInvalidValue, "the pass is closed or not complete")
	}
	results := make([]gpu.DigestResult, 0, len(p.jobs))
	for i := range p.jobs {
		results = append(results, p.jobs[i].result)
	}
	return results, nil
}

// Close drops the hashes that nobody asked to keep. See gpu.Pass.
func (p *pass) Close() error {
	if err := p.dev.usable(OpDigest); err != nil && !errors.Is(err, gpu.ErrClosed) {
		return err
	}
	p.closed = true
	p.jobs = nil
	return nil
}
