package vram

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// gpuProblem is why GPUs cannot be used, and what an engine can do without.
type gpuProblem struct{ *cuda.Problem }

func (p gpuProblem) Error() string {
	if p.Policy {
		return p.Text
	}
	return p.Text + "; without a GPU ask for simulated devices (serve --sim, or Options.Simulated)"
}

// Unwrap is the problem alone.
func (p gpuProblem) Unwrap() error { return p.Problem }

// openBackend makes the devices that the options ask for. The second result
// is set if faults can be injected into them.
func openBackend(o Options) (gpu.Backend, *sim.Backend, error) {
	if o.Simulated != nil {
		simulated, err := sim.New(*o.Simulated)
		if err != nil {
			return nil, nil, err
		}
		return simulated, withFaults(simulated), nil
	}
	if o.Backend != nil {
		simulated, ok := o.Backend.(*sim.Backend)
		if !ok {
			return o.Backend, nil, nil
		}
		return o.Backend, withFaults(simulated), nil
	}
	var options cuda.Options
	if o.CUDA != nil {
		options = *o.CUDA
	}
	backend, err := cuda.Select(options, o.GPUs)
	if err != nil {
		var problem *cuda.Problem
		if errors.As(err, &problem) {
			err = gpuProblem{problem}
		}
		return nil, nil, err
	}
	for _, r := range backend.Refused() {
		if len(o.GPUs) == 0 {
			o.Logger.Warn("a GPU is not used", "number", r.Ordinal, "uuid", r.UUID, "name", r.Name, "reason", r.Reason)
		}
	}
	return backend, nil, nil
}

// withFaults is the backend if it was made with faults, or nil.
func withFaults(b *sim.Backend) *sim.Backend {
	if _, err := b.Control(0); err != nil {
		return nil
	}
	return b
}

// notOpened is what it means that a device cannot be opened: there is none
// that is usable, unless the cause has a kind of its own.
func notOpened(err error) error {
	var driver *gpu.Error
	if !errors.As(err, &driver) || driver.Op != opOpen {
		return err
	}
	for _, vague := range []error{ErrInternal, ErrInvalidInput, ErrNotFound} {
		if errors.Is(kindOf(opOpen, err), vague) {
			return &Error{Op: opOpen, Device: driver.Device, Kind: ErrNoDevice, Cause: err}
		}
	}
	return err
}
