package cuda

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// probe finds out with one granule whether the driver honours read-only
// mappings: it must accept the request, and report the mapping as such.
func (d *device) probe(op string) error {
	m, err := d.newMapping(op, d.info.Granularity)
	if err != nil {
		return err
	}
	honoured, err := d.honours(op, m)
	err = errors.CombineErrors(err, d.dropMapping(op, m))
	if m.there() {
		d.stuck = append(d.stuck, m)
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.info.ReadOnlyMappings = honoured
	d.mu.Unlock()
	if !honoured {
		d.note("the driver does not honour read-only mappings: a kernel that writes into sealed memory is detected, and not stopped")
	}
	return nil
}

func (d *device) honours(op string, m *mapping) (bool, error) {
	r := d.lib.SetAccess(m.base, m.size, d.handle, driver.AccessRead)
	if r == driver.ErrorNotSupported || r == driver.ErrorInvalidValue {
		return false, nil
	}
	if err := d.check(op, "cuMemSetAccess", r); err != nil {
		return false, err
	}
	flags, r := d.lib.PointerAttribute(driver.PointerAccessFlags, m.base)
	if err := d.check(op, "cuPointerGetAttribute", r); err != nil {
		return false, err
	}
	if flags != uint64(driver.AccessRead) {
		return false, nil
	}
	if err := d.protect(op, m, gpu.ReadWrite); err != nil {
		return false, err
	}
	return true, nil
}
