package sim

import (
	"errors"
	"runtime"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestAMapThatTheHostRefusesChangesNothing takes the memory file away for a
// while, so that the mapping fails after its addresses were reserved.
func TestAMapThatTheHostRefusesChangesNothing(t *testing.T) {
	for _, hostile := range []bool{false, true} {
		mapWithoutFile(t, Options{Memory: 8 * gpu.MiB, Faults: true, Hostile: hostile})
	}
}

func mapWithoutFile(t *testing.T, o Options) {
	t.Helper()
	runtime.LockOSThread()
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	dev, err := b.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := dev.(*device)
	if !ok {
		t.Fatal("another device")
	}
	fd := d.phys.fd
	d.phys.fd = -1
	id, err := dev.Map(4 * gpu.MiB)
	if !errors.Is(err, gpu.ErrOutOfMemory) || gpu.IsSticky(err) || id != 0 {
		t.Errorf("extent %d, %v", id, err)
	}
	d.phys.fd = fd
	if n, err := d.control.Dirty(); err != nil || n != 0 {
		t.Errorf("%d dirty bytes, %v", uint64(n), err)
	}
	if m, err := dev.Memory(); err != nil || m.Free != 8*gpu.MiB || len(dev.Extents()) != 0 {
		t.Errorf("%+v, %v, %d extents", m, err, len(dev.Extents()))
	}
	if id, err := dev.Map(8 * gpu.MiB); err != nil || id != 1 {
		t.Errorf("extent %d, %v", id, err)
	}
	if err := dev.Close(); err != nil {
		t.Error(err)
	}
}
