package cuda

import (
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// slice is what one Step has queued.
type slice struct {
	blocks uint64
	size   gpu.Bytes
}

// Step queues blocks for about d, and waits until they are hashed. What
// follows the last block of a window, and of the pass, is queued with it. See
// gpu.Pass.
func (p *pass) Step(d time.Duration) (bool, error) {
	if err := p.ready(); err != nil || p.finished {
		return p.finished, err
	}
	dev := p.dev
	asked := dev.pace.blocks(d)
	start := time.Now()
	p.broken = true // until all that was queued is done
	var s slice
	if err := p.queue(asked, &s); err != nil {
		return false, err
	}
	ends := p.hashed()
	if ends {
		if err := p.queueLevels(); err != nil {
			return false, err
		}
	}
	if err := dev.wait(opStep, &dev.lanes.digest, dev.pace.expected(s.blocks)); err != nil {
		return false, err
	}
	p.broken, p.alive = false, nil
	p.done = p.done.AddSat(s.size)
	dev.pace.took(s.blocks, asked, time.Since(start))
	if ends {
		p.finish()
	}
	return p.finished, nil
}

// hashed tells whether everything that needs the data is queued.
func (p *pass) hashed() bool {
	return p.at >= len(p.jobs) && p.window.left() == 0 && (p.window == nil || p.window.closed)
}

// queue queues up to n leaves, and what follows the windows that are complete.
func (p *pass) queue(n uint64, s *slice) error {
	for !p.hashed() && s.blocks < n {
		if p.window == nil || p.window.closed {
			if err := p.open(); err != nil {
				return err
			}
		}
		w := p.window
		if count := min(n-s.blocks, w.left(), kernels.MaxCount); count > 0 {
			if err := p.dev.queueBatch(opStep, p.dev.own.leaves, w.jobs.at, w.jobs.n, w.queued, count); err != nil {
				return err
			}
			s.blocks += count
			s.size = s.size.AddSat(w.advance(count))
		}
		if w.left() == 0 && !w.closed {
			if err := p.shut(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// open gathers the next window and queues the upload of its tables. The lane
// does so when the kernels that read the tables before are done.
func (p *pass) open() error {
	w, err := p.gather()
	if err != nil {
		return err
	}
	p.window = w
	at := p.memory.at(p.layout.tables)
	var all []byte
	for _, t := range []*table{&w.jobs, &w.folds, &w.pairs} {
		t.at = at + driver.Ptr(len(all))
		all = append(all, t.bytes...)
	}
	if len(all) == 0 {
		return nil
	}
	return p.upload(at, all)
}

func (p *pass) upload(to driver.Ptr, bytes []byte) error {
	p.alive = append(p.alive, bytes)
	return p.dev.queueUpload(opStep, &p.dev.lanes.digest, to, bytes)
}

// shut queues what follows the leaves of a window: the comparison with what
// was kept, and the first level above them.
func (p *pass) shut(w *window) error {
	w.closed = true
	if w.pairs.n > 0 {
		if err := p.compare(w); err != nil {
			return err
		}
	}
	if w.folds.n == 0 {
		return nil
	}
	return p.dev.queueBatch(opStep, p.dev.own.leaves, w.folds.at, w.folds.n, 0, w.folds.items)
}

func (p *pass) compare(w *window) error {
	dev, l := p.dev, &p.dev.lanes.digest
	size, ok := kernels.ResultSize.Mul(w.pairs.n)
	n, okN := size.Int()
	if !ok || !okN {
		return dev.refuse(opStep, gpu.ErrInvalidValue, "too many comparisons")
	}
	results := p.memory.at(p.layout.results)
	if err := dev.check(opStep, "cuMemsetD8Async", dev.lib.Fill8(results, 0xff, size, l.stream)); err != nil {
		return err
	}
	if err := dev.queueBatch(opStep, dev.own.compare, w.pairs.at, w.pairs.n, 0, w.pairs.items); err != nil {
		return err
	}
	into := make([]byte, n)
	p.answers = append(p.answers, answer{bytes: into, pieces: w.compared})
	return dev.queueDownload(opStep, l, into, results)
}

// queueLevels queues the levels above the first, each in one launch for all
// jobs, and the download of the roots.
func (p *pass) queueLevels() error {
	for level, more := 1, true; more; level++ {
		more = false
		var t table
		for i := range p.jobs {
			j := &p.jobs[i]
			if level >= j.top() {
				continue
			}
			more = true
			if err := t.addJob(p.hash(i, level), hashesSize(j.counts[level]), p.hash(i, level+1)); err != nil {
				return p.dev.refuse(opStep, gpu.ErrInvalidValue, "%v", err)
			}
			if t.n < p.layout.records {
				continue
			}
			if err := p.queueLevel(t); err != nil {
				return err
			}
			t = table{}
		}
		if err := p.queueLevel(t); err != nil {
			return err
		}
	}
	if len(p.jobs) == 0 {
		return nil
	}
	p.roots = make([]byte, len(p.jobs)*verity.HashSize)
	return p.dev.queueDownload(opStep, &p.dev.lanes.digest, p.roots, p.memory.at(p.layout.roots))
}

func (p *pass) queueLevel(t table) error {
	if t.n == 0 {
		return nil
	}
	at := p.memory.at(p.layout.tables)
	if err := p.upload(at, t.bytes); err != nil {
		return err
	}
	return p.dev.queueBatch(opStep, p.dev.own.leaves, at, t.n, 0, t.items)
}
