package cuda

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// job is one span of a pass: the tree over the bytes at source.
type job struct {
	source driver.Ptr
	size   gpu.Bytes
	over   *mapping    // that the bytes lie in
	counts []uint64    // hashes of each level, the leaves first; none for no bytes
	upper  []gpu.Bytes // where in the pass's memory levels 1 to the one below the root are
	keep   *kept       // where the leaves go, if they are kept
	given  *kept       // leaves that are there already
	expect *kept
	result gpu.DigestResult
}

// newJob describes the tree over some bytes.
func newJob(source driver.Ptr, size gpu.Bytes, over *mapping) job {
	j := job{source: source, size: size, over: over, result: gpu.DigestResult{BadBlock: gpu.NoBlock}}
	if size == 0 {
		return j
	}
	for level := 0; ; level++ {
		n := verity.LevelHashes(uint64(size), level)
		j.counts = append(j.counts, n)
		if n <= 1 {
			return j
		}
	}
}

// leaves is the number of blocks.
func (j *job) leaves() uint64 {
	if len(j.counts) == 0 {
		return 0
	}
	return j.counts[0]
}

// top is the level of the root.
func (j *job) top() int { return len(j.counts) - 1 }

// hashesSize is what n hashes occupy. The hashes of a level are fewer than the
// bytes of the data, so this does not saturate.
func hashesSize(n uint64) gpu.Bytes {
	size, ok := gpu.Bytes(verity.HashSize).Mul(n)
	if !ok {
		return gpu.MaxBytes
	}
	return size
}

// blocksSize is what n blocks of data occupy.
func blocksSize(n uint64) gpu.Bytes {
	size, ok := gpu.BlockSize.Mul(n)
	if !ok {
		return gpu.MaxBytes
	}
	return size
}
