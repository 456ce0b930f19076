package kernels

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

const (
	// Threads is the number of threads in a block of every launch.
	Threads = 128
	// MaxCount is the most leaves or hashes that one launch takes: 1 PiB of
	// data.
	MaxCount uint64 = Threads * (1<<31 - 1)

	residentBlocks     = 8       // of a kernel that strides, per multiprocessor
	maxMultiprocessors = 1 << 16 // no GPU has as many
)

// Block returns the extent of a block: Threads in one dimension.
func Block() gpu.Dim3 { return gpu.Dim3{X: Threads, Y: 1, Z: 1} }

// Grid returns the grid of a launch that hashes or compares count items, one
// per thread. If count is 0 or above MaxCount, the error is ErrBadGrid.
func Grid(count uint64) (gpu.Dim3, error) {
	if count == 0 || count > MaxCount {
		return gpu.Dim3{}, errors.WithStack(ErrBadGrid)
	}
	return gpu.Dim3{X: blocksFor(count), Y: 1, Z: 1}, nil
}

// StrideGrid returns the grid of a launch of Nonzero or Memtest over size bytes
// on a GPU with so many multiprocessors: enough blocks to fill it, and no more
// than there is work for. Any grid is correct.
func StrideGrid(multiprocessors int, size gpu.Bytes) gpu.Dim3 {
	most := uint64(min(max(multiprocessors, 1), maxMultiprocessors)) * residentBlocks
	words := uint64(size) / 8
	return gpu.Dim3{X: blocksFor(min(max(words, 1), most*Threads, MaxCount)), Y: 1, Z: 1}
}

// blocksFor returns how many blocks have at least count threads; count is at
// most MaxCount.
func blocksFor(count uint64) uint32 {
	return uint32((count + Threads - 1) / Threads) //nolint:gosec // at most 2^31-1
}
