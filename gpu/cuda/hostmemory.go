package cuda

import (
	"bytes"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// AllocHost asks the driver for page-locked memory. Mapping it into the device
// is not asked for; a device with unified addressing can reach it all the same,
// while it is there. Weights only pass through it. A driver that refuses, as under confidential computing some do,
// answers an error that leaves the device usable: pageable memory works too.
// See gpu.HostMemory.
func (d *device) AllocHost(size gpu.Bytes) ([]byte, error) {
	const op = "allocate host memory"
	if err := d.begin(op); err != nil {
		return nil, err
	}
	if _, ok := size.Int(); !ok || size == 0 {
		return nil, d.refuse(op, gpu.ErrInvalidValue, "%d bytes", uint64(size))
	}
	memory, r := d.lib.AllocateHost(size)
	if err := d.check(op, "cuMemHostAlloc", r); err != nil {
		return nil, err
	}
	clear(memory)
	d.hosts[&memory[0]] = memory
	return memory, nil
}

// FreeHost wipes the memory, makes sure that it is zero, and gives it back.
// The error is gpu.ErrNotFound for memory that AllocHost did not return. See
// gpu.HostMemory.
func (d *device) FreeHost(memory []byte) error {
	const op = "free host memory"
	if err := d.begin(op); err != nil {
		return err
	}
	if len(memory) == 0 {
		return d.refuse(op, gpu.ErrNotFound, "no memory was given")
	}
	whole, ok := d.hosts[&memory[0]]
	if !ok || len(whole) != len(memory) {
		return d.refuse(op, gpu.ErrNotFound, "this is no host memory of the device")
	}
	return d.freeHost(op, whole)
}

// freeHost waits for copies, wipes and frees.
func (d *device) freeHost(op string, memory []byte) error {
	if len(memory) == 0 {
		return nil
	}
	if err := d.wait(op, &d.lanes.copies, 0); err != nil {
		return err
	}
	if err := d.wipe(op, memory); err != nil {
		return err
	}
	if err := d.check(op, "cuMemFreeHost", d.lib.FreeHost(memory)); err != nil {
		return err
	}
	delete(d.hosts, &memory[0])
	return nil
}

func (d *device) wipe(op string, memory []byte) error {
	clear(memory)
	if bytes.Count(memory, []byte{0}) != len(memory) {
		return d.refuse(op, gpu.ErrScrubFailed, "host memory")
	}
	return nil
}

// freeHosts frees all host memory, and goes on after an error.
func (d *device) freeHosts(op string) error {
	var failed error
	for _, memory := range d.hosts {
		failed = errors.CombineErrors(failed, d.freeHost(op, memory))
	}
	return failed
}

// wipeHosts is for a poisoned device: host memory ends with the context.
func (d *device) wipeHosts(op string) error {
	var failed error
	for _, memory := range d.hosts {
		failed = errors.CombineErrors(failed, d.wipe(op, memory))
	}
	return failed
}
