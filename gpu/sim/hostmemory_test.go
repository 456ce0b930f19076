package sim_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

func host(t *testing.T, d gpu.Device) gpu.HostMemory {
	t.Helper()
	h, has := d.(gpu.HostMemory)
	if !has {
		t.Fatal("the simulated device has no host memory")
	}
	return h
}

// TestHostMemoryThatLeaks is counted while the device is open, and when Close
// finds it.
func TestHostMemoryThatLeaks(t *testing.T) {
	runtime.LockOSThread()
	b, c := newBackend(t, small())
	if n := c.HostMemory(); n != 0 {
		t.Errorf("%d bytes before the device was opened", uint64(n))
	}
	for _, leak := range []bool{true, false} {
		d, err := b.Open(0)
		ok(t, err)
		h := host(t, d)
		first, err := h.AllocHost(100)
		ok(t, err)
		second, err := h.AllocHost(5000)
		ok(t, err)
		if n := c.HostMemory(); n != 5100 {
			t.Errorf("%d bytes are counted of 5100", uint64(n))
		}
		ok(t, h.FreeHost(first))
		want := gpu.Bytes(5000)
		if !leak {
			ok(t, h.FreeHost(second))
			want = 0
		}
		ok(t, d.Close())
		if n := c.HostMemory(); n != want {
			t.Errorf("%d bytes leaked, want %d", uint64(n), uint64(want))
		}
	}
}

func TestHostMemoryThatIsRefused(t *testing.T) {
	d, c := opened(t, small())
	h := host(t, d)
	_, err := h.AllocHost(1 << 60) // more than a process can address
	fails(t, err, gpu.ErrOutOfMemory, false)
	c.Fail(sim.OpAllocHost, 1, gpu.ErrOutOfMemory, false)
	_, err = h.AllocHost(100)
	fails(t, err, gpu.ErrOutOfMemory, false)
	memory, err := h.AllocHost(100)
	ok(t, err)
	copy(memory, "weights")
	c.Fail(sim.OpFreeHost, 1, gpu.ErrUnknown, false)
	fails(t, h.FreeHost(memory), gpu.ErrUnknown, false)
	if n := c.HostMemory(); n != 100 || !bytes.HasPrefix(memory, []byte("weights")) {
		t.Errorf("%d bytes after a failure to free them", uint64(n))
	}
	ok(t, h.FreeHost(memory))
	c.Lose()
	_, err = h.AllocHost(100)
	fails(t, err, gpu.ErrLost, true)
}
