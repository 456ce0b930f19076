package cuda_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

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
