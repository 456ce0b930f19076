package cuda

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const (
	// maxLeaves is the most memory for leaves that are not kept: those of
	// 8 GiB. A pass over more works through it in windows.
	maxLeaves = 64 * gpu.MiB
	// minLeaves is the least that a pass makes do with where memory is short.
	minLeaves = 16 * gpu.KiB
	// maxRecords is the most records of one table.
	maxRecords = 1 << 14
)

// layout is how a pass divides its memory. All offsets are multiples of 32.
type layout struct {
	roots   gpu.Bytes // one hash for each job
	upper   gpu.Bytes // the levels between leaves and root
	tables  gpu.Bytes // of jobs, of jobs of the next level, and of pairs
	results gpu.Bytes // of pairs
	leaves  gpu.Bytes
	records uint64 // in a table
	room    uint64 // leaves that are not kept
}

// plan divides the memory and places the upper levels. The result is what all
// of it needs but for the leaves, and what they would need.
func (p *pass) plan() (size, leaves gpu.Bytes) {
	l := &p.layout
	l.upper = hashesSize(uint64(gpu.BytesOf(len(p.jobs))))
	size = l.upper
	for i := range p.jobs {
		j := &p.jobs[i]
		for level := 1; level < j.top(); level++ {
			j.upper = append(j.upper, size)
			size = size.AddSat(hashesSize(j.counts[level]))
		}
		if j.leaves() > 1 && j.keep == nil && j.given == nil {
			leaves = leaves.AddSat(hashesSize(j.leaves()))
		}
	}
	l.records = min(max(uint64(gpu.BytesOf(len(p.jobs))), 1), maxRecords)
	l.tables = size
	table, ok := (2*kernels.JobSize + kernels.PairSize).Mul(l.records)
	results, okR := kernels.ResultSize.Mul(l.records)
	if !ok || !okR {
		return gpu.MaxBytes, 0
	}
	l.results = size.AddSat(table)
	results, ok = results.RoundUp(verity.HashSize)
	if !ok {
		return gpu.MaxBytes, 0
	}
	l.leaves = l.results.AddSat(results)
	return l.leaves, min(leaves, maxLeaves)
}

// place takes the memory from the arena: less for leaves than would be fastest
// where the device is full.
func (p *pass) place(op string) error {
	size, leaves := p.plan()
	for {
		b, err := p.dev.take(op, size.AddSat(leaves))
		if err == nil {
			p.memory = b
			p.layout.room = uint64(leaves / verity.HashSize)
			return nil
		}
		if !errors.Is(err, gpu.ErrOutOfMemory) || gpu.IsSticky(err) || leaves <= minLeaves {
			return err
		}
		leaves = max(leaves/2, minLeaves)
		leaves -= leaves % gpu.BlockSize
	}
}
