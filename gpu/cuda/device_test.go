package cuda_test

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
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

// found keeps hashes, changes a byte in one of the last blocks, and expects it

// to be named.

// TestHashesThatEndBeforeTheirComparison are closed while a pass that expects

// them is under way.

// TestAPatrolSharesTheDevice launches a kernel and lets nothing run. A digest

// of read-only memory need not wait for it, and one of memory that it may write

// to must.

// TestLiesAboutResidency changes each attribute in turn.

// TestKernelsThatFailTheirTest lets one kernel after the other do nothing.

// TestAScrubThatWasNotDone has a driver that does not zero.

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

// TestNothingIsPrinted prints everything in every way.

// TestClosingLeavesNothing has a pass, kept hashes, page-locked memory and a

// kernel under way.
