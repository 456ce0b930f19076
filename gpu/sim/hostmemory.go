package sim

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// AllocHost returns staging memory like any other: copies from it are no
// faster. See gpu.HostMemory.
func (d *device) AllocHost(size gpu.Bytes) ([]byte, error) {
	memory, err := d.allocHost(size)
	d.control.record(err, "allocate host memory %d", uint64(size))
	return memory, err
}

func (d *device) allocHost(size gpu.Bytes) ([]byte, error) {
	if err := d.begin(OpAllocHost); err != nil {
		return nil, err
	}
	if _, ok := size.Int(); !ok || size == 0 {
		return nil, d.failure(OpAllocHost, gpu.ErrInvalidValue, "%d bytes", uint64(size))
	}
	made, err := gpu.NewStaging(size)
	if err != nil {
		return nil, d.failure(OpAllocHost, gpu.ErrOutOfMemory, "%v", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	memory := made.Bytes()
	d.hosts[&memory[0]] = made
	return memory, nil
}

// FreeHost wipes the memory and gives it back to the host. The error is
// gpu.ErrNotFound for memory that AllocHost did not return, and for a part of
// it. See gpu.HostMemory.
func (d *device) FreeHost(memory []byte) error {
	err := d.freeHost(memory)
	d.control.record(err, "free host memory %d", len(memory))
	return err
}

func (d *device) freeHost(memory []byte) error {
	if err := d.begin(OpFreeHost); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(memory) == 0 {
		return d.failure(OpFreeHost, gpu.ErrNotFound, "no memory was given")
	}
	made, ok := d.hosts[&memory[0]]
	if !ok || len(made.Bytes()) != len(memory) {
		return d.failure(OpFreeHost, gpu.ErrNotFound, "this is no host memory of the device")
	}
	delete(d.hosts, &memory[0])
	if err := made.Close(); err != nil {
		return d.hostFailure(OpFreeHost, err)
	}
	return nil
}

// dropHosts gives all host memory back, going on after an error, and counts
// it as left behind. The mutex is held.
func (d *device) dropHosts() error {
	var failed error
	d.hostsLeft = d.hostMemory()
	for at, made := range d.hosts {
		failed = errors.Join(failed, made.Close())
		delete(d.hosts, at)
	}
	return failed
}

// hostMemory is the sum of what was allocated. The mutex is held.
func (d *device) hostMemory() gpu.Bytes {
	var sum gpu.Bytes
	for _, made := range d.hosts {
		sum = sum.AddSat(gpu.BytesOf(len(made.Bytes())))
	}
	return sum
}

// HostMemory is the page-locked host memory that was allocated and not given
// back. After the device's Close it says what Close found: what leaked.
func (c *Control) HostMemory() gpu.Bytes {
	d, err := c.device("host memory")
	if err != nil {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hostsLeft.AddSat(d.hostMemory())
}
