package gpu_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// TestResidencyThatLies refuses each answer that contradicts "in this device's
// memory and nowhere else", and says what is wrong with it.
func TestResidencyThatLies(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	small, large := b.alloc(noise(5000, 1)), b.alloc(noise(3<<20, 2))
	for what, row := range map[string]struct {
		lie  func(*gpu.Residency)
		says string
	}{
		"host memory":     {func(r *gpu.Residency) { r.DeviceMemory = false }, "not device memory"},
		"managed memory":  {func(r *gpu.Residency) { r.Managed = true }, "managed"},
		"zero-copy":       {func(r *gpu.Residency) { r.HostPointer = true }, "host's address space"},
		"range":           {func(r *gpu.Residency) { r.RangeCovered = false }, "does not cover"},
		"location":        {func(r *gpu.Residency) { r.OnDevice = false }, "elsewhere"},
		"another device":  {func(r *gpu.Residency) { r.Device = 1 }, "device 1, not to device 0"},
		"no device":       {func(r *gpu.Residency) { r.Device = -1 }, "device -1"},
		"too small":       {func(r *gpu.Residency) { r.Size = 4999 }, "only 4999 of"},
		"nothing is true": {func(r *gpu.Residency) { *r = gpu.Residency{} }, "not device memory"},
	} {
		b.control.Lie(row.lie)
		for _, x := range []*gpu.Buffer{small, large} {
			_, err := x.Residency()
			if !errors.Is(err, gpu.ErrNotResident) || gpu.IsSticky(err) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%s: %v", what, err)
			}
		}
		b.control.Clear()
		for _, x := range []*gpu.Buffer{small, large} {
			if r, err := x.Residency(); err != nil || r.Kind != gpu.KindSimulated {
				t.Errorf("after %s: %+v, %v", what, r, err)
			}
		}
	}
	b.control.Fail(sim.OpResidency, 1, gpu.ErrUnknown, false)
	if _, err := small.Residency(); !errors.Is(err, gpu.ErrUnknown) || errors.Is(err, gpu.ErrNotResident) {
		t.Errorf("a failed call is no violation: %v", err)
	}
	b.free(small)
	b.free(large)
}

// TestResidencyCoversTheBuffer that lies behind others in its extent.
func TestResidencyCoversTheBuffer(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	first, second := b.alloc(noise(8192, 1)), b.alloc(noise(100, 2))
	b.control.Lie(func(r *gpu.Residency) { r.Size = 8192 })
	if _, err := first.Residency(); err != nil {
		t.Errorf("inside the range: %v", err)
	}
	if _, err := second.Residency(); !errors.Is(err, gpu.ErrNotResident) {
		t.Errorf("behind the range: %v", err)
	}
	b.free(first)
	b.free(second)
}

func TestViolationsOfTheTruth(t *testing.T) {
	r := gpu.Residency{Device: 2, DeviceMemory: true, RangeCovered: true, OnDevice: true, Size: 10}
	for _, row := range []struct {
		device int
		size   gpu.Bytes
		n      int
	}{{2, 10, 0}, {2, 0, 0}, {2, 11, 1}, {2, gpu.MaxBytes, 1}, {0, 10, 1}, {-1, 11, 2}} {
		if v := r.Violations(row.device, row.size); len(v) != row.n {
			t.Errorf("%+v: %v", row, v)
		}
	}
}

// digestOf runs a pass over the buffer.
func digestOf(t *testing.T, x *gpu.Buffer, keep bool, expect gpu.Kept) gpu.DigestResult {
	t.Helper()
	pass, err := x.Digest(keep, expect)
	for done := false; err == nil && !done; {
		done, err = pass.Step(time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	results, err := pass.Results()
	if err != nil || len(results) != 1 || pass.Done() != x.Size() {
		t.Fatalf("%d results over %v: %v", len(results), pass.Done(), err)
	}
	if err := pass.Close(); err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// TestBufferDigest is that of the bytes, and of no neighbour's and no tail's.
func TestBufferDigest(t *testing.T) {
	b := newBench(t, 16*gpu.MiB)
	for _, n := range []int{1, 4095, 4096, 4097, 3<<20 + 17} {
		p := noise(n, uint64(n))
		before := b.alloc(noise(300, 9))
		x := b.alloc(p)
		after := b.alloc(noise(300, 8))
		first := digestOf(t, x, true, nil)
		want := verity.Sum(p)
		if first.Digest != want || first.Digest == sha256.Sum256(p) || first.BadBlock != gpu.NoBlock || first.Kept == nil {
			t.Errorf("%d bytes: %+v", n, first)
		}
		at := x.Span().Offset.AddSat(gpu.BytesOf(n - 1))
		if err := b.control.Flip(x.Span().Extent, at, 3); err != nil {
			t.Fatal(err)
		}
		second := digestOf(t, x, false, first.Kept)
		if second.Digest == want || second.BadBlock != int64((n-1)/4096) || second.Kept != nil {
			t.Errorf("%d bytes, a bit of the last of which is flipped: %+v", n, second)
		}
		if err := first.Kept.Close(); err != nil {
			t.Error(err)
		}
		for _, y := range []*gpu.Buffer{before, x, after} {
			b.free(y)
		}
	}
}
