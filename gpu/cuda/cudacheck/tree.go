package cudacheck

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// piece is some bytes in device memory.
type piece struct {
	at   driver.Ptr
	size gpu.Bytes
}

// tree computes the digests of some pieces, each level of all of them in one
// launch. Its tables are on the device, so that running it is launches only.
type tree struct {
	b      *bed
	pieces []piece
	levels []level
	memory *region
	roots  driver.Ptr
}

// level is one launch.
type level struct {
	table   []byte
	at      driver.Ptr
	records uint64
	items   uint64
}

// tree plans the launches and takes their memory. The caller frees it. No
// piece is empty.
func (b *bed) tree(pieces []piece) (*tree, error) {
	t := &tree{b: b, pieces: pieces}
	roots := bytesOf(uint64(gpu.BytesOf(len(pieces))))
	hashes, tables := roots, gpu.Bytes(0)
	for _, p := range pieces {
		for l := range verity.Levels(uint64(p.size)) {
			tables = tables.AddSat(kernels.JobSize)
			if verity.LevelHashes(uint64(p.size), l) > 1 {
				hashes = hashes.AddSat(bytesOf(verity.LevelHashes(uint64(p.size), l)))
			}
		}
	}
	var err error
	if t.memory, err = b.region(hashes.AddSat(tables)); err != nil {
		return nil, err
	}
	t.roots = t.memory.base
	if err := t.plan(t.memory.at(roots), t.memory.at(hashes)); err != nil {
		return nil, errors.CombineErrors(err, t.memory.free())
	}
	return t, nil
}

// bytesOf is what n hashes occupy. It is less than the data, so it fits.
func bytesOf(n uint64) gpu.Bytes { return gpu.Bytes(n) * kernels.HashSize }

// plan fills the tables and uploads them.
func (t *tree) plan(hashes, tables driver.Ptr) error {
	for i, p := range t.pieces {
		source, size := p.at, p.size
		for l := range verity.Levels(uint64(p.size)) {
			n := verity.LevelHashes(uint64(p.size), l)
			target := hashes
			if n == 1 {
				target = t.roots + driver.Ptr(bytesOf(uint64(gpu.BytesOf(i))))
			} else {
				hashes += driver.Ptr(bytesOf(n))
			}
			if l == len(t.levels) {
				t.levels = append(t.levels, level{})
			}
			if err := t.levels[l].add(source, size, target); err != nil {
				return err
			}
			source, size = target, bytesOf(n)
		}
	}
	for i := range t.levels {
		l := &t.levels[i]
		l.at = tables
		if err := t.b.upload(tables, l.table); err != nil {
			return err
		}
		tables += driver.Ptr(len(l.table))
	}
	return nil
}

func (l *level) add(source driver.Ptr, size gpu.Bytes, target driver.Ptr) (err error) {
	l.table, l.items, err = kernels.AppendJob(l.table, source, size, target, l.items)
	l.records++
	return err
}

// queueLevel queues the launch of one level.
func (t *tree) queueLevel(leaves driver.Function, i int) error {
	if i >= len(t.levels) {
		return nil
	}
	l := t.levels[i]
	grid, err := kernels.Grid(l.items)
	if err != nil {
		return err
	}
	return t.b.launch(leaves, grid, uint64(l.at), l.records, 0, l.items)
}

// queue queues all levels.
func (t *tree) queue(leaves driver.Function) error {
	for i := range t.levels {
		if err := t.queueLevel(leaves, i); err != nil {
			return err
		}
	}
	return nil
}

// wipe makes sure that the next digests are no older ones.
func (t *tree) wipe() error {
	size := bytesOf(uint64(gpu.BytesOf(len(t.pieces))))
	if err := answered("cuMemsetD8Async", t.b.lib.Fill8(t.roots, 0xee, size, t.b.stream)); err != nil {
		return err
	}
	return t.b.wait()
}

// digests are the results of the launches that were queued last.
func (t *tree) digests() ([]verity.Digest, error) {
	roots := make([]byte, len(t.pieces)*verity.HashSize)
	if err := t.b.download(roots, t.roots); err != nil {
		return nil, err
	}
	digests := make([]verity.Digest, 0, len(t.pieces))
	for i, p := range t.pieces {
		root := verity.Hash(roots[i*verity.HashSize : (i+1)*verity.HashSize])
		digests = append(digests, verity.FileDigest(root, uint64(p.size)))
	}
	return digests, nil
}

func (t *tree) free() error { return t.memory.free() }
