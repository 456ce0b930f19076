package sim_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// small is a device that tests can fill.
func small() sim.Options {
	return sim.Options{Memory: 16 * gpu.MiB, Granularity: 64 * gpu.KiB, Faults: true}
}

func newBackend(t *testing.T, o sim.Options) (*sim.Backend, *sim.Control) {
	t.Helper()
	o.Faults = true
	b, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Control(0)
	if err != nil {
		t.Fatal(err)
	}
	return b, c
}

// opened opens device 0 on the test's goroutine, which stays locked to its
// thread, and closes it at the end.
func opened(t *testing.T, o sim.Options) (gpu.Device, *sim.Control) {
	t.Helper()
	b, c := newBackend(t, o)
	runtime.LockOSThread()
	d, err := b.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Clear()
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if n := c.Mapped(); n != 0 {
			t.Errorf("%d bytes are mapped after Close", uint64(n))
		}
	})
	return d, c
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fails(t *testing.T, err error, code gpu.Code, sticky bool) {
	t.Helper()
	if !errors.Is(err, code) || gpu.IsSticky(err) != sticky {
		t.Errorf("got %v, want %v (sticky %t)", err, code, sticky)
	}
}

// mapped maps n granules and writes p to their start.
func mapped(t *testing.T, d gpu.Device, n uint64, p []byte) gpu.Span {
	t.Helper()
	size, fits := d.Info().Granularity.Mul(n)
	if !fits {
		t.Fatalf("%d granules", n)
	}
	id, err := d.Map(size)
	ok(t, err)
	at := gpu.Span{Extent: id, Size: gpu.BytesOf(len(p))}
	ok(t, d.Write(at, p))
	return at
}

// TestWriteDigestFlip is what the device is for, in short.
func TestWriteDigestFlip(t *testing.T) {
	d, c := opened(t, small())
	data := bytes.Repeat([]byte("weights "), 10_000)
	at := mapped(t, d, 2, data)
	ok(t, d.Protect(at.Extent, gpu.ReadOnly))
	clean := digest(t, d, gpu.DigestJob{Span: at, Keep: true})
	if clean.Digest != verity.Sum(data) {
		t.Error("the digest is not fs-verity's")
	}
	ok(t, c.Flip(at.Extent, 50_000, 3))
	bad := digest(t, d, gpu.DigestJob{Span: at, Expect: clean.Kept})
	if bad.Digest == clean.Digest || bad.BadBlock != 50_000/4096 {
		t.Errorf("after the flip block %d is named", bad.BadBlock)
	}
	ok(t, clean.Kept.Close())
}

func digest(t *testing.T, d gpu.Device, job gpu.DigestJob) gpu.DigestResult {
	t.Helper()
	p, err := d.Digest([]gpu.DigestJob{job})
	ok(t, err)
	for done := false; !done; {
		done, err = p.Step(time.Millisecond)
		ok(t, err)
	}
	results, err := p.Results()
	ok(t, err)
	ok(t, p.Close())
	if len(results) != 1 {
		t.Fatalf("%d results", len(results))
	}
	return results[0]
}

func TestFreedMemoryCanBeFlippedAndCounted(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	ok(t, d.Zero(at))
	ok(t, d.Unmap(at.Extent))
	ok(t, c.FlipPhysical(5, 0))
	ok(t, c.FlipPhysical(70, 7))
	if n, err := c.Dirty(); err != nil || n != 2 {
		t.Errorf("%d dirty bytes, %v", uint64(n), err)
	}
	again := mapped(t, d, 1, nil)
	got := make([]byte, 71)
	again.Size = 71
	ok(t, d.Read(again, got))
	want := make([]byte, 71)
	want[5], want[70] = 1, 0x80
	if !bytes.Equal(got, want) {
		t.Error("the flips are not where they were made")
	}
	if n, err := c.Dirty(); err != nil || n != 0 {
		t.Errorf("%d dirty bytes in memory that is mapped again, %v", uint64(n), err)
	}
}

func TestFlipRefuses(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	fails(t, c.Flip(at.Extent+1, 0, 0), gpu.ErrNotFound, false)
	fails(t, c.Flip(at.Extent, d.Info().Granularity, 0), gpu.ErrInvalidValue, false)
	fails(t, c.Flip(at.Extent, gpu.MaxBytes, 0), gpu.ErrInvalidValue, false)
	fails(t, c.Flip(at.Extent, 0, 8), gpu.ErrInvalidValue, false)
	fails(t, c.FlipPhysical(d.Info().Total, 0), gpu.ErrInvalidValue, false)
	fails(t, c.FlipPhysical(0, 8), gpu.ErrInvalidValue, false)
	ok(t, d.Close())
	fails(t, c.Flip(at.Extent, 0, 0), gpu.ErrClosed, false)
	fails(t, c.FlipPhysical(0, 0), gpu.ErrClosed, false)
}

func TestExternalUseLeavesLess(t *testing.T) {
	d, c := opened(t, small())
	c.External(d.Info().Total.SubSat(3 * d.Info().Granularity))
	m, err := d.Memory()
	ok(t, err)
	if m.Free != 3*d.Info().Granularity || m.Total != d.Info().Total {
		t.Errorf("%+v", m)
	}
	_, err = d.Map(4 * d.Info().Granularity)
	fails(t, err, gpu.ErrOutOfMemory, false)
	_, err = d.Map(3 * d.Info().Granularity)
	ok(t, err)
	c.External(gpu.MaxBytes)
	if m, err := d.Memory(); err != nil || m.Free != 0 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestLies(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, nil)
	c.Lie(func(r *gpu.Residency) { r.Managed = true })
	c.Lie(func(r *gpu.Residency) { r.Size = 1 })
	r, err := d.Residency(at.Extent)
	ok(t, err)
	if len(r.Violations(0, 64*gpu.KiB)) != 2 {
		t.Errorf("%+v", r)
	}
	c.Clear()
	r, err = d.Residency(at.Extent)
	ok(t, err)
	if len(r.Violations(0, 64*gpu.KiB)) != 0 {
		t.Errorf("after Clear: %+v", r)
	}
}

func TestHostileMemoryIsPoisonedAndCopiesFailHalfway(t *testing.T) {
	o := small()
	o.Hostile, o.Seed = true, 3
	d, c := opened(t, o)
	at := mapped(t, d, 2, nil)
	at.Size = 128 * gpu.KiB
	got := make([]byte, 128<<10)
	ok(t, d.Read(at, got))
	if bytes.IndexByte(got, 0) >= 0 {
		t.Error("fresh memory has zero bytes")
	}
	at.Size = 100
	c.Fail(sim.OpZero, 1, gpu.ErrUnknown, false)
	fails(t, d.Zero(at), gpu.ErrUnknown, false)
	ok(t, d.Read(at, got[:100]))
	if zeros := bytes.Count(got[:100], []byte{0}); zeros != 50 {
		t.Errorf("a zeroing that failed zeroed %d bytes", zeros)
	}
	c.Fail(sim.OpWrite, 1, gpu.ErrUnknown, false)
	fails(t, d.Write(at, bytes.Repeat([]byte{9}, 100)), gpu.ErrUnknown, false)
	ok(t, d.Read(at, got[:100]))
	if written := bytes.Count(got[:100], []byte{9}); written != 50 {
		t.Errorf("a write that failed wrote %d bytes", written)
	}
	if n, err := c.Dirty(); err != nil || n != 0 {
		t.Errorf("%d dirty bytes, although nothing was freed, %v", uint64(n), err)
	}
}

func TestOpenTwice(t *testing.T) {
	d, _ := opened(t, small())
	b, c := newBackend(t, small())
	first, err := b.Open(0)
	ok(t, err)
	_, err = b.Open(0)
	fails(t, err, gpu.ErrInvalidValue, false)
	ok(t, first.Close())
	c.Fail(sim.OpOpen, 1, gpu.ErrLost, false)
	_, err = b.Open(0)
	fails(t, err, gpu.ErrLost, false)
	second, err := b.Open(0)
	ok(t, err)
	ok(t, second.Close())
	if _, err := d.Idle(time.Second); err != nil {
		t.Errorf("the other backend's device: %v", err)
	}
}

func TestWriteFromBadMemoryBlamesTheCaller(t *testing.T) {
	d, _ := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	p := unreadable(t, 100)
	at.Size = 100
	fails(t, d.Write(at, p), gpu.ErrInvalidValue, false)
	fails(t, d.Read(at, p), gpu.ErrInvalidValue, false)
	ok(t, d.Zero(at))
}
