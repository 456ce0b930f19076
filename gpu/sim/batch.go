package sim

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// batch is what is hashed at once: a part of the job in hand, and of as many
// jobs after it as are needed for enough blocks. So small jobs are hashed
// together, which is as fast as one large job. Its slices are used again, also
// by the device's next pass.
type batch struct {
	leaves   []verity.Leaves // of the jobs from the one in hand on, one each
	sizes    []gpu.Bytes
	mappings []*mapping // that the data lies in
	scratch  verity.Scratch
	spare    [][]byte // leaves of finished jobs, whose memory is used again
}

// gather fills the batch with up to n blocks. An error of any job but the
// first ends it early; the next batch has it again.
func (p *pass) gather(n uint64) error {
	b := &p.batch
	b.leaves, b.sizes, b.mappings = b.leaves[:0], b.sizes[:0], b.mappings[:0]
	p.dev.mu.Lock()
	defer p.dev.mu.Unlock()
	for i := p.at; i < len(p.jobs) && n > 0; i++ {
		j := &p.jobs[i]
		part, ok := j.next(n)
		if !ok {
			return p.unless(len(b.sizes), p.dev.failure(OpStep, gpu.ErrInvalidValue, "a job ends beyond its extent"))
		}
		m, mem, err := p.dev.spanLocked(OpStep, part)
		if err != nil {
			return p.unless(len(b.sizes), err)
		}
		b.lend(&j.tree)
		b.leaves = append(b.leaves, verity.Leaves{Data: mem, Hashes: j.tree.leaves})
		b.sizes = append(b.sizes, part.Size)
		b.mappings = append(b.mappings, m)
		n -= min(n, verity.Blocks(uint64(part.Size)))
	}
	return nil
}

// lend gives a tree that has no leaves yet the memory of another's.
func (b *batch) lend(t *tree) {
	if n := len(b.spare); t.leaves == nil && n > 0 {
		t.leaves = b.spare[n-1]
		b.spare = b.spare[:n-1]
	}
}

// takeBack is for the memory of a tree that is finished.
func (b *batch) takeBack(t *tree) {
	if !t.keep && cap(t.leaves) > 0 && len(b.spare) < batchBlocks {
		b.spare = append(b.spare, t.leaves[:0])
	}
}

// unless returns err if nothing is gathered before it.
func (p *pass) unless(gathered int, err error) error {
	if gathered > 0 {
		return nil
	}
	return err
}

// hash hashes up to n blocks of the job in hand and those after it, and
// returns how many.
func (p *pass) hash(n uint64) (uint64, error) {
	if err := p.gather(n); err != nil {
		return 0, err
	}
	b := &p.batch
	if err := p.dev.accessAny(OpStep, b.mappings, func() { verity.HashMany(b.leaves, &b.scratch) }); err != nil {
		return 0, err
	}
	var blocks uint64
	for i, hashed := range b.leaves {
		p.done = p.done.AddSat(b.sizes[i])
		blocks += p.jobs[p.at+i].took(hashed.Hashes, b.sizes[i])
	}
	return blocks, nil
}
