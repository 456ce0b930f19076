package cuda

import (
	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

const opOpen = "open"

// open makes a device for the calling thread. On an error nothing is left.
func open(lib *driver.Library, o Options, t *texts, f facts) (*device, error) {
	d := &device{
		lib: lib, options: o, texts: t, handle: f.handle, ordinal: f.ordinal, thread: unix.Gettid(), info: f.info,
		modules: map[[32]byte]*module{}, kernels: map[string]*kernel{}, keeps: map[*kept]bool{},
		hosts: map[*byte][]byte{}, extents: map[gpu.ExtentID]*mapping{},
	}
	d.info.Notes = append([]string(nil), f.info.Notes...)
	if err := d.prepare(opOpen); err != nil {
		if d.poison == nil && len(d.arena.chunks) > 0 {
			err = errors.CombineErrors(err, d.scrubAll(opOpen))
		}
		return nil, errors.CombineErrors(err, d.release(opOpen))
	}
	return d, nil
}

// prepare makes everything that the device needs, in an order in which each
// step uses only what was there before.
func (d *device) prepare(op string) error {
	for _, step := range []func(op string) error{
		d.readLimits, d.makeContext, d.makeLanes, d.probe, d.makeDesk, d.loadKernels, d.selfTest,
	} {
		if err := step(op); err != nil {
			return err
		}
	}
	// The desk's own memory counts as used, and the self-test has measured a
	// few small slices only.
	d.pace = pace{}
	return nil
}

// loadKernels loads the digest kernel that was asked for, or the fastest.
func (d *device) loadKernels(op string) error {
	variant := d.options.Kernel
	if variant == Measured {
		var err error
		if variant, err = d.fastest(op); err != nil {
			return err
		}
	}
	return d.loadOwn(op, variant)
}
