package gpu

import (
	"fmt"

	"github.com/cockroachdb/errors"
)

// Heap places buffers on a device. A buffer larger than half a granule owns
// an extent; smaller ones share packs of one granule, so that 100,000 shards
// of 64 KiB take 6.3 GiB and not 195. It belongs to the device's thread. It
// is a plain struct that outlives the actor which drives it.
type Heap struct {
	dev     Device
	extents map[ExtentID]*extent
	packs   []*extent // packs with free slots, oldest first
}

// NewHeap returns an empty heap. The device's other extents are not its own.
func NewHeap(dev Device) *Heap {
	return &Heap{dev: dev, extents: map[ExtentID]*extent{}}
}

func (h *Heap) small(size Bytes) bool { return size <= h.dev.Info().Granularity/2 }

func (h *Heap) fail(op string, code Code, format string, args ...any) error {
	return &Error{Op: op, Device: h.dev.Info().Index, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// slots returns how many pack slots size takes.
func slots(size Bytes) (int, bool) {
	rounded, ok := size.RoundUp(BlockSize)
	if !ok {
		return 0, false
	}
	return (rounded / BlockSize).Int()
}

// Plan returns how many bytes an allocation of size would map anew: zero if
// it fits into a pack that is there.
func (h *Heap) Plan(size Bytes) (Bytes, error) {
	g := h.dev.Info().Granularity
	if size == 0 {
		return 0, h.fail("allocate", ErrInvalidValue, "a size of 0 bytes")
	}
	if !h.small(size) {
		mapped, ok := size.RoundUp(g)
		if !ok {
			return 0, h.fail("allocate", ErrOutOfMemory, "%d bytes are more than an address can count", uint64(size))
		}
		return mapped, nil
	}
	n, ok := slots(size)
	if !ok {
		return 0, h.fail("allocate", ErrInvalidValue, "a size of %d bytes", uint64(size))
	}
	for _, x := range h.packs {
		if first, ok := x.pack.take(n); ok {
			x.pack.give(first, n)
			return 0, nil
		}
	}
	return g, nil
}

// Alloc places a buffer of size bytes, writable, with a zero tail; the bytes
// themselves are undefined. Buffers that share its pack are exposed (see
// Exposures). ErrOutOfMemory when the device has no room.
func (h *Heap) Alloc(size Bytes) (*Buffer, error) {
	mapped, err := h.Plan(size)
	if err != nil {
		return nil, err
	}
	if !h.small(size) {
		return h.allocOwn(size, mapped)
	}
	n, ok := slots(size)
	if !ok {
		return nil, h.fail("allocate", ErrInvalidValue, "a size of %d bytes", uint64(size))
	}
	for _, x := range h.packs {
		if b, err := h.allocIn(x, size, n); b != nil || err != nil {
			return b, err
		}
	}
	x, err := h.mapExtent(mapped, Bytes(0))
	if err != nil {
		return nil, err
	}
	x.pack = newPack(x.size)
	h.packs = append(h.packs, x)
	b, err := h.allocIn(x, size, n)
	if b == nil && err == nil {
		err = errors.AssertionFailedf("an empty pack has no room for %d slots", n)
	}
	return b, err
}

// mapExtent maps an extent and zeroes it from the offset on.
func (h *Heap) mapExtent(size, zeroFrom Bytes) (*extent, error) {
	id, err := h.dev.Map(size)
	if err != nil {
		return nil, err
	}
	if tail := size.SubSat(zeroFrom); tail > 0 {
		if err := h.dev.Zero(Span{Extent: id, Offset: zeroFrom, Size: tail}); err != nil {
			return nil, errors.CombineErrors(err, h.giveUp(id, size))
		}
	}
	x := &extent{id: id, size: size, prot: ReadWrite, exposures: 1}
	h.extents[id] = x
	return x, nil
}

// giveUp zeroes and unmaps an extent that could not be prepared. If it stays
// mapped, because either fails, it is an orphan.
func (h *Heap) giveUp(id ExtentID, size Bytes) error {
	if err := h.dev.Zero(Span{Extent: id, Size: size}); err != nil {
		return err
	}
	return h.dev.Unmap(id)
}

func (h *Heap) allocOwn(size, mapped Bytes) (*Buffer, error) {
	x, err := h.mapExtent(mapped, size)
	if err != nil {
		return nil, err
	}
	x.open, x.buffers = 1, 1
	return &Buffer{dev: h.dev, heap: h, span: Span{Extent: x.id, Size: size}, slot: mapped}, nil
}

// allocIn places a buffer in the pack, or returns nil without an error when
// it has no run of n slots.
func (h *Heap) allocIn(x *extent, size Bytes, n int) (*Buffer, error) {
	first, ok := x.pack.take(n)
	if !ok {
		return nil, nil
	}
	offset, okO := BlockSize.Mul(uint64(first)) //nolint:gosec // first is an index, never negative
	slot, okS := BlockSize.Mul(uint64(n))       //nolint:gosec // n is positive
	if !okO || !okS {
		x.pack.give(first, n)
		return nil, errors.AssertionFailedf("a slot lies beyond the address space")
	}
	if err := x.protect(h.dev, ReadWrite); err != nil {
		x.pack.give(first, n)
		return nil, err
	}
	x.open++
	x.buffers++
	h.relist(x)
	return &Buffer{dev: h.dev, heap: h, span: Span{Extent: x.id, Offset: offset, Size: size}, slot: slot}, nil
}

// Seal ends the writing of a buffer. Its mapping becomes read-only as soon as
// no other buffer of the pack is being written.
func (h *Heap) Seal(b *Buffer) error {
	x, err := h.extentOf("protect", b)
	if err != nil || b.sealed {
		return err
	}
	if b.ending {
		return h.fail("protect", ErrInvalidValue, "the buffer is being scrubbed")
	}
	if x.open == 1 {
		if err := x.protect(h.dev, ReadOnly); err != nil {
			return err
		}
	}
	x.open--
	b.sealed = true
	return nil
}

// Exposures counts the changes of the protection of the buffer's memory. A
// digest proves something about protected bytes only if the count has not
// changed since its pass started.
func (h *Heap) Exposures(b *Buffer) uint64 {
	if x, err := h.extentOf("exposures", b); err == nil {
		return x.exposures
	}
	return 0
}

// Protected reports whether the device refuses writes to the buffer now.
func (h *Heap) Protected(b *Buffer) bool {
	x, err := h.extentOf("protected", b)
	return err == nil && x.prot == ReadOnly && h.dev.Info().ReadOnlyMappings
}

func (h *Heap) extentOf(op string, b *Buffer) (*extent, error) {
	if b == nil || b.freed {
		return nil, h.fail(op, ErrNotFound, "the buffer was freed")
	}
	x, ok := h.extents[b.span.Extent]
	if !ok || b.heap != h {
		return nil, h.fail(op, ErrNotFound, "the buffer belongs to another heap")
	}
	return x, nil
}
