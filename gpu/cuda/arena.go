package cuda

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// arena is device memory for the package's own use: hashes, tables of jobs,
// answers. Its first chunk is mapped when the device is opened and stays; more
// are mapped when they are needed and given back when they are empty.
//
// A block is zeroed when it is given back, behind the work that used it. That
// it is zero is proven when its chunk goes back to the driver: until then
// nobody else can get it.
type arena struct {
	chunks []*chunk
}

// chunk is one mapping of the arena.
type chunk struct {
	m      *mapping
	base   bool
	ranges ranges
}

// block is a part of a chunk. The zero block is empty and may be given back.
type block struct {
	chunk  *chunk
	offset gpu.Bytes
	size   gpu.Bytes
}

// at is the address of a byte of the block.
func (b *block) at(offset gpu.Bytes) driver.Ptr {
	return b.chunk.m.at(b.offset.AddSat(offset))
}

// mapped is the sum of the chunks.
func (a *arena) mapped() gpu.Bytes {
	var sum gpu.Bytes
	for _, c := range a.chunks {
		sum = sum.AddSat(c.m.size)
	}
	return sum
}

// arenaUnit is what blocks are multiples of, and aligned to.
const arenaUnit = 256 * gpu.Bytes(1)

// grow maps another chunk.
func (d *device) grow(op string, size gpu.Bytes, base bool) (*chunk, error) {
	size, ok := size.RoundUp(d.info.Granularity)
	if !ok {
		return nil, d.refuse(op, gpu.ErrOutOfMemory, "hashes of more than can be addressed")
	}
	if size > d.info.Total {
		return nil, d.refuse(op, gpu.ErrOutOfMemory, "hashes of %s on a device of %s", size, d.info.Total)
	}
	m, err := d.newMapping(op, size)
	if err != nil {
		return nil, err
	}
	c := &chunk{m: m, base: base, ranges: newRanges(size)}
	d.arena.chunks = append(d.arena.chunks, c)
	return c, nil
}

// take gives a block of at least size bytes, whose contents are undefined. The
// error is gpu.ErrOutOfMemory when the device has no room.
func (d *device) take(op string, size gpu.Bytes) (*block, error) {
	rounded, ok := max(size, 1).RoundUp(arenaUnit)
	if !ok {
		return nil, d.refuse(op, gpu.ErrOutOfMemory, "hashes of more than can be addressed")
	}
	for _, c := range d.arena.chunks {
		if offset, ok := c.ranges.take(rounded); ok {
			return &block{chunk: c, offset: offset, size: rounded}, nil
		}
	}
	c, err := d.grow(op, rounded, false)
	if err != nil {
		return nil, err
	}
	offset, ok := c.ranges.take(rounded)
	if !ok {
		return nil, errors.AssertionFailedf("cuda: an empty chunk has no room")
	}
	return &block{chunk: c, offset: offset, size: rounded}, nil
}

// give zeroes a block, behind the work of the digest lane, and takes it back.
// A chunk that is empty then is proven to be zero and unmapped. After an error
// the block is lost to the arena until Close, which scrubs all of it. On a
// poisoned device nothing is done: Close leaves scrubbing to the driver.
func (d *device) give(op string, b *block) error {
	if b == nil || b.chunk == nil || d.closed || d.dead() {
		return nil
	}
	part := *b
	*b = block{}
	if err := d.queueZero(op, &d.lanes.digest, part.at(0), 0, part.size); err != nil {
		return err
	}
	c := part.chunk
	c.ranges.give(part.offset, part.size)
	if c.base || !c.ranges.whole(c.m.size) {
		return nil
	}
	return d.shrink(op, c)
}

// shrink zeroes all of a chunk, since parts that were never taken hold what
// was there before, proves it, and gives the chunk back.
func (d *device) shrink(op string, c *chunk) error {
	if err := d.wait(op, &d.lanes.digest, 0); err != nil {
		return err
	}
	if err := d.scrub(op, c.m, 0); err != nil {
		return err
	}
	kept := d.arena.chunks[:0]
	for _, other := range d.arena.chunks {
		if other != c {
			kept = append(kept, other)
		}
	}
	d.arena.chunks = kept
	if err := d.dropMapping(op, c.m); err != nil {
		d.stuck = append(d.stuck, c.m)
		return err
	}
	return nil
}
