package cudatest_test

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

func TestMemoryComesAndGoes(t *testing.T) {
	d := start(t, cudatest.Config{Memory: 8 * granule})
	ctx := d.context(0)
	x := d.extent(3 * granule)
	if got := d.c.Mapped(0); got != 3*granule {
		t.Errorf("mapped %v", got)
	}
	var free, total uint64
	d.want(success, d.call("cuMemGetInfo_v2", uintptr(unsafe.Pointer(&free)), uintptr(unsafe.Pointer(&total))))
	if free != 5*granule || total != 8*granule {
		t.Errorf("%d of %d free", free, total)
	}
	text := []byte("the same bytes")
	d.want(success, d.write(x.at+granule-3, text, 0))
	if got, code := d.read(x.at+granule-3, len(text)); code != success || !bytes.Equal(got, text) {
		t.Errorf("read %q, %d", got, code)
	}
	at, ok := d.c.Find(0, text)
	if want := (cudatest.Place{Serial: 1, Offset: granule - 3}); !ok || at != want {
		t.Errorf("found at %+v, %v", at, ok)
	}
	if list := d.c.List(0); len(list) != 1 || list[0] != (cudatest.Allocation{Serial: 1, Size: 3 * granule}) {
		t.Errorf("allocations %+v", list)
	}
	d.free(x)
	if _, ok := d.c.Find(0, text); ok {
		t.Error("found in memory that was given back")
	}
	if dirty := d.c.Dirty(0); dirty != 3*granule {
		t.Errorf("%v dirty bytes; memory starts with garbage, which nobody cleaned", dirty)
	}
	d.want(success, d.call("cuCtxDestroy_v2", ctx))
	d.leaksNothing()
}

// TestMemoryKeepsItsContents is what a driver may do to whoever does not scrub.
func TestMemoryKeepsItsContents(t *testing.T) {
	d := start(t, cudatest.Config{Clean: true})
	d.context(0)
	x := d.extent(granule)
	d.want(success, d.write(x.at, []byte("secret"), 0))
	d.want(success, d.sync(0))
	d.free(x)
	if dirty := d.c.Dirty(0); dirty != 6 {
		t.Errorf("%v dirty bytes", dirty)
	}
	y := d.extent(granule)
	if got, code := d.read(y.at, 6); code != success || string(got) != "secret" {
		t.Errorf("read %q, %d", got, code)
	}
	d.want(success, d.call("cuMemsetD8Async", y.at, 0, granule, 0))
	d.want(success, d.sync(0))
	d.free(y)
	if dirty := d.c.Dirty(0); dirty != 0 {
		t.Errorf("%v dirty bytes after a scrub", dirty)
	}
}

func TestMemoryStartsWithGarbage(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	x := d.extent(granule)
	got, code := d.read(x.at+granule-64, 64)
	if code != success || bytes.Count(got, []byte{0}) != 0 {
		t.Errorf("read %d zero bytes, %d", bytes.Count(got, []byte{0}), code)
	}
}

func TestOutOfMemory(t *testing.T) {
	d := start(t, cudatest.Config{Memory: 4 * granule})
	d.context(0)
	d.c.Process(0, 77, granule)
	if _, code := d.create(0, 4*granule); code != outOfMemory {
		t.Errorf("answered %d", code)
	}
	x := d.extent(3 * granule)
	if _, code := d.create(0, granule); code != outOfMemory {
		t.Errorf("answered %d", code)
	}
	d.c.Process(0, 77, 0)
	handle, code := d.create(0, granule)
	d.want(success, code)
	d.want(success, d.call("cuMemRelease", uintptr(handle)))
	d.free(x)
}

func TestMemoryIsRefused(t *testing.T) {
	d := start(t, cudatest.Config{})
	if _, code := d.create(0, granule); code != notInitialised {
		t.Errorf("before cuInit: %d", code)
	}
	d.context(0)
	x := d.extent(2 * granule)
	var at uintptr
	cases := []struct {
		name string
		want int
		call func() int
	}{
		{"a size that is no multiple", invalidValue, func() int { _, code := d.create(0, granule+1); return code }},
		{"no size", invalidValue, func() int { _, code := d.create(0, 0); return code }},
		{"no such device", invalidDevice, func() int { _, code := d.create(1, granule); return code }},
		{"an odd reservation", invalidValue, func() int {
			return d.call("cuMemAddressReserve", uintptr(unsafe.Pointer(&at)), 4096, 0, 0, 0)
		}},
		{"part of a mapping", invalidValue, func() int { return d.call("cuMemUnmap", x.at, granule) }},
		{"more than a mapping", invalidValue, func() int { return d.call("cuMemUnmap", x.at, 3*granule) }},
		{"access to a part", invalidValue, func() int { return d.access(extent{at: x.at, size: granule}, accessRead) }},
		{"access that does not exist", invalidValue, func() int { return d.access(x, 2) }},
		{"mapping twice", invalidValue, func() int { return d.call("cuMemMap", x.at, 2*granule, 0, uintptr(x.handle), 0) }},
		{"no handle", invalidValue, func() int { return d.call("cuMemMap", x.at, 2*granule, 0, 1234, 0) }},
		{"addresses with a mapping", invalidValue, func() int { return d.call("cuMemAddressFree", x.at, 2*granule) }},
		{"half of the addresses", invalidValue, func() int { return d.call("cuMemAddressFree", x.at, granule) }},
		{"writing behind the end", invalidValue, func() int { return d.write(x.at+2*granule-1, []byte("12"), 0) }},
		{"reading before the start", invalidValue, func() int { _, code := d.read(x.at-1, 2); return code }},
		{"filling behind the end", invalidValue, func() int { return d.call("cuMemsetD32Async", x.at, 0, granule, 0) }},
		{"filling at an odd place", invalidValue, func() int { return d.call("cuMemsetD32Async", x.at+2, 0, 1, 0) }},
	}
	for _, tt := range cases {
		if got := tt.call(); got != tt.want {
			t.Errorf("%s: answered %d, want %d", tt.name, got, tt.want)
		}
	}
	d.free(x)
	if got := d.call("cuMemRelease", uintptr(x.handle)); got != invalidValue {
		t.Errorf("double release: %d", got)
	}
	if got := d.call("cuMemUnmap", x.at, uintptr(x.size)); got != invalidValue {
		t.Errorf("double unmapping: %d", got)
	}
	if got := d.write(x.at, []byte("1"), 0); got != invalidValue {
		t.Errorf("use after unmapping: %d", got)
	}
}

// TestHandlesCount holds that memory lives while something refers to it.
func TestHandlesCount(t *testing.T) {
	d := start(t, cudatest.Config{Memory: granule})
	d.context(0)
	x := d.extent(granule)
	var again uint64
	d.want(success, d.call("cuMemRetainAllocationHandle", uintptr(unsafe.Pointer(&again)), x.at+5))
	d.want(success, d.call("cuMemRelease", uintptr(x.handle)))
	d.want(success, d.call("cuMemRelease", uintptr(again)))
	d.want(invalidValue, d.call("cuMemRelease", uintptr(again)))
	if _, code := d.create(0, granule); code != outOfMemory {
		t.Errorf("the mapping keeps the memory: %d", code)
	}
	if l := d.c.Live(); l.Handles != 0 || l.Mappings != 1 {
		t.Errorf("live %+v", l)
	}
	d.want(success, d.call("cuMemUnmap", x.at, granule))
	handle, code := d.create(0, granule)
	d.want(success, code)
	if d.c.Leaks() == nil {
		t.Error("a context, a reservation and a handle are no leak?")
	}
	d.want(success, d.call("cuMemRelease", uintptr(handle)))
}

func TestFlip(t *testing.T) {
	d := start(t, cudatest.Config{Devices: 2})
	d.context(0)
	x := d.extent(2 * granule)
	d.want(success, d.call("cuMemsetD8Async", x.at, 0, 2*granule, 0))
	d.want(success, d.sync(0))
	d.want(success, d.access(x, accessRead))
	d.c.Flip(0, cudatest.Place{Serial: 1, Offset: granule + 9}, 6)
	if got, code := d.read(x.at+granule+8, 3); code != success || !bytes.Equal(got, []byte{0, 64, 0}) {
		t.Errorf("read %v, %d", got, code)
	}
	var quiet quietTB
	bad := cudatest.Dial(&quiet, "no such socket")
	bad.Flip(0, cudatest.Place{Serial: 1}, 0)
	if quiet.errors != 1 {
		t.Errorf("a command that fails is %d errors of the test", quiet.errors)
	}
}

func TestPinnedMemory(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	x := d.extent(granule)
	var host unsafe.Pointer
	d.want(invalidValue, d.call("cuMemHostAlloc", uintptr(unsafe.Pointer(&host)), 100, 2)) // mapped into the device
	d.want(success, d.call("cuMemHostAlloc", uintptr(unsafe.Pointer(&host)), 100, 1))
	p := unsafe.Slice((*byte)(host), 100)
	copy(p, "first")
	d.want(success, d.call("cuMemcpyHtoDAsync_v2", x.at, uintptr(host), 5, 0))
	copy(p, "other") // too early: the copy has not run
	if got, code := d.read(x.at, 5); code != success || string(got) != "other" {
		t.Errorf("read %q, %d; who does not wait must see it", got, code)
	}
	d.want(invalidValue, d.call("cuMemFreeHost", uintptr(host)+1))
	d.want(success, d.call("cuMemFreeHost", uintptr(host)))
	d.want(invalidValue, d.call("cuMemFreeHost", uintptr(host)))
	if got := d.c.HostDirty(); got != gpu.Bytes(len("other")) {
		t.Errorf("%v dirty bytes of host memory", got)
	}
}
