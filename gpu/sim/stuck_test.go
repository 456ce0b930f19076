package sim_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestStuckBitsHoldWhateverIsWritten writes in every way there is.
func TestStuckBitsHoldWhateverIsWritten(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, bytes.Repeat([]byte{0x0f}, 10))
	ok(t, d.Register(gpu.Kernel{Name: "store", Params: []int{8, 4}, Go: func(_, _ gpu.Dim3, a gpu.KernelArgs) error {
		for i := range a.Memory(0) {
			a.Memory(0)[i] = byte(a.Uint64(1))
		}
		return nil
	}}))
	ok(t, c.Stick(at.Extent, 3, 7, true))
	ok(t, c.Stick(at.Extent, 3, 0, false))
	ok(t, c.Stick(at.Extent, 5, 1, true))
	ok(t, c.Stick(at.Extent, 5, 1, false)) // the last word counts
	for name, write := range map[string]struct {
		store func() error
		plain byte
	}{
		"zeroes": {func() error { return d.Zero(at) }, 0},
		"ones":   {func() error { return d.Write(at, bytes.Repeat([]byte{0xff}, 10)) }, 0xff},
		"kernel": {func() error {
			return d.Launch(gpu.Launch{Kernel: "store", Args: []gpu.Arg{gpu.SpanArg(at), gpu.Uint32Arg(0x33)}})
		}, 0x33},
	} {
		ok(t, write.store())
		want := bytes.Repeat([]byte{write.plain}, 10)
		want[3] = want[3]&^1 | 0x80
		want[5] &^= 2
		got := make([]byte, 10)
		ok(t, d.Read(at, got))
		if !bytes.Equal(got, want) {
			t.Errorf("%s: read %x, want %x", name, got, want)
		}
	}
}

func TestStuckBitsAreSeenByEveryReader(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 2, make([]byte, 100_000))
	ok(t, d.Protect(at.Extent, gpu.ReadOnly))
	clean := digest(t, d, gpu.DigestJob{Span: at, Keep: true})
	ok(t, c.Stick(at.Extent, 70_000, 4, true))
	if found, err := d.NonZero(at); err != nil || !found {
		t.Errorf("nonzero: %t, %v", found, err)
	}
	if bad := digest(t, d, gpu.DigestJob{Span: at, Expect: clean.Kept}); bad.BadBlock != 70_000/4096 || bad.Digest == clean.Digest {
		t.Errorf("block %d is named", bad.BadBlock)
	}
	ok(t, c.Flip(at.Extent, 70_000, 4)) // does not move it
	if found, err := d.NonZero(at); err != nil || !found {
		t.Errorf("nonzero after a flip: %t, %v", found, err)
	}
	c.Clear()
	ok(t, c.Flip(at.Extent, 70_000, 4)) // now it does
	if good := digest(t, d, gpu.DigestJob{Span: at, Expect: clean.Kept}); good.BadBlock != gpu.NoBlock || good.Digest != clean.Digest {
		t.Errorf("after Clear block %d is named", good.BadBlock)
	}
	ok(t, clean.Kept.Close())
}

// TestStuckBitsOutliveTheDevice names a cell of the physical memory.
func TestStuckBitsOutliveTheDevice(t *testing.T) {
	runtime.LockOSThread()
	b, c := newBackend(t, small())
	fails(t, c.StickPhysical(5, 3, true), gpu.ErrClosed, false)
	first, err := b.Open(0)
	ok(t, err)
	at := mapped(t, first, 1, make([]byte, 10))
	ok(t, c.Stick(at.Extent, 5, 3, true))
	ok(t, c.StickPhysical(6, 2, true))
	ok(t, first.Zero(at))
	ok(t, first.Unmap(at.Extent))
	if n, err := c.Dirty(); err != nil || n != 0 {
		t.Errorf("%d dirty bytes, although only broken cells are not zero, %v", uint64(n), err)
	}
	at = mapped(t, first, 1, nil)
	at.Size = 10
	if found, err := first.NonZero(at); err != nil || !found {
		t.Errorf("nonzero when mapped again: %t, %v", found, err)
	}
	ok(t, first.Write(at, []byte{0, 9, 0, 0, 0, 0, 0, 0, 0, 0}))
	ok(t, first.Unmap(at.Extent))
	if n, err := c.Dirty(); err != nil || n != 1 {
		t.Errorf("%d dirty bytes, want what was left behind, %v", uint64(n), err)
	}
	at = mapped(t, first, 1, nil)
	ok(t, first.Close())
	if n, err := c.Dirty(); err != nil || n != 0 {
		t.Errorf("%d dirty bytes after Close, %v", uint64(n), err)
	}
	fails(t, c.Stick(at.Extent, 0, 0, true), gpu.ErrClosed, false)
	second, err := b.Open(0)
	ok(t, err)
	at = mapped(t, second, 1, make([]byte, 10))
	got := make([]byte, 10)
	ok(t, second.Read(at, got))
	if !bytes.Equal(got, []byte{0, 0, 0, 0, 0, 8, 4, 0, 0, 0}) {
		t.Errorf("read %x after the device was opened again", got)
	}
	ok(t, second.Close())
}

func TestStickRefuses(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	for _, one := range []bool{false, true} {
		fails(t, c.Stick(at.Extent+1, 0, 0, one), gpu.ErrNotFound, false)
		fails(t, c.Stick(at.Extent, d.Info().Granularity, 0, one), gpu.ErrInvalidValue, false)
		fails(t, c.Stick(at.Extent, gpu.MaxBytes, 0, one), gpu.ErrInvalidValue, false)
		fails(t, c.Stick(at.Extent, 0, 8, one), gpu.ErrInvalidValue, false)
		fails(t, c.StickPhysical(d.Info().Total, 0, one), gpu.ErrInvalidValue, false)
		fails(t, c.StickPhysical(0, 8, one), gpu.ErrInvalidValue, false)
	}
	got := []byte{0}
	ok(t, d.Read(at, got))
	if got[0] != 1 {
		t.Errorf("a refusal changed a byte to %d", got[0])
	}
}
