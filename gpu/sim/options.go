package sim

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// ErrInvalidOptions says that a simulated device cannot be made as asked.
var ErrInvalidOptions = errors.New("sim: invalid options")

// The defaults of [Options], and the most devices that are simulated.
const (
	DefaultMemory      = 4 * gpu.GiB
	DefaultGranularity = 2 * gpu.MiB
	MaxDevices         = 64

	pageSize    = 4 * gpu.KiB
	maxGranules = 1 << 22
)

// Options say what is simulated. The zero value is one device of 4 GiB.
type Options struct {
	// Devices is their number: 1 if zero, at most MaxDevices.
	Devices int
	// Memory is the capacity of each device, a multiple of Granularity:
	// DefaultMemory if zero. It is used on the host only as far as it is
	// written to.
	Memory gpu.Bytes
	// Granularity is the unit of mappings, a multiple of the page size:
	// DefaultGranularity if zero.
	Granularity gpu.Bytes
	// Hostile poisons memory that was never used, hands memory out in an
	// order given by Seed, and lets failing copies do half of their work.
	Hostile bool
	// Seed makes a hostile device repeatable.
	Seed uint64
	// Faults gives out the devices' Controls, and keeps operation logs.
	Faults bool
	// AnyThread turns off the check that a device is used only on the OS
	// thread that opened it. The caller then sees to it that calls on one
	// device never overlap.
	AnyThread bool
}

// EnsureDefaults replaces zero fields by their defaults.
func (o *Options) EnsureDefaults() {
	if o.Devices == 0 {
		o.Devices = 1
	}
	if o.Granularity == 0 {
		o.Granularity = DefaultGranularity
	}
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
}

// Validate says what is wrong with options that have their defaults, with
// ErrInvalidOptions.
func (o *Options) Validate() error {
	switch {
	case o.Devices < 1 || o.Devices > MaxDevices:
		return errors.Wrapf(ErrInvalidOptions, "%d devices: give 1 to %d", o.Devices, MaxDevices)
	case o.Granularity == 0 || o.Granularity%pageSize != 0:
		return errors.Wrapf(ErrInvalidOptions, "a granularity of %d bytes: give a multiple of %d", uint64(o.Granularity), uint64(pageSize))
	case o.Memory == 0 || o.Memory%o.Granularity != 0:
		return errors.Wrapf(ErrInvalidOptions, "a memory of %d bytes: give a multiple of the granularity, %d", uint64(o.Memory), uint64(o.Granularity))
	case o.Memory/o.Granularity > maxGranules:
		return errors.Wrapf(ErrInvalidOptions, "a memory of %s is more than %d granules: give less memory or a larger granularity", o.Memory, maxGranules)
	}
	if _, ok := o.Memory.Int64(); !ok {
		return errors.Wrapf(ErrInvalidOptions, "a memory of %s is more than a file can hold", o.Memory)
	}
	return nil
}
