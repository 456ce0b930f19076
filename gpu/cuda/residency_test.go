package cuda_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

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
