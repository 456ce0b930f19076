package cuda_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/seal/verity"
)

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
		go func() { // when the pass has queued its work
			for !strings.Contains(strings.Join(control.Calls(), "\n"), "cuLaunchKernel") {
				runtime.Gosched()
			}
			control.Unstall(0)
		}()
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
