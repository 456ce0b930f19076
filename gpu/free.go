package gpu

import (
	"slices"
	"time"

	"github.com/cockroachdb/errors"
)

// ErrScrubFailed says that memory was not zero after it was zeroed. The
// device cannot be trusted with anything.
const ErrScrubFailed Code = "gpu: memory is not zero after scrubbing"

// Scrub zeroes a buffer's memory and its tail in slices, and proves on the
// device that it is zero. It is made by Heap.Scrub and ends in Heap.Free.
type Scrub struct {
	b    *Buffer
	at   Bytes // bytes of the slot that are zero and proven so
	pace Pace
}

// Scrub opens the buffer's mapping for writing; the buffer's bytes are lost
// from the first Step on, and it can be neither written nor sealed any more.
// Buffers that share its pack are exposed.
func (h *Heap) Scrub(b *Buffer) (*Scrub, error) {
	x, err := h.extentOf("scrub", b)
	if err != nil {
		return nil, err
	}
	if err := x.protect(h.dev, ReadWrite); err != nil {
		return nil, err
	}
	if b.sealed {
		b.sealed = false
		x.open++
	}
	b.ending = true
	return &Scrub{b: b}, nil
}

// Step scrubs for about d and reports whether all of it is proven zero.
// ErrNotFound when the buffer was freed: its memory may be another's by now.
func (s *Scrub) Step(d time.Duration) (bool, error) {
	if s.b.freed {
		return false, &Error{Op: "scrub", Device: s.b.dev.Info().Index, Code: ErrNotFound, Detail: "the buffer was freed"}
	}
	left := s.b.slot.SubSat(s.at)
	if left == 0 {
		return true, nil
	}
	offset, ok := s.b.span.Offset.Add(s.at)
	if !ok {
		return false, errors.AssertionFailedf("a slot lies beyond the address space")
	}
	part := Span{Extent: s.b.span.Extent, Offset: offset, Size: min(left, s.pace.Next(d))}
	start := time.Now()
	if err := s.b.dev.Zero(part); err != nil {
		return false, err
	}
	dirty, err := s.b.dev.NonZero(part)
	if err != nil {
		return false, err
	}
	if dirty {
		return false, &Error{Op: "scrub", Device: s.b.dev.Info().Index, Code: ErrScrubFailed}
	}
	s.pace.Took(part.Size, time.Since(start))
	s.at = s.at.AddSat(part.Size)
	return s.at >= s.b.slot, nil
}

// Free gives a scrubbed buffer's memory back and returns how many bytes were
// unmapped: a granule only when the last buffer of its pack is gone.
func (h *Heap) Free(s *Scrub) (Bytes, error) {
	b := s.b
	x, err := h.extentOf("free", b)
	if err != nil {
		return 0, err
	}
	if s.at < b.slot {
		return 0, h.fail("free", ErrInvalidValue, "the buffer is not scrubbed")
	}
	if x.buffers == 1 {
		if err := h.dev.Unmap(x.id); err != nil {
			return 0, err
		}
		h.Forget(b)
		return x.size, nil
	}
	if x.open == 1 { // b is the last that is open
		if err := x.protect(h.dev, ReadOnly); err != nil {
			return 0, err
		}
	}
	h.Forget(b)
	return 0, nil
}

// Forget drops the buffer from the books without touching the device, for a
// device that is lost: the driver scrubs what it gets back. It returns how
// many bytes are not counted as mapped any more.
func (h *Heap) Forget(b *Buffer) Bytes {
	x, err := h.extentOf("forget", b)
	if err != nil {
		return 0
	}
	if !b.sealed {
		x.open--
	}
	x.buffers--
	b.freed = true
	if x.buffers == 0 {
		delete(h.extents, x.id)
		h.packs = slices.DeleteFunc(h.packs, func(y *extent) bool { return x == y })
		return x.size
	}
	if n, ok := slots(b.slot); ok && x.pack != nil {
		if first, ok := (b.span.Offset / BlockSize).Int(); ok {
			x.pack.give(first, n)
		}
		h.relist(x)
	}
	return 0
}

// relist keeps the list of packs that have free slots.
func (h *Heap) relist(x *extent) {
	listed := slices.Contains(h.packs, x)
	switch {
	case x.pack.free > 0 && !listed:
		h.packs = append(h.packs, x)
	case x.pack.free == 0 && listed:
		h.packs = slices.DeleteFunc(h.packs, func(y *extent) bool { return x == y })
	}
}

// Mapped is the sum of the extents that the heap holds.
func (h *Heap) Mapped() Bytes {
	var sum Bytes
	for _, x := range h.extents {
		sum = sum.AddSat(x.size)
	}
	return sum
}

// Orphans lists extents that the device has and the heap does not know: what
// a crash between mapping and booking left behind.
func (h *Heap) Orphans() []Extent {
	var orphans []Extent
	for _, x := range h.dev.Extents() {
		if _, known := h.extents[x.ID]; !known {
			orphans = append(orphans, x)
		}
	}
	return orphans
}
