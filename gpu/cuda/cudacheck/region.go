package cudacheck

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// region is device memory of a bed.
type region struct {
	b        *bed
	base     driver.Ptr
	size     gpu.Bytes
	memory   driver.Handle
	created  bool
	reserved bool
	mapped   bool
}

// region maps at least size bytes that can be read and written. What they hold
// is undefined. It is freed when the bed is closed, or earlier by the caller.
func (b *bed) region(size gpu.Bytes) (*region, error) {
	rounded, ok := max(size, 1).RoundUp(b.unit)
	if !ok {
		return nil, errors.New("cudacheck: more memory than can be addressed")
	}
	x := &region{b: b, size: rounded}
	b.later(x.free)
	if err := x.prepare(); err != nil {
		return nil, errors.CombineErrors(err, x.free())
	}
	return x, nil
}

func (x *region) prepare() error {
	lib := x.b.lib
	var r driver.Result
	if x.memory, r = lib.CreateMemory(x.b.handle, x.size); r != driver.Success {
		return answered("cuMemCreate", r)
	}
	x.created = true
	if x.base, r = lib.ReserveAddress(x.size, x.b.unit); r != driver.Success {
		return answered("cuMemAddressReserve", r)
	}
	x.reserved = true
	if r = lib.Map(x.base, x.size, x.memory); r != driver.Success {
		return answered("cuMemMap", r)
	}
	x.mapped = true
	return x.access(driver.AccessReadWrite)
}

func (x *region) access(a driver.Access) error {
	return answered("cuMemSetAccess", x.b.lib.SetAccess(x.base, x.size, x.b.handle, a))
}

func (x *region) at(offset gpu.Bytes) driver.Ptr { return x.base + driver.Ptr(offset) }

// free gives back what is there of the region, as it is: nothing is scrubbed.
func (x *region) free() error {
	var err error
	if x.mapped {
		x.mapped = false
		err = errors.CombineErrors(err, answered("cuMemUnmap", x.b.lib.Unmap(x.base, x.size)))
	}
	if x.created {
		x.created = false
		err = errors.CombineErrors(err, answered("cuMemRelease", x.b.lib.ReleaseMemory(x.memory)))
	}
	if x.reserved {
		x.reserved = false
		err = errors.CombineErrors(err, answered("cuMemAddressFree", x.b.lib.FreeAddress(x.base, x.size)))
	}
	return err
}

// spare is how much memory a part may take: most of what is free, in whole
// granules, and the rest for what a part needs beside.
func (b *bed) spare() (gpu.Bytes, error) {
	free, _, r := b.lib.MemoryInfo()
	if err := answered("cuMemGetInfo", r); err != nil {
		return 0, err
	}
	most := free / 8 * 6
	return most - most%b.unit, nil
}

// fill writes a word of 4 bytes to all of the region.
func (x *region) fill(value uint32) error {
	if err := answered("cuMemsetD32Async", x.b.lib.Fill32(x.base, value, x.size, x.b.stream)); err != nil {
		return err
	}
	return x.b.wait()
}
