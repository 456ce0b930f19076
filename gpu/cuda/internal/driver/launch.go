package driver

import (
	"math"
	"runtime"
	"slices"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
)

// Launch queues a kernel. Each parameter is one scalar or address of at most
// eight bytes; a smaller one is in the low bytes, of which the driver takes as
// many as the kernel declares. The driver cannot know whether their number is
// right: it reads as many as the kernel has, so the caller checks before. A
// kernel's own failure is answered by a later call.
func (l *Library) Launch(f Function, grid, block gpu.Dim3, shared gpu.Bytes, s Stream, params []uint64) Result {
	if shared > math.MaxUint32 {
		return ErrorInvalidValue
	}
	var table *unsafe.Pointer
	if len(params) > 0 {
		// The driver is given a table of pointers to the values. Both are
		// pinned, as is asked of Go memory that holds Go pointers.
		values := slices.Clone(params)
		pointers := make([]unsafe.Pointer, len(values))
		for i := range values {
			pointers[i] = unsafe.Pointer(&values[i])
		}
		var pinned runtime.Pinner
		defer pinned.Unpin()
		pinned.Pin(unsafe.SliceData(values))
		pinned.Pin(unsafe.SliceData(pointers))
		table = unsafe.SliceData(pointers)
	}
	return l.calls.cuLaunchKernel(f, max(grid.X, 1), max(grid.Y, 1), max(grid.Z, 1),
		max(block.X, 1), max(block.Y, 1), max(block.Z, 1), uint32(shared), s, table, nil)
}
