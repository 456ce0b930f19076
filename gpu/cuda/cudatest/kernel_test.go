package cudatest_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

func TestKernelRuns(t *testing.T) {
	d := start(t, cudatest.Config{})
	ctx := d.context(0)
	x := d.extent(granule)
	fill, sum := d.kernel("gputest_fill"), d.kernel("gputest_sum")
	d.want(success, d.launch(fill, 128, 0, uint64(x.at), 1000, 3))
	d.want(success, d.launch(sum, 1, 0, uint64(x.at), 1000, uint64(x.at)+4096))
	got, code := d.read(x.at+4096, 8)
	if code != success || binary.LittleEndian.Uint64(got) != 3000 {
		t.Errorf("the sum is %d, %d", binary.LittleEndian.Uint64(got), code)
	}
	d.free(x)
	d.want(success, d.call("cuCtxDestroy_v2", ctx))
	d.leaksNothing()
}

// TestWildKernel has kernels that leave their memory in every way.
func TestWildKernel(t *testing.T) {
	tests := []struct {
		name   string
		config cudatest.Config
		access int
		kernel string
		args   func(x extent) []uint64
		want   int
	}{
		{"a store behind the end", cudatest.Config{}, accessReadWrite, "gputest_fill", func(x extent) []uint64 { return []uint64{uint64(x.at), granule + 1, 1} }, illegalAddress},
		{"a load before the start", cudatest.Config{}, accessReadWrite, "gputest_sum", func(x extent) []uint64 { return []uint64{uint64(x.at) - 1, 1, uint64(x.at)} }, illegalAddress},
		{"a store to nothing", cudatest.Config{}, accessReadWrite, "gputest_fill", func(extent) []uint64 { return []uint64{0, 1, 1} }, illegalAddress},
		{"a store to sealed memory", cudatest.Config{}, accessRead, "gputest_fill", func(x extent) []uint64 { return []uint64{uint64(x.at), 1, 1} }, illegalAddress},
		{"at once", cudatest.Config{Immediate: true}, accessRead, "gputest_fill", func(x extent) []uint64 { return []uint64{uint64(x.at), 1, 1} }, illegalAddress},
		{"a load from memory without access", cudatest.Config{}, accessNone, "gputest_sum", func(x extent) []uint64 { return []uint64{uint64(x.at), 1, uint64(x.at)} }, illegalAddress},
		{"a driver that only says read-only", cudatest.Config{ReadOnly: cudatest.ReadOnlyIgnored}, accessRead, "gputest_fill", func(x extent) []uint64 { return []uint64{uint64(x.at), 1, 1} }, success},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, tt.config)
			ctx := d.context(0)
			x := d.extent(granule)
			f := d.kernel(tt.kernel)
			d.want(success, d.access(x, tt.access))
			d.want(success, d.launch(f, 1, 0, tt.args(x)...)) // the launch itself is well
			d.want(tt.want, d.sync(0))
			if tt.want == success {
				return
			}
			// From now on every call fails, until the context is destroyed.
			d.want(tt.want, d.sync(0))
			d.want(tt.want, d.call("cuMemUnmap", x.at, granule))
			if _, code := d.read(x.at, 1); code != tt.want {
				t.Errorf("reading afterwards: %d", code)
			}
			d.want(success, d.call("cuCtxDestroy_v2", ctx))
			d.free(x)
			ctx = d.context(0)
			d.want(success, d.sync(0))
			d.want(success, d.call("cuCtxDestroy_v2", ctx))
			d.leaksNothing()
		})
	}
}

// TestCopiesRespectReadOnly has copies and fills instead of kernels.
func TestCopiesRespectReadOnly(t *testing.T) {
	for _, name := range []string{"copy", "fill"} {
		t.Run(name, func(t *testing.T) {
			d := start(t, cudatest.Config{})
			d.context(0)
			x := d.extent(granule)
			d.want(success, d.access(x, accessRead))
			if name == "copy" {
				d.want(success, d.write(x.at, []byte("1"), 0))
			} else {
				d.want(success, d.call("cuMemsetD8Async", x.at, 0, 1, 0))
			}
			d.want(illegalAddress, d.sync(0))
		})
	}
	d := start(t, cudatest.Config{ReadOnly: cudatest.ReadOnlyRefused})
	d.context(0)
	d.want(notSupported, d.access(d.extent(granule), accessRead))
}

// TestMemoryInUse has memory that is taken away under queued work.
func TestMemoryInUse(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	x := d.extent(granule)
	d.want(success, d.launch(d.kernel("gputest_fill"), 1, 0, uint64(x.at), 1, 1))
	d.free(x)
	d.want(illegalAddress, d.sync(0))
}

func TestLaunchIsRefused(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	x := d.extent(granule)
	f := d.kernel("gputest_fill")
	args := []uint64{uint64(x.at), 1, 1}
	other, code := d.load(strings.ReplaceAll(string(gputest.PTX()), "gputest_fill", "unknown_kernel"))
	d.want(success, code)
	strange, code := d.function(other, "unknown_kernel")
	d.want(success, code)
	if _, code := d.function(other, "gputest_fill"); code != notFound {
		t.Errorf("a name that is not in the module: %d", code)
	}
	tests := []struct {
		name string
		got  int
		want int
	}{
		{"too many threads", d.launch(f, 129, 0, args...), tooManyResources},
		{"far too many threads", d.launch(f, 1025, 0, args...), invalidValue},
		{"no threads", d.launch(f, 0, 0, args...), invalidValue},
		{"no stream", d.launch(f, 1, 4711, args...), invalidHandle},
		{"no function", d.launch(4711, 1, 0, args...), invalidHandle},
		{"a kernel that the fake does not have", d.launch(strange, 1, 0, args...), notSupported},
		{"no arguments", d.call("cuLaunchKernel", f, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0), invalidValue},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: answered %d, want %d", tt.name, tt.got, tt.want)
		}
	}
	d.want(success, d.call("cuModuleUnload", other))
	d.want(invalidHandle, d.call("cuModuleUnload", other))
	d.want(invalidHandle, d.launch(strange, 1, 0, args...))
}

func TestFunctionTellsItsParameters(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	f := d.kernel("gputest_fill")
	for i, want := range [][2]uint64{{0, 8}, {8, 8}, {16, 4}} {
		var offset, size uint64
		d.want(success, d.call("cuFuncGetParamInfo", f, uintptr(i), uintptr(unsafe.Pointer(&offset)), uintptr(unsafe.Pointer(&size))))
		if got := [2]uint64{offset, size}; got != want {
			t.Errorf("parameter %d: %v, want %v", i, got, want)
		}
	}
	var offset uint64
	d.want(invalidValue, d.call("cuFuncGetParamInfo", f, 3, uintptr(unsafe.Pointer(&offset)), 0))
	for attribute, want := range map[int]int32{0: 128, 1: 0, 3: 0, 5: 75, 6: 90} {
		var value int32
		d.want(success, d.call("cuFuncGetAttribute", uintptr(unsafe.Pointer(&value)), uintptr(attribute), f))
		if value != want {
			t.Errorf("attribute %d is %d, want %d", attribute, value, want)
		}
	}
	var blocks int32
	d.want(success, d.call("cuOccupancyMaxActiveBlocksPerMultiprocessor", uintptr(unsafe.Pointer(&blocks)), f, 128, 0))
	if blocks < 1 {
		t.Errorf("%d blocks", blocks)
	}
}
