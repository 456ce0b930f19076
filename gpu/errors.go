package gpu

import (
	"fmt"

	"github.com/cockroachdb/errors"
)

// Code classifies an error of a device. It is itself an error, so that
// errors.Is(err, gpu.ErrOutOfMemory) holds with the standard library too.
type Code string

func (c Code) Error() string { return string(c) }

// The codes a device reports. The CUDA backend maps each CUresult to one of
// them; the simulated device produces them directly.
const (
	ErrInvalidValue   Code = "gpu: invalid value"
	ErrOutOfMemory    Code = "gpu: out of device memory"
	ErrNotFound       Code = "gpu: no such extent, kernel or device"
	ErrNotSupported   Code = "gpu: not supported by this device"
	ErrWrongThread    Code = "gpu: called on a thread that does not own the device"
	ErrClosed         Code = "gpu: device is closed"
	ErrLaunchFailed   Code = "gpu: kernel launch failed"
	ErrIllegalAddress Code = "gpu: illegal memory access"
	ErrECC            Code = "gpu: uncorrectable memory error"
	ErrLost           Code = "gpu: device lost"
	ErrUnknown        Code = "gpu: unknown driver error"
)

// Error is a failed driver call. It names the operation and never an address.
type Error struct {
	Op     string // the operation, such as "write"
	Device int    // the device's index
	Code   Code   // what kind of failure
	Sticky bool   // the device is poisoned: no later call can succeed
	Detail string // more, for a person; no addresses and no contents
}

func (e *Error) Error() string {
	s := fmt.Sprintf("device %d: %s: %s", e.Device, e.Op, string(e.Code))
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Sticky {
		s += " (the device cannot be used any more)"
	}
	return s
}

// Unwrap makes errors.Is(err, gpu.ErrOutOfMemory) and its like work.
func (e *Error) Unwrap() error { return e.Code }

// IsSticky reports whether err says that its device is poisoned.
func IsSticky(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Sticky
}
