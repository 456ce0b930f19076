package cuda

import (
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
)

// ranges are the free parts of a chunk, by offset; no two of them touch.
type ranges struct {
	free []part
}

type part struct{ offset, size gpu.Bytes }

func newRanges(size gpu.Bytes) ranges {
	return ranges{free: []part{{size: size}}}
}

// take gives the first part of the size.
func (r *ranges) take(size gpu.Bytes) (gpu.Bytes, bool) {
	i := slices.IndexFunc(r.free, func(p part) bool { return p.size >= size })
	if i < 0 || size == 0 {
		return 0, false
	}
	offset := r.free[i].offset
	if r.free[i].size == size {
		r.free = slices.Delete(r.free, i, i+1)
		return offset, true
	}
	r.free[i].offset = offset.AddSat(size)
	r.free[i].size = r.free[i].size.SubSat(size)
	return offset, true
}

// give takes a part back and joins it with its neighbours.
func (r *ranges) give(offset, size gpu.Bytes) {
	i, _ := slices.BinarySearchFunc(r.free, offset, func(p part, at gpu.Bytes) int {
		if p.offset < at {
			return -1
		}
		return 1
	})
	r.free = slices.Insert(r.free, i, part{offset, size})
	if i+1 < len(r.free) && offset.AddSat(size) == r.free[i+1].offset {
		r.free[i].size = size.AddSat(r.free[i+1].size)
		r.free = slices.Delete(r.free, i+1, i+2)
	}
	if i > 0 && r.free[i-1].offset.AddSat(r.free[i-1].size) == offset {
		r.free[i-1].size = r.free[i-1].size.AddSat(r.free[i].size)
		r.free = slices.Delete(r.free, i, i+1)
	}
}

// whole tells whether nothing is taken.
func (r *ranges) whole(size gpu.Bytes) bool {
	return len(r.free) == 1 && r.free[0].size == size
}
