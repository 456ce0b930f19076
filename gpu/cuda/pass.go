package cuda

import (
	"encoding/binary"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const (
	opDigest = "digest"
	opStep   = "step"
)

// pass digests its jobs where they are. It belongs to the device's thread.
type pass struct {
	dev      *device
	jobs     []job
	over     []*mapping // that the jobs lie in, each once
	layout   layout
	memory   *block
	at       int    // the job of the next leaf that no window has
	block    uint64 // and which of its blocks that is
	window   *window
	answers  []answer
	roots    []byte
	alive    [][]byte // what queued copies read
	done     gpu.Bytes
	broken   bool // a Step failed half-way: the hashes are not complete
	finished bool
	epoch    uint64 // of the device when all was there
	closed   bool
}

// answer is the results of the pairs of one window.
type answer struct {
	bytes  []byte
	pieces []piece
}

// Digest takes the memory for the hashes, and reads nothing. See gpu.Device.
func (d *device) Digest(jobs []gpu.DigestJob) (gpu.Pass, error) {
	if err := d.begin(opDigest); err != nil {
		return nil, err
	}
	var made []job
	for i, j := range jobs {
		m, source, err := d.span(opDigest, j.Span)
		if err != nil {
			return nil, err
		}
		one := newJob(source, j.Span.Size, m)
		if j.Keep {
			one.keep = &kept{dev: d, size: one.size, blocks: one.leaves()}
		}
		if j.Expect != nil {
			expect, ok := j.Expect.(*kept)
			if !ok || expect == nil || expect.dev != d || expect.closed || expect.size != one.size {
				return nil, d.refuse(opDigest, gpu.ErrInvalidValue, "the expected hashes of job %d are closed, of another device, or of another size", i)
			}
			one.expect = expect
		}
		made = append(made, one)
	}
	p, err := d.newPass(opDigest, made)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// newPass takes what the jobs need from the arena.
func (d *device) newPass(op string, jobs []job) (*pass, error) {
	p := &pass{dev: d, jobs: jobs, epoch: d.epoch}
	seen := map[*mapping]bool{}
	for i := range jobs {
		if m := jobs[i].over; m != nil && !seen[m] {
			seen[m] = true
			p.over = append(p.over, m)
		}
	}
	err := p.place(op)
	for i := range p.jobs {
		if k := p.jobs[i].keep; k != nil && err == nil {
			err = k.place(op)
		}
	}
	if err != nil {
		return nil, errors.CombineErrors(err, p.free(op))
	}
	return p, nil
}

// ready is the start of a Step.
func (p *pass) ready() error {
	d := p.dev
	if err := d.begin(opStep); err != nil {
		return err
	}
	switch {
	case p.closed:
		return d.refuse(opStep, gpu.ErrInvalidValue, "the pass is closed")
	case p.broken:
		return d.refuse(opStep, gpu.ErrInvalidValue, "an earlier step failed: start another pass")
	case p.finished:
		return nil
	}
	if err := p.sound(); err != nil {
		return err
	}
	return d.follow(opStep, &d.lanes.digest, true, p.over...)
}

// sound checks that what is still to be read is still there. The comparisons
// of a window are queued behind its last leaf.
func (p *pass) sound() error {
	d := p.dev
	if p.epoch == d.epoch {
		return nil
	}
	data, hashes := p.at, p.at
	if w := p.window; w != nil && !w.closed && w.at < len(w.pieces) {
		data, hashes = w.pieces[w.at].job, w.pieces[0].job
	}
	for i := hashes; i < len(p.jobs); i++ {
		j := &p.jobs[i]
		if i >= data && j.over != nil && !j.over.mapped {
			return d.refuse(opStep, gpu.ErrNotFound, "extent %d was unmapped", j.over.id)
		}
		if j.expect != nil && j.expect.closed {
			return d.refuse(opStep, gpu.ErrInvalidValue, "the expected hashes of job %d were closed", i)
		}
	}
	p.epoch = d.epoch
	return nil
}

// finish makes the results from what was downloaded.
func (p *pass) finish() {
	for _, a := range p.answers {
		for i, part := range a.pieces {
			j := &p.jobs[part.job]
			at := i * int(kernels.ResultSize)
			if j.result.BadBlock != gpu.NoBlock || at+int(kernels.ResultSize) > len(a.bytes) {
				continue
			}
			if n := binary.LittleEndian.Uint64(a.bytes[at:]); n < part.blocks {
				j.result.BadBlock = int64(part.first + n) //nolint:gosec // a number of blocks of an extent
			}
		}
	}
	for i := range p.jobs {
		j := &p.jobs[i]
		var root verity.Hash
		if at := i * verity.HashSize; j.leaves() > 0 && at+verity.HashSize <= len(p.roots) {
			root = verity.Hash(p.roots[at : at+verity.HashSize])
		}
		j.result.Digest = verity.FileDigest(root, uint64(j.size))
		if j.leaves() == 1 && j.expect != nil && root != j.expect.single {
			j.result.BadBlock = 0
		}
		if j.keep != nil {
			j.keep.single = root
			j.result.Kept = j.keep
			p.dev.keeps[j.keep] = true
			j.keep = nil
		}
	}
	p.finished, p.answers = true, nil
}

// Done returns how many bytes were hashed. See gpu.Pass.
func (p *pass) Done() gpu.Bytes { return p.done }

// Results returns the digests of a pass that is complete, any number of
// times. See gpu.Pass.
func (p *pass) Results() ([]gpu.DigestResult, error) {
	if err := p.dev.usable(opDigest); err != nil {
		return nil, err
	}
	if p.closed || !p.finished {
		return nil, p.dev.refuse(opDigest, gpu.ErrInvalidValue, "the pass is closed or not complete")
	}
	results := make([]gpu.DigestResult, 0, len(p.jobs))
	for i := range p.jobs {
		results = append(results, p.jobs[i].result)
	}
	return results, nil
}

// Close gives the memory back, zeroed. See gpu.Pass.
func (p *pass) Close() error {
	if err := p.dev.usable(opDigest); err != nil && !errors.Is(err, gpu.ErrClosed) {
		return err
	}
	if p.closed {
		return nil
	}
	p.closed = true
	return p.free(opDigest)
}

// free gives back the pass's memory, and that of hashes that were to be kept
// and are not complete.
func (p *pass) free(op string) error {
	err := p.dev.give(op, p.memory)
	for i := range p.jobs {
		if k := p.jobs[i].keep; k != nil {
			err = errors.CombineErrors(err, k.drop(op))
		}
	}
	p.window, p.answers, p.roots = nil, nil, nil
	return err
}
