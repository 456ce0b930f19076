package gputest

import (
	"bytes"
	"runtime"

	"github.com/vram-engine/vram-engine/gpu"
)

// host is the device as one that has host memory, or nothing.
func (r *rig) host() (gpu.HostMemory, bool) {
	r.Helper()
	d, ok := r.dev.(gpu.HostMemory)
	return d, r.offered(ok, "page-locked host memory")
}

// allocated is host memory of n bytes, which must be zero.
func (r *rig) allocated(d gpu.HostMemory, n gpu.Bytes) []byte {
	r.Helper()
	memory, err := d.AllocHost(n)
	r.ok(err)
	if gpu.BytesOf(len(memory)) != n {
		r.Fatalf("%d bytes of host memory, not %d", len(memory), uint64(n))
	}
	if bytes.Count(memory, []byte{0}) != len(memory) {
		r.Error("host memory is not zeroed")
	}
	return memory
}

// inUse checks what the driver counts, where it does.
func (r *rig) inUse(want gpu.Bytes) {
	r.Helper()
	if r.HostInUse != nil && r.HostInUse() != want {
		r.Errorf("the driver counts %d bytes of host memory, want %d", uint64(r.HostInUse()), uint64(want))
	}
}

// hostCopies sends bytes from host memory to the device and back, after
// another goroutine filled it.
func hostCopies(r *rig) {
	d, ok := r.host()
	if !ok {
		return
	}
	id := r.mapped(2)
	for i, n := range []gpu.Bytes{1, 4095, 4096, 100_000} {
		from, to := r.allocated(d, n), r.allocated(d, n)
		r.inUse(n.AddSat(n))
		p := pattern(n, uint64(i))
		filled := make(chan struct{})
		go func() {
			defer close(filled)
			copy(from, p)
		}()
		<-filled
		at := r.written(id, 3, from)
		if !bytes.Equal(r.contents(at), p) {
			r.Errorf("%d bytes of host memory arrived changed", len(p))
		}
		r.ok(r.dev.Read(at, to))
		if !bytes.Equal(to, p) {
			r.Errorf("%d bytes came back to host memory changed", len(p))
		}
		r.written(id, 3, from[len(from)/2:])
		r.ok(d.FreeHost(from))
		r.inUse(n)
		r.ok(d.FreeHost(to))
		r.inUse(0)
	}
	r.wiped()
}

// hostWiped looks for old contents in memory that is allocated again, and
// leaves some to Close.
func hostWiped(r *rig) {
	d, ok := r.host()
	if !ok {
		return
	}
	for i := range uint64(8) {
		memory := r.allocated(d, 64*gpu.KiB)
		copy(memory, pattern(64*gpu.KiB, i))
		r.ok(d.FreeHost(memory))
	}
	copy(r.allocated(d, 64*gpu.KiB), pattern(64*gpu.KiB, 9))
	r.inUse(64 * gpu.KiB)
	r.ok(r.dev.Close())
	r.wiped()
}

// wiped asks the driver, where it knows, whether what it got back was wiped.
func (r *rig) wiped() {
	r.Helper()
	if !r.offered(r.HostDirty != nil, "counting host memory that was not wiped") {
		return
	}
	got, err := r.HostDirty()
	r.ok(err)
	if got != 0 {
		r.Errorf("%d bytes of host memory were given back without being wiped", uint64(got))
	}
}

func hostRefused(r *rig) {
	d, ok := r.host()
	if !ok {
		return
	}
	for _, n := range []gpu.Bytes{0, gpu.MaxBytes} {
		memory, err := d.AllocHost(n)
		r.refused("host memory of "+n.String(), err, gpu.ErrInvalidValue)
		if memory != nil {
			r.Errorf("%d bytes of host memory after a refusal", len(memory))
		}
	}
	memory := r.allocated(d, 8192)
	copy(memory, pattern(8192, 1))
	for what, other := range map[string][]byte{
		"nothing": nil, "an empty slice": {}, "other memory": make([]byte, 8192),
		"the first part": memory[:4096], "the second part": memory[4096:], "no byte of it": memory[:0],
	} {
		r.refused("freeing "+what, d.FreeHost(other), gpu.ErrNotFound)
	}
	if !bytes.Equal(memory, pattern(8192, 1)) {
		r.Error("a refusal changed host memory")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		r.refused("freeing on another thread", d.FreeHost(memory), gpu.ErrWrongThread)
	}()
	<-done
	r.inUse(8192)
	r.ok(d.FreeHost(memory))
	r.refused("freeing twice", d.FreeHost(memory), gpu.ErrNotFound)
	r.inUse(0)
	last := r.allocated(d, 100)
	r.ok(r.dev.Close())
	r.refused("freeing after Close", d.FreeHost(last), gpu.ErrClosed)
}
