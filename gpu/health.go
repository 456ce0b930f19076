package gpu

import "context"

// Action is what a report about a device's health asks for.
type Action uint8

// The actions, from the mildest on.
const (
	ActionNote       Action = iota // put it on record
	ActionRecheck                  // digest again everything that is resident
	ActionQuarantine               // nothing on the device can be trusted
	ActionLost                     // the device or its context is gone
)

// String is the action's name in records.
func (a Action) String() string {
	switch a {
	case ActionNote:
		return "note"
	case ActionRecheck:
		return "recheck"
	case ActionQuarantine:
		return "quarantine"
	case ActionLost:
		return "lost"
	default:
		return "unknown"
	}
}

// Health is what a driver reports of a device outside of any call: a memory
// error, a row that was remapped, a device that fell off the bus.
type Health struct {
	Device int
	Source string // "xid", "ecc", "remap", "recovery", "driver"
	Code   uint64 // of the source: the Xid, for one
	Action Action
	Detail string // what it means, for a person; no addresses
}

// Watcher is implemented by backends that learn of failures outside calls.
type Watcher interface {
	// Watch tells what happens to the devices with these indices until ctx
	// ends, from a goroutine of the caller's, in order. It returns early with
	// an error if the driver cannot say. tell must not block for long.
	Watch(ctx context.Context, devices []int, tell func(Health)) error
}

// Counters are a device's counts of memory errors since its driver started.
// They are evidence in a diagnosis.
type Counters struct {
	Corrected     uint64 // ECC errors that were corrected
	Uncorrected   uint64 // ECC errors that were not
	RemappedRows  uint64
	RemapPending  bool // a row is remapped at the next reset
	RemapFailed   bool
	FailuresNoted uint64 // Xid events
}

// Counting is implemented by backends whose devices count memory errors.
type Counting interface {
	// Counters may be called from any goroutine. ErrNotSupported if the
	// device does not count.
	Counters(device int) (Counters, error)
}

// HostMemory is implemented by devices that have host memory from which
// copies are faster: page-locked memory that the device reads itself.
type HostMemory interface {
	// AllocHost returns zeroed page-locked memory. It is called on the
	// device's thread; the memory may be used on any goroutine until
	// FreeHost, which wipes it, or the device's Close.
	AllocHost(size Bytes) ([]byte, error)
	// FreeHost gives memory of AllocHost back, after it was wiped.
	FreeHost(memory []byte) error
}

// MemoryTester is implemented by devices that test memory with a kernel.
type MemoryTester interface {
	// TestMemory writes two complementary patterns made from the seed to the
	// span, checks each, and leaves zeroes. It returns the number of 8-byte
	// words that did not hold what was written. The span's offset and size
	// are multiples of 8.
	TestMemory(at Span, seed uint64) (wrong uint64, err error)
}
