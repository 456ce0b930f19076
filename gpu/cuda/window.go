package cuda

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// window is what one set of tables describes: parts of jobs whose leaves fit
// in the pass's memory. Most passes have one window.
type window struct {
	jobs, folds, pairs table
	pieces             []piece // as in jobs, in order
	compared           []piece // as in pairs
	queued             uint64  // leaves that are queued
	closed             bool    // folds and pairs are queued too
	at                 int     // the piece of the next leaf
	within             uint64  // leaves of it that are queued
}

// table is records for a kernel, and how many items they stand for.
type table struct {
	bytes []byte
	n     uint64
	items uint64
	at    driver.Ptr
}

// piece is a part of a job.
type piece struct {
	job    int
	first  uint64 // its first block
	blocks uint64
	size   gpu.Bytes
}

func (t *table) addJob(source driver.Ptr, length gpu.Bytes, target driver.Ptr) (err error) {
	t.bytes, t.items, err = kernels.AppendJob(t.bytes, source, length, target, t.items)
	t.n++
	return err
}

func (t *table) addPair(a, b driver.Ptr, hashes uint64, result driver.Ptr) (err error) {
	t.bytes, t.items, err = kernels.AppendPair(t.bytes, a, b, hashes, result, t.items)
	t.n++
	return err
}

// gather fills a window from the next job on.
func (p *pass) gather() (*window, error) {
	w := &window{}
	used, room := p.layout.leaves, p.layout.room
	for p.at < len(p.jobs) && w.jobs.n < p.layout.records && w.folds.n < p.layout.records {
		j := &p.jobs[p.at]
		if j.leaves() == 0 {
			p.at++
			continue
		}
		n := j.leaves() - p.block
		leaf := p.root(p.at)
		switch {
		case j.leaves() == 1:
		case j.given != nil:
			leaf = j.given.at(p.block)
		case j.keep != nil:
			leaf = j.keep.at(p.block)
		default:
			if n > room {
				n = room - room%verity.HashesPerBlock
			}
			if n == 0 {
				return w, nil
			}
			leaf = p.memory.at(used)
			used, room = used.AddSat(hashesSize(n)), room-n
		}
		if err := p.add(w, j, n, leaf); err != nil {
			return nil, p.dev.refuse("step", gpu.ErrInvalidValue, "%v", err)
		}
		if p.block += n; p.block == j.leaves() {
			p.at, p.block = p.at+1, 0
		}
	}
	return w, nil
}

// add puts the next n blocks of a job, whose leaves are written to leaf, into
// the tables.
func (p *pass) add(w *window, j *job, n uint64, leaf driver.Ptr) error {
	start := blocksSize(p.block)
	part := piece{job: p.at, first: p.block, blocks: n, size: min(blocksSize(n), j.size.SubSat(start))}
	if j.given == nil {
		w.pieces = append(w.pieces, part)
		if err := w.jobs.addJob(j.source+driver.Ptr(start), part.size, leaf); err != nil {
			return err
		}
	}
	if j.leaves() == 1 {
		return nil // the leaf is the root, and is compared when it is known
	}
	target := p.hash(p.at, 1) + driver.Ptr(hashesSize(p.block/verity.HashesPerBlock))
	if err := w.folds.addJob(leaf, hashesSize(n), target); err != nil {
		return err
	}
	if j.expect == nil {
		return nil
	}
	result := p.memory.at(p.layout.results) + driver.Ptr(w.pairs.n)*driver.Ptr(kernels.ResultSize)
	w.compared = append(w.compared, part)
	return w.pairs.addPair(leaf, j.expect.at(p.block), n, result)
}

// root is where a job's root goes.
func (p *pass) root(i int) driver.Ptr {
	return p.memory.at(hashesSize(uint64(gpu.BytesOf(i))))
}

// hash is where the hashes of a level above the leaves are.
func (p *pass) hash(i, level int) driver.Ptr {
	j := &p.jobs[i]
	if level >= 1 && level <= len(j.upper) {
		return p.memory.at(j.upper[level-1])
	}
	return p.root(i)
}

// left is how many leaves are not queued yet.
func (w *window) left() uint64 {
	if w == nil {
		return 0
	}
	return w.jobs.items - w.queued
}

// advance records that n leaves are queued, and returns how many bytes of data
// they stand for.
func (w *window) advance(n uint64) gpu.Bytes {
	var sum gpu.Bytes
	w.queued += n
	for n > 0 && w.at < len(w.pieces) {
		one := w.pieces[w.at]
		step := min(n, one.blocks-w.within)
		before := blocksSize(w.within)
		w.within += step
		n -= step
		sum = sum.AddSat(min(blocksSize(w.within), one.size).SubSat(before))
		if w.within == one.blocks {
			w.at, w.within = w.at+1, 0
		}
	}
	return sum
}
