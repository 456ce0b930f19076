package cuda_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

// A life is everything that an engine does with a device, one step after the
// other, up to the first error.
func life(d device) error {
	unit := d.Info().Granularity
	var id gpu.ExtentID
	var first gpu.DigestResult
	data := bytes.Repeat([]byte("weights "), 3000)
	at := gpu.Span{Size: gpu.BytesOf(len(data))}
	all := gpu.Span{Size: unit}
	for _, step := range []func() error{
		func() (err error) { id, err = d.Map(unit); at.Extent, all.Extent = id, id; return err },
		func() error { return d.Zero(gpu.Span{Extent: id, Offset: 3, Size: 1002}) },
		func() error { return staged(d, at, data) },
		func() error { return d.Protect(id, gpu.ReadOnly) },
		func() (err error) {
			first, err = digested(d, gpu.DigestJob{Span: at, Keep: true})
			return err
		},
		func() error { _, err := d.Residency(id); return err },
		func() error { return register(d) },
		func() error { return sums(d, at) },
		func() error { _, err := digested(d, gpu.DigestJob{Span: at, Expect: first.Kept}); return err },
		func() error { _, err := first.Kept.Check(); return err },
		func() error { return first.Kept.Close() },
		func() error { return d.Protect(id, gpu.ReadWrite) },
		func() error { _, err := d.TestMemory(all, 7); return err },
		func() error { return d.Zero(all) },
		func() error { _, err := d.NonZero(all); return err },
		func() error { _, err := d.Memory(); return err },
		func() error { return d.Unmap(id) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// staged writes through page-locked memory.
func staged(d device, at gpu.Span, data []byte) error {
	memory, err := d.AllocHost(at.Size)
	if err != nil {
		return err
	}
	copy(memory, data)
	err = d.Write(at, memory)
	if free := d.FreeHost(memory); err == nil {
		return free
	}
	return err
}

func digested(d gpu.Device, j gpu.DigestJob) (gpu.DigestResult, error) {
	p, err := d.Digest([]gpu.DigestJob{j})
	if err != nil {
		return gpu.DigestResult{}, err
	}
	for done := false; !done && err == nil; {
		done, err = p.Step(time.Millisecond)
	}
	var results []gpu.DigestResult
	if err == nil {
		results, err = p.Results()
	}
	if closing := p.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return gpu.DigestResult{}, err
	}
	return results[0], nil
}

func register(d gpu.Device) error {
	for _, k := range gputest.Kernels(gputest.PTX()) {
		if err := d.Register(k); err != nil {
			return err
		}
	}
	return nil
}

// sums launches a kernel over the span, and waits for it.
func sums(d gpu.Device, at gpu.Span) error {
	id, err := d.Map(d.Info().Granularity)
	if err != nil {
		return err
	}
	out := gpu.Span{Extent: id, Size: 8}
	if err := d.Launch(gpu.Launch{Kernel: "gputest_sum", Args: []gpu.Arg{gpu.SpanArg(at), gpu.Uint64Arg(uint64(at.Size)), gpu.SpanArg(out)}}); err != nil {
		return err
	}
	for {
		idle, err := d.Idle(time.Millisecond)
		if err != nil {
			return err
		}
		if idle {
			break
		}
	}
	if err := d.Zero(gpu.Span{Extent: id, Size: d.Info().Granularity}); err != nil {
		return err
	}
	return d.Unmap(id)
}

// opened opens a device on the test's thread.
func opened(t *testing.T, b gpu.Backend) (device, error) {
	t.Helper()
	d, err := b.Open(0)
	if err != nil {
		return nil, err
	}
	all, ok := d.(device)
	if !ok {
		t.Fatal("the device lacks abilities")
	}
	return all, nil
}

// TestEveryCallFails lets each call of the driver fail in turn, from opening a
// device to closing it. Whatever fails, the error names the operation, nothing
// panics or hangs, and after Close nothing is left.
func TestEveryCallFails(t *testing.T) {
	for name, c := range map[string]struct {
		code    int
		sticky  bool
		options cuda.Options
		stride  int // visit every position, or fewer
	}{
		"refused":            {code: 801, stride: 1},
		"out of memory":      {code: 2, stride: 2},
		"sticky":             {code: 719, sticky: true, stride: 1},
		"sticky, primary":    {code: 214, sticky: true, options: cuda.Options{PrimaryContext: true}, stride: 3},
		"code of the future": {code: 4242, stride: 3},
	} {
		t.Run(name, func(t *testing.T) {
			config := small()
			config.Memory, config.Immediate, config.Clean = 2*gpu.MiB, true, true
			control := cudatest.Start(t, config)
			b := made(t, control, c.options)
			runtime.LockOSThread()
			nth := 1
			for ; failing(t, control, b, nth, c.code, c.sticky); nth += c.stride {
			}
			t.Logf("about %d positions, every %d", nth, c.stride)
			if nth < 200 {
				t.Errorf("only %d calls of the driver", nth)
			}
		})
	}
}

// failing lives one life with the nth call failing, and tells whether it did.
func failing(t *testing.T, control *cudatest.Control, b gpu.Backend, nth, code int, sticky bool) bool {
	t.Helper()
	control.Clear()
	if sticky {
		control.FailSticky("*", nth, code)
	} else {
		control.Fail("*", nth, code)
	}
	d, err := opened(t, b)
	if err == nil {
		err = life(d)
		if closing := d.Close(); err == nil {
			err = closing
		}
		if again := d.Close(); again != nil {
			t.Errorf("call %d: a second close: %v", nth, again)
		}
		if len(d.Extents()) != 0 {
			t.Errorf("call %d: %d extents after close", nth, len(d.Extents()))
		}
	}
	fired := control.Fired() > 0
	control.Clear()
	var e *gpu.Error
	if err != nil && (!errors.As(err, &e) || e.Op == "" || e.Detail == "" || !fired) {
		t.Errorf("call %d: fired %t: %v", nth, fired, err)
	}
	// Where memory is short a pass makes do with less, and a probe may be told
	// that something is not supported.
	if fired && err == nil && code != 2 && code != 801 {
		t.Errorf("call %d failed, and nobody was told", nth)
	}
	if leaks := control.Leaks(); leaks != nil {
		t.Errorf("call %d: %v: %v", nth, err, leaks)
		control.Reset(cudatest.Config{Memory: 2 * gpu.MiB, Granularity: 64 * gpu.KiB, Immediate: true, Clean: true})
	}
	if n := control.Dirty(0); n != 0 && !sticky && code != 4242 {
		t.Errorf("call %d: %v: %d bytes of device memory were not scrubbed", nth, err, uint64(n))
	}
	if n := control.HostDirty(); n != 0 {
		t.Errorf("call %d: %d bytes of host memory were not wiped", nth, uint64(n))
	}
	return fired
}
