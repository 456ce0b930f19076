package sim

import (
	"bytes"
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
)

// span returns the memory of a span. It is valid until the extent is
// unmapped, which only the owning thread can do.
func (d *device) span(op Op, at gpu.Span) (*mapping, []byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.spanLocked(op, at)
}

// spanLocked is span for who holds the mutex.
func (d *device) spanLocked(op Op, at gpu.Span) (*mapping, []byte, error) {
	m, ok := d.extents[at.Extent]
	if !ok {
		return nil, nil, d.failure(op, gpu.ErrNotFound, "extent %d", at.Extent)
	}
	return d.part(op, at, m)
}

// part returns the memory of a span of a mapping.
func (d *device) part(op Op, at gpu.Span, m *mapping) (*mapping, []byte, error) {
	start, okS := at.Offset.Int()
	size, okN := at.Size.Int()
	if !at.Offset.Within(at.Size, m.size) || !okS || !okN {
		return nil, nil, d.failure(op, gpu.ErrInvalidValue, "%d bytes at offset %d do not fit in the %d of extent %d",
			uint64(at.Size), uint64(at.Offset), uint64(m.size), at.Extent)
	}
	return m, m.mem[start : start+size : start+size], nil
}

// access runs fn, which touches the mapping, and turns a fault into the
// device's error. A fault anywhere else is the caller's.
func (d *device) access(op Op, m *mapping, fn func()) error {
	return d.accessAny(op, []*mapping{m}, fn)
}

// accessAny is access to several mappings.
func (d *device) accessAny(op Op, over []*mapping, fn func()) error {
	var end ending
	guard(&end, fn)
	switch {
	case end.how == ranWell:
		return nil
	case end.how == ranFault && slices.ContainsFunc(over, func(m *mapping) bool { return m.holds(end.address) }):
		return d.crash(op, gpu.ErrIllegalAddress, "the extent's protection refuses it")
	default:
		return d.failure(op, gpu.ErrInvalidValue, "the caller's memory cannot be used")
	}
}

// Write refuses a read-only extent as a fault does. See gpu.Device.
func (d *device) Write(at gpu.Span, p []byte) error {
	err := d.write(at, p)
	d.control.record(err, "write extent %d +%d %d", at.Extent, uint64(at.Offset), uint64(at.Size))
	return err
}

func (d *device) write(at gpu.Span, p []byte) error {
	fault := d.begin(OpWrite)
	if fault != nil && !d.half(&at) {
		return fault
	}
	m, mem, err := d.span(OpWrite, at)
	if fault == nil && err == nil && len(mem) != len(p) {
		err = d.failure(OpWrite, gpu.ErrInvalidValue, "%d bytes for a span of %d", len(p), len(mem))
	}
	if err == nil {
		err = d.access(OpWrite, m, func() { copy(mem, p) })
	}
	if fault != nil {
		return fault
	}
	return err
}

// half reports whether a failing call does half of its work all the same,
// which a hostile device does unless it is closed or lost to the caller, and
// cuts the span accordingly.
func (d *device) half(at *gpu.Span) bool {
	at.Size /= 2
	return d.options.Hostile && d.usable(OpAny) == nil && d.poison == nil
}

// Read copies the span to p. See gpu.Device.
func (d *device) Read(at gpu.Span, p []byte) error {
	err := d.read(at, p)
	d.control.record(err, "read extent %d +%d %d", at.Extent, uint64(at.Offset), uint64(at.Size))
	return err
}

func (d *device) read(at gpu.Span, p []byte) error {
	if err := d.begin(OpRead); err != nil {
		return err
	}
	m, mem, err := d.span(OpRead, at)
	if err != nil {
		return err
	}
	if len(mem) != len(p) {
		return d.failure(OpRead, gpu.ErrInvalidValue, "%d bytes for a span of %d", len(p), len(mem))
	}
	return d.access(OpRead, m, func() { copy(p, mem) })
}

// Zero refuses a read-only extent as a fault does. See gpu.Device.
func (d *device) Zero(at gpu.Span) error {
	err := d.zero(at)
	d.control.record(err, "zero extent %d +%d %d", at.Extent, uint64(at.Offset), uint64(at.Size))
	return err
}

func (d *device) zero(at gpu.Span) error {
	fault := d.begin(OpZero)
	if fault != nil && !d.half(&at) {
		return fault
	}
	m, mem, err := d.span(OpZero, at)
	if err == nil {
		err = d.access(OpZero, m, func() { clear(mem) })
	}
	if fault != nil {
		return fault
	}
	return err
}

// NonZero looks at every byte of the span. See gpu.Device.
func (d *device) NonZero(at gpu.Span) (bool, error) {
	found, err := d.nonZero(at)
	d.control.record(err, "nonzero extent %d +%d %d = %t", at.Extent, uint64(at.Offset), uint64(at.Size), found)
	return found, err
}

func (d *device) nonZero(at gpu.Span) (bool, error) {
	if err := d.begin(OpNonZero); err != nil {
		return false, err
	}
	m, mem, err := d.span(OpNonZero, at)
	if err != nil {
		return false, err
	}
	found := false
	err = d.access(OpNonZero, m, func() { found = anyNonZero(mem) })
	return found, err
}

// anyNonZero compares page by page with a page of zero bytes.
func anyNonZero(mem []byte) bool {
	var zero [pageSize]byte
	for len(mem) > 0 {
		part := mem[:min(len(mem), len(zero))]
		if !bytes.Equal(part, zero[:len(part)]) {
			return true
		}
		mem = mem[len(part):]
	}
	return false
}
