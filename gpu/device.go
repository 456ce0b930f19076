package gpu

import (
	"time"
)

// Kind tells a real device from a simulated one. It appears in every status,
// handle and attestation, so that the two are never mistaken (VP-005).
type Kind string

// The kinds of devices.
const (
	KindSimulated Kind = "simulated"
	KindCUDA      Kind = "cuda"
)

// Info is what does not change while a device is open.
type Info struct {
	Index       int
	UUID        string // "GPU-…" for CUDA, "SIM-…" for the simulated device
	Name        string
	Kind        Kind
	Total       Bytes // physical capacity
	Granularity Bytes // extents are multiples of this
	// ReadOnlyMappings reports whether Protect(ReadOnly) is honoured, as a
	// probe at opening found.
	ReadOnlyMappings bool
	// Notes are findings that an operator should see: MIG, ECC off, memory
	// that could not be locked.
	Notes []string
}

// Memory is what the driver says of the device's memory now. Others may use
// the device too.
type Memory struct {
	Total Bytes
	Free  Bytes
}

// Backend lists and opens the devices of one driver.
type Backend interface {
	// Kind tells which driver this is.
	Kind() Kind
	// Devices lists what could be opened. It may be called from any goroutine.
	Devices() ([]Info, error)
	// Open opens the device on the calling OS thread, which owns it from then
	// on. The caller has locked the goroutine to its thread.
	Open(index int) (Device, error)
}

// ExtentID names a mapping of device memory. It is an index into a table of
// the device and carries no address. Zero names nothing.
type ExtentID uint32

// Protection is what a mapping allows to kernels and copies.
type Protection uint8

// The protections of an extent.
const (
	ReadWrite Protection = iota
	ReadOnly
)

// Span is a range inside an extent.
type Span struct {
	Extent ExtentID
	Offset Bytes
	Size   Bytes
}

// Extent describes a mapping.
type Extent struct {
	ID         ExtentID
	Size       Bytes
	Protection Protection
}

// Device is one GPU, or the simulated one. All methods except Info must be
// called on the thread that opened it. None retains a slice that it is given.
// Every method may fail with an [*Error]; after a sticky one every call fails
// the same way, except Extents, Info and Close.
type Device interface {
	// Info may be called from any goroutine, also after Close.
	Info() Info

	// Memory asks the driver for the device's free and total memory.
	Memory() (Memory, error)

	// Map creates an extent: device memory that is located on this device,
	// mapped read-write. size is a positive multiple of the granularity. The
	// contents are whatever was there before. ErrOutOfMemory when there is
	// no room; then nothing was changed.
	Map(size Bytes) (ExtentID, error)

	// Unmap gives the extent's memory back. The caller has scrubbed it.
	Unmap(ExtentID) error

	// Protect changes what the extent's mapping allows. ErrNotSupported when
	// the driver does not honour it (see Info.ReadOnlyMappings).
	Protect(ExtentID, Protection) error

	// Extents lists what is mapped now, by ID. A restarted owner reconciles
	// its books with it. It works on a lost device too.
	Extents() []Extent

	// Write copies p to the start of the span; len(p) is the span's size. The
	// copy is complete, as seen by any later call on this device, on return.
	Write(at Span, p []byte) error

	// Read copies the span to p; len(p) is the span's size.
	Read(at Span, p []byte) error

	// Zero fills the span with zero bytes.
	Zero(at Span) error

	// NonZero reports whether any byte of the span is not zero. It reads the
	// memory on the device.
	NonZero(at Span) (bool, error)

	// Digest starts a pass that digests what is resident in the jobs' spans,
	// on the device and in place. Nothing is read before the first Step.
	Digest(jobs []DigestJob) (Pass, error)

	// Residency gathers the evidence that an extent is in this device's
	// memory and nowhere else.
	Residency(ExtentID) (Residency, error)

	// Register makes a kernel known by its name. ErrInvalidValue if the name
	// is taken, ErrNotSupported if the kernel has no code for this device.
	Register(Kernel) error

	// Launch queues a kernel with its arguments turned into addresses. The
	// work may still run when Launch returns: see Idle.
	Launch(Launch) error

	// Idle reports whether everything launched so far has completed. It may
	// wait for up to about d. A kernel's failure is reported by this or by
	// any later call, as CUDA does.
	Idle(d time.Duration) (bool, error)

	// Close gives everything back. Extents still mapped are scrubbed first as
	// far as the device's state allows. It is idempotent.
	Close() error
}
