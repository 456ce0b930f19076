package sim

import (
	"slices"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// batchBlocks is how many blocks are hashed between two looks at the clock.
const batchBlocks = 512

// pass digests its jobs in their order, in place, and small ones together. It belongs to the
// device's thread. Its leaf hashes are in the host's memory.
type pass struct {
	*workspace
	dev    *device
	at     int // the job in hand
	topped int // those before it were finished, or are being finished
	done   gpu.Bytes
	speed  speed
	closed bool
}

// workspace is what a pass works with, and the device's next pass after it.
type workspace struct {
	jobs  []job
	batch batch
	tops  tops
}

// workspaceJobs is how many jobs a workspace may have had that is used again.
const workspaceJobs = 4096

// borrow takes the workspace of an earlier pass, or a new one.
func (d *device) borrow() *workspace {
	w := d.spare
	d.spare = nil
	if w == nil {
		w = &workspace{}
	}
	return w
}

// giveBack keeps the workspace for the next pass.
func (d *device) giveBack(w *workspace) {
	if cap(w.jobs) > workspaceJobs {
		return
	}
	clear(w.jobs)
	w.jobs = w.jobs[:0]
	d.spare = w
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
	p := &pass{dev: d, workspace: d.borrow(), speed: d.speed}
	p.jobs = slices.Grow(p.jobs, len(jobs))
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, j := range jobs {
		if _, _, err := d.spanLocked(OpDigest, j.Span); err != nil {
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
	for budget > 0 && p.at < len(p.jobs) {
		n, err := p.hash(min(budget, batchBlocks))
		if err != nil {
			return false, errors.CombineErrors(err, p.settle())
		}
		budget -= min(n, budget)
		if time.Since(start) >= d {
			budget = 0
		}
		if err := p.finishJobs(budget == 0); err != nil {
			return false, err
		}
	}
	p.speed.took(p.done.SubSat(before), time.Since(start))
	p.dev.speed = p.speed
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
	if !p.closed {
		p.closed = true
		p.dev.giveBack(p.workspace)
		p.workspace = &workspace{}
	}
	return nil
}
