package cuda

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// deviceContext is the context of a device, which is current on its thread.
type deviceContext struct {
	handle  driver.Context
	primary bool // shared with others in the process: given back, never destroyed
	there   bool
}

// makeContext makes the context, or takes a share of the primary one, and
// makes it current.
func (d *device) makeContext(op string) error {
	c := &d.context
	if !d.options.PrimaryContext {
		handle, r := d.lib.CreateContext(d.handle)
		if err := d.check(op, "cuCtxCreate", r); err != nil {
			return err
		}
		c.handle, c.there = handle, true
		return nil
	}
	handle, r := d.lib.RetainPrimary(d.handle)
	if err := d.check(op, "cuDevicePrimaryCtxRetain", r); err != nil {
		return err
	}
	c.handle, c.primary, c.there = handle, true, true
	return d.check(op, "cuCtxSetCurrent", d.lib.SetCurrent(handle))
}

// enter sees to it that the context is the thread's current one, which other
// code on the thread may have changed.
func (d *device) enter(op string) error {
	current, r := d.lib.Current()
	if err := d.check(op, "cuCtxGetCurrent", r); err != nil {
		return err
	}
	if current == d.context.handle {
		return nil
	}
	return d.check(op, "cuCtxSetCurrent", d.lib.SetCurrent(d.context.handle))
}

// dropContext ends the context, or gives the share back and leaves the thread
// without one.
func (d *device) dropContext(op string) error {
	c := &d.context
	if !c.there {
		return nil
	}
	if !c.primary {
		if err := d.check(op, "cuCtxDestroy", d.lib.DestroyContext(c.handle)); err != nil {
			return err
		}
		*c = deviceContext{}
		return nil
	}
	err := d.check(op, "cuCtxSetCurrent", d.lib.SetCurrent(0))
	if release := d.check(op, "cuDevicePrimaryCtxRelease", d.lib.ReleasePrimary(d.handle)); release != nil {
		return errors.CombineErrors(err, release)
	}
	*c = deviceContext{}
	return err
}
