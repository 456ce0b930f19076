package sim

import (
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// batchBlocks is how many blocks are hashed between two looks at the clock.
const batchBlocks = 512

// pass digests its jobs in their order, in place, and small ones together. It belongs to the
// device's thread. Its leaf hashes are in the host's memory.
type pass struct {
	dev    *device
	jobs   []job
	at     int // the job in hand
	batch  batch
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
		n, err := p.hash(min(budget, batchBlocks))
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
	p.jobs, p.batch = nil, batch{}
	return nil
}
