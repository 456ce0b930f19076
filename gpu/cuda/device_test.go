package cuda_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/gputest"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// fresh opens a device of a fake driver on the test's thread, and closes it at
// the end without a leak.
func fresh(t *testing.T, config cudatest.Config, o cuda.Options) (device, *cudatest.Control) {
	t.Helper()
	control := cudatest.Start(t, config)
	runtime.LockOSThread()
	d, err := opened(t, made(t, control, o))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := control.Leaks(); err != nil {
			t.Error(err)
		}
	})
	return d, control
}

// filled maps an extent of n granules with data.
func filled(t *testing.T, d gpu.Device, n gpu.Bytes) (gpu.Span, []byte) {
	t.Helper()
	size := n * d.Info().Granularity
	id, err := d.Map(size)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i*7 + i>>8 + 1)
	}
	at := gpu.Span{Extent: id, Size: size}
	if err := d.Write(at, data); err != nil {
		t.Fatal(err)
	}
	return at, data
}

func TestUnmapIsTriedAgain(t *testing.T) {
	d, control := fresh(t, small(), cuda.Options{})
	for _, call := range []string{"cuMemUnmap", "cuMemAddressFree"} {
		at, _ := filled(t, d, 1)
		if err := d.Zero(at); err != nil {
			t.Fatal(err)
		}
		control.Fail(call, 1, 801)
		if err := d.Unmap(at.Extent); !errors.Is(err, gpu.ErrNotSupported) || !strings.Contains(err.Error(), call) {
			t.Errorf("%s: %v", call, err)
		}
		if list := d.Extents(); len(list) != 1 || list[0].ID != at.Extent {
			t.Errorf("%s: %+v", call, list)
		}
		_, err := d.NonZero(at)
		if gone := call == "cuMemAddressFree"; gone != errors.Is(err, gpu.ErrNotFound) || !gone && err != nil {
			t.Errorf("%s: using what is left: %v", call, err)
		}
		if err := d.Unmap(at.Extent); err != nil || len(d.Extents()) != 0 {
			t.Errorf("%s: a second time: %v", call, err)
		}
	}
}

// TestALostDevice falls off the bus in the middle of a pass.
func TestALostDevice(t *testing.T) {
	control := cudatest.Start(t, small())
	runtime.LockOSThread()
	d, err := opened(t, made(t, control, cuda.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	at, _ := filled(t, d, 4)
	p, err := d.Digest([]gpu.DigestJob{{Span: at, Keep: true}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Step(0); err != nil {
		t.Fatal(err)
	}
	control.Lose(0)
	if _, err := p.Step(time.Millisecond); !gpu.IsSticky(err) {
		t.Errorf("step: %v", err)
	}
	if _, err := d.Map(d.Info().Granularity); !gpu.IsSticky(err) {
		t.Errorf("map: %v", err)
	}
	if list := d.Extents(); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	if err := p.Close(); err != nil {
		t.Errorf("closing the pass: %v", err)
	}
	if err := errors.Join(d.Close(), control.Leaks()); err != nil {
		t.Errorf("close: %v", err)
	}
	if n := d.Info().Notes; !strings.Contains(strings.Join(n, "\n"), "scrubbing was left to the driver") {
		t.Errorf("notes %q", n)
	}
}

// TestAWildKernel writes behind its extent. The launch succeeds; the device
// fails.
func TestAWildKernel(t *testing.T) {
	d, _ := fresh(t, small(), cuda.Options{})
	at, _ := filled(t, d, 1)
	if err := register(d); err != nil {
		t.Fatal(err)
	}
	beyond := gpu.Uint64Arg(uint64(at.Size) + 1)
	if err := d.Launch(gpu.Launch{Kernel: "gputest_fill", Args: []gpu.Arg{gpu.SpanArg(at), beyond, gpu.Uint32Arg(1)}}); err != nil {
		t.Fatal(err)
	}
	var err error
	for idle := false; !idle && err == nil; {
		idle, err = d.Idle(time.Millisecond)
	}
	if !errors.Is(err, gpu.ErrIllegalAddress) || !gpu.IsSticky(err) {
		t.Errorf("%v", err)
	}
	if _, err := d.Memory(); !gpu.IsSticky(err) {
		t.Errorf("afterwards: %v", err)
	}
}

// TestAFullDevice digests with what was set aside: in windows, since the leaves
// of all of it have no room.
func TestAFullDevice(t *testing.T) {
	config := cudatest.Config{Memory: 24 * gpu.MiB, Granularity: 64 * gpu.KiB, Immediate: true}
	d, _ := fresh(t, config, cuda.Options{})
	at, data := filled(t, d, 300)
	var rest []gpu.ExtentID
	for {
		id, err := d.Map(d.Info().Granularity)
		if errors.Is(err, gpu.ErrOutOfMemory) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rest = append(rest, id)
	}
	spans := []gpu.Span{at, {Extent: at.Extent, Offset: 5, Size: 600_001}, {Extent: at.Extent}, {Extent: at.Extent, Offset: 77, Size: 10}}
	var jobs []gpu.DigestJob
	for _, s := range spans {
		jobs = append(jobs, gpu.DigestJob{Span: s})
	}
	p, err := d.Digest(jobs)
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	for done := false; !done; steps++ {
		if done, err = p.Step(20 * time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	results, err := p.Results()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range spans {
		if results[i].Digest != verity.Sum(data[s.Offset:s.Offset+s.Size]) {
			t.Errorf("job %d: the digest is not fs-verity's", i)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	_, err = d.Digest([]gpu.DigestJob{{Span: at, Keep: true}})
	if !errors.Is(err, gpu.ErrOutOfMemory) || gpu.IsSticky(err) {
		t.Errorf("keeping hashes where there is no room: %v", err)
	}
	for _, id := range rest {
		if err := d.Unmap(id); err != nil {
			t.Fatal(err)
		}
	}
	found(t, d, at, data)
}

// found keeps hashes, changes a byte in one of the last blocks, and expects it
// to be named.
func found(t *testing.T, d gpu.Device, at gpu.Span, data []byte) {
	t.Helper()
	first, err := digested(d, gpu.DigestJob{Span: at, Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	offset := at.Size - 3*gpu.BlockSize - 1
	if err := d.Write(gpu.Span{Extent: at.Extent, Offset: offset, Size: 1}, []byte{^data[offset]}); err != nil {
		t.Fatal(err)
	}
	second, err := digested(d, gpu.DigestJob{Span: at, Expect: first.Kept})
	if err != nil || second.BadBlock != int64(offset/gpu.BlockSize) {
		t.Errorf("block %d is named, and %d was changed: %v", second.BadBlock, offset/gpu.BlockSize, err)
	}
	if again, err := first.Kept.Check(); err != nil || again != first.Digest || again != verity.Sum(data) {
		t.Errorf("the kept hashes do not lead to the digest: %v", err)
	}
	if err := first.Kept.Close(); err != nil {
		t.Error(err)
	}
}

// TestHashesThatEndBeforeTheirComparison are closed while a pass that expects
// them is under way.
func TestHashesThatEndBeforeTheirComparison(t *testing.T) {
	d, _ := fresh(t, small(), cuda.Options{})
	at, _ := filled(t, d, 3)
	first, err := digested(d, gpu.DigestJob{Span: at, Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Digest([]gpu.DigestJob{{Span: at, Expect: first.Kept}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Step(0); err != nil {
		t.Fatal(err)
	}
	if err := first.Kept.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Step(time.Second); !errors.Is(err, gpu.ErrInvalidValue) || gpu.IsSticky(err) {
		t.Errorf("%v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// TestAPatrolSharesTheDevice launches a kernel and lets nothing run. A digest
// of read-only memory need not wait for it, and one of memory that it may write
// to must.
func TestAPatrolSharesTheDevice(t *testing.T) {
	d, control := fresh(t, small(), cuda.Options{})
	weights, _ := filled(t, d, 1)
	scratch, _ := filled(t, d, 1)
	if err := errors.Join(register(d), d.Protect(weights.Extent, gpu.ReadOnly)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		over  gpu.Span
		waits bool
	}{{weights, false}, {scratch, true}} {
		out := gpu.Span{Extent: scratch.Extent, Size: 8}
		launch := gpu.Launch{Kernel: "gputest_sum", Args: []gpu.Arg{gpu.SpanArg(weights), gpu.Uint64Arg(uint64(weights.Size)), gpu.SpanArg(out)}}
		control.Stall(0)
		if err := d.Launch(launch); err != nil {
			t.Fatal(err)
		}
		p, err := d.Digest([]gpu.DigestJob{{Span: c.over}})
		if err != nil {
			t.Fatal(err)
		}
		control.ClearLog()
		go control.Unstall(0)
		if _, err := p.Step(time.Second); err != nil {
			t.Fatal(err)
		}
		if waits := strings.Contains(strings.Join(control.Calls(), "\n"), "cuStreamWaitEvent"); waits != c.waits {
			t.Errorf("extent %d: the digest waits: %t", c.over.Extent, waits)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		for idle := false; !idle; {
			if idle, err = d.Idle(time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestLiesAboutResidency changes each attribute in turn.
func TestLiesAboutResidency(t *testing.T) {
	d, control := fresh(t, small(), cuda.Options{})
	at, _ := filled(t, d, 2)
	for name, lie := range map[string]func(){
		"host memory":      func() { control.Lie(int(driver.PointerMemoryType), uint64(driver.MemoryHost)) },
		"managed":          func() { control.Lie(int(driver.PointerIsManaged), 1) },
		"host pointer":     func() { control.Lie(int(driver.PointerHostPointer), 4096) },
		"another device":   func() { control.Lie(int(driver.PointerDeviceOrdinal), 1) },
		"another range":    func() { control.Lie(int(driver.PointerRangeStartAddress), 1<<46) },
		"a shorter range":  func() { control.Lie(int(driver.PointerRangeSize), 4096) },
		"not mapped":       func() { control.Lie(int(driver.PointerMapped), 0) },
		"for others":       func() { control.Lie(int(driver.PointerAllowedHandleTypes), 1) },
		"another memory":   func() { control.Lie(int(driver.PointerMemoryBlockID), 12345) },
		"another location": func() { control.LieLocation(3) },
	} {
		lie()
		r, err := d.Residency(at.Extent)
		if err != nil || len(r.Violations(0, at.Size)) == 0 {
			t.Errorf("%s: no violation, %v", name, err)
		}
		control.Truth()
		r, err = d.Residency(at.Extent)
		if v := r.Violations(0, at.Size); err != nil || len(v) > 0 {
			t.Errorf("%s: afterwards %v, %v", name, v, err)
		}
	}
}

func TestADriverWithoutReadOnlyMappings(t *testing.T) {
	config := small()
	config.ReadOnly = cudatest.ReadOnlyRefused
	d, _ := fresh(t, config, cuda.Options{})
	at, _ := filled(t, d, 1)
	if d.Info().ReadOnlyMappings || !strings.Contains(strings.Join(d.Info().Notes, "\n"), "read-only") {
		t.Errorf("%+v", d.Info())
	}
	if err := d.Protect(at.Extent, gpu.ReadOnly); !errors.Is(err, gpu.ErrNotSupported) {
		t.Errorf("%v", err)
	}
}

// TestKernelsThatFailTheirTest lets one kernel after the other do nothing.
func TestKernelsThatFailTheirTest(t *testing.T) {
	control := cudatest.Start(t, small())
	b := made(t, control, cuda.Options{})
	runtime.LockOSThread()
	for _, kernel := range []string{"ve_leaves_direct", "ve_compare", "ve_nonzero", "ve_memtest"} {
		control.SkipAlways(kernel)
		_, err := b.Open(0)
		if !errors.Is(err, gpu.ErrUnknown) || gpu.IsSticky(err) {
			t.Errorf("%s: %v", kernel, err)
		}
		control.Clear()
		if err := control.Leaks(); err != nil {
			t.Errorf("%s: %v", kernel, err)
		}
	}
}

// TestAScrubThatWasNotDone has a driver that does not zero.
func TestAScrubThatWasNotDone(t *testing.T) {
	control := cudatest.Start(t, small())
	runtime.LockOSThread()
	d, err := opened(t, made(t, control, cuda.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	filled(t, d, 1)
	control.SkipAlways("cuMemsetD32Async")
	if err := d.Close(); !errors.Is(err, gpu.ErrScrubFailed) && !errors.Is(err, gpu.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if err := control.Leaks(); err != nil {
		t.Error(err)
	}
}

func TestTheFastestKernel(t *testing.T) {
	d, _ := fresh(t, small(), cuda.Options{Kernel: cuda.Measured})
	all := strings.Join(d.Info().Notes, "\n")
	for _, v := range cuda.Variants() {
		if !strings.Contains(all, v+":") {
			t.Errorf("%s is not noted: %s", v, all)
		}
	}
}

func TestEveryVariant(t *testing.T) {
	for _, v := range cuda.Variants() {
		t.Run(v, func(t *testing.T) {
			config := small()
			config.Capability = 70
			d, _ := fresh(t, config, cuda.Options{Kernel: v})
			at, data := filled(t, d, 2)
			if r, err := digested(d, gpu.DigestJob{Span: at}); err != nil || r.Digest != verity.Sum(data) {
				t.Errorf("the digest is not fs-verity's, %v", err)
			}
		})
	}
}

// TestAForeignContext is what a library on the same thread leaves current.
func TestAForeignContext(t *testing.T) {
	d, control := fresh(t, small(), cuda.Options{})
	lib, err := driver.Open(driver.Options{Paths: []string{control.Paths().CUDA}})
	if err != nil {
		t.Fatal(err)
	}
	foreign, r := lib.CreateContext(0)
	if r != driver.Success {
		t.Fatal(r.Name())
	}
	at, data := filled(t, d, 1)
	got := make([]byte, len(data))
	if err := d.Read(at, got); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%v", err)
	}
	if r := lib.DestroyContext(foreign); r != driver.Success {
		t.Error(r.Name())
	}
}

func TestRegisterRefuses(t *testing.T) {
	d, control := fresh(t, small(), cuda.Options{})
	good := gputest.Kernels(gputest.PTX())[0]
	for name, c := range map[string]struct {
		change func(k *gpu.Kernel)
		code   gpu.Code
	}{
		"no PTX":         {func(k *gpu.Kernel) { k.PTX = []byte("nonsense") }, gpu.ErrInvalidValue},
		"a zero byte":    {func(k *gpu.Kernel) { k.PTX = append(k.PTX, 0) }, gpu.ErrInvalidValue},
		"no such entry":  {func(k *gpu.Kernel) { k.Name = "gputest_other" }, gpu.ErrInvalidValue},
		"fewer params":   {func(k *gpu.Kernel) { k.Params = k.Params[:2] }, gpu.ErrInvalidValue},
		"other params":   {func(k *gpu.Kernel) { k.Params = []int{8, 8, 8} }, gpu.ErrInvalidValue},
		"odd params":     {func(k *gpu.Kernel) { k.Params = []int{8, 8, 5} }, gpu.ErrInvalidValue},
		"a newer target": {func(k *gpu.Kernel) { k.PTX = bytes.Replace(k.PTX, []byte("sm_75"), []byte("sm_99"), 1) }, gpu.ErrNotSupported},
	} {
		k := good
		k.PTX = bytes.Clone(good.PTX)
		c.change(&k)
		if err := d.Register(k); !errors.Is(err, c.code) || gpu.IsSticky(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for code, advice := range map[int]string{221: "libnvidia-ptxjitcompiler", 222: "newer driver", 223: "CUDA_DISABLE_PTX_JIT", 209: "no code for this GPU"} {
		control.Fail("cuModuleLoadDataEx", 1, code)
		if err := d.Register(good); !errors.Is(err, gpu.ErrNotSupported) || !strings.Contains(err.Error(), advice) {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := register(d); err != nil {
		t.Error(err)
	}
	if n := control.Live().Modules; n != 2 {
		t.Errorf("%d modules for two PTX texts", n)
	}
}

// TestNothingIsPrinted prints everything in every way.
func TestNothingIsPrinted(t *testing.T) {
	control := cudatest.Start(t, small())
	b := made(t, control, cuda.Options{})
	runtime.LockOSThread()
	d, err := opened(t, b)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := filled(t, d, 1)
	p, err := d.Digest([]gpu.DigestJob{{Span: at, Keep: true}})
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		if done, err = p.Step(time.Second); err != nil {
			t.Fatal(err)
		}
	}
	results, err := p.Results()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{b, d, p, results[0].Kept} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
			if text := fmt.Sprintf(verb, v); len(text) > 40 || strings.Contains(text, "0x") || strings.Contains(text, "{") {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
	if err := errors.Join(p.Close(), results[0].Kept.Close(), d.Close()); err != nil {
		t.Error(err)
	}
}

// TestClosingLeavesNothing has a pass, kept hashes, page-locked memory and a
// kernel under way.
func TestClosingLeavesNothing(t *testing.T) {
	config := small()
	config.Clean = true
	d, control := fresh(t, config, cuda.Options{})
	at, _ := filled(t, d, 20)
	if _, err := digested(d, gpu.DigestJob{Span: at, Keep: true}); err != nil {
		t.Fatal(err)
	}
	p, err := d.Digest([]gpu.DigestJob{{Span: at, Keep: true}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Step(0); err != nil {
		t.Fatal(err)
	}
	host, err := d.AllocHost(5000)
	if err != nil {
		t.Fatal(err)
	}
	host[4999] = 1
	if err := register(d); err != nil {
		t.Fatal(err)
	}
	fill := gpu.Launch{Kernel: "gputest_fill", Args: []gpu.Arg{gpu.SpanArg(at), gpu.Uint64Arg(uint64(at.Size)), gpu.Uint32Arg(3)}}
	if err := d.Launch(fill); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if n, m := control.Dirty(0), control.HostDirty(); n != 0 || m != 0 {
		t.Errorf("%d bytes of device memory and %d of host memory were not zeroed", uint64(n), uint64(m))
	}
	if strings.Contains(strings.Join(control.Calls(), "\n"), "Synchronize") {
		t.Error("a call of the driver waited for the device")
	}
}
