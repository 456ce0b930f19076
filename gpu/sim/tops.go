package sim

import (
	"sync/atomic"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// tops finishes jobs whose leaves are complete: the levels above the leaves,
// which are hashed together, and the results. They are in the host's memory,
// so that a goroutine can do it for some jobs while the device's thread hashes
// the leaves of the next. Its slices are used again.
type tops struct {
	work    []verity.Leaves
	scratch verity.Scratch

	jobs []job // those that the helper has, or had
	help *helper
}

// helper is a goroutine that finishes jobs, unless it gets no processor in time.
type helper struct {
	claimed atomic.Bool // by who finishes the jobs
	done    chan struct{}
	end     ending
}

// manyTops is how many jobs are given to a goroutine together. Towards the end
// of a pass they are fewer, so that few are left when all leaves are there.
const manyTops = 256

// finishJobs finishes jobs that are hashed completely: many together, and on a
// goroutine if there is something to hash meanwhile.
func (p *pass) finishJobs(last bool) error {
	for p.at < len(p.jobs) && p.jobs[p.at].complete() {
		p.at++
	}
	left := len(p.jobs) - p.at
	last = last || left == 0
	if !last && p.at-p.topped < min(manyTops, left) {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	t := &p.tops
	t.jobs = p.jobs[p.topped:p.at]
	p.topped = p.at
	t.help = &helper{done: make(chan struct{})}
	if last {
		return p.settle()
	}
	go t.help.run(t)
	return nil
}

func (h *helper) run(t *tops) {
	if !h.claimed.CompareAndSwap(false, true) {
		return
	}
	defer close(h.done)
	guard(&h.end, t.finish)
}

// settle has the jobs finished that the helper has, and takes them over.
func (p *pass) settle() error {
	t := &p.tops
	if t.help == nil {
		return nil
	}
	t.help.run(t)
	<-t.help.done
	how := t.help.end.how
	jobs := t.jobs
	t.help, t.jobs = nil, nil
	if how != ranWell {
		return p.dev.failure(OpStep, gpu.ErrUnknown, "the hashing of block hashes did not end well")
	}
	for i := range jobs {
		p.batch.takeBack(&jobs[i].tree)
		jobs[i].finished()
	}
	return nil
}

// finish makes the digests of the jobs.
func (t *tops) finish() {
	jobs, work := t.jobs, t.work[:0]
	for i := range jobs {
		work = append(work, jobs[i].tree.rest())
	}
	for high := len(work) > 0; high; {
		verity.HashMany(work, &t.scratch)
		high = false
		for i, w := range work {
			work[i].Data = nil
			if len(w.Hashes) > verity.HashSize {
				work[i] = verity.Leaves{Data: w.Hashes}
				high = true
			}
		}
	}
	for i := range jobs {
		jobs[i].top(rootOf(work[i].Hashes))
	}
	clear(work)
	t.work = work[:0]
}

// rootOf is the root from the topmost level; the zero root where there is none.
func rootOf(level []byte) verity.Hash {
	var root verity.Hash
	copy(root[:], level)
	return root
}
