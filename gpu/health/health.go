package health

import "context"

// Action is what a report about a device's health asks for.
type Action uint8

// The actions, from the mildest on.
const (
	Note       Action = iota // put it on record
	Recheck                  // digest again everything that is resident
	Quarantine               // nothing on the device can be trusted
	Lost                     // the device or its context is gone
)

// String is the action's name in records.
func (a Action) String() string {
	switch a {
	case Note:
		return "note"
	case Recheck:
		return "recheck"
	case Quarantine:
		return "quarantine"
	case Lost:
		return "lost"
	default:
		return "unknown"
	}
}

// Report is what a driver reports of a device outside of any call: a memory
// error, a row that was remapped, a device that fell off the bus.
type Report struct {
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
	Watch(ctx context.Context, devices []int, tell func(Report)) error
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

// Counter is implemented by backends whose devices count memory errors.
type Counter interface {
	// Counters may be called from any goroutine. gpu.ErrNotSupported if
	// the device does not count.
	Counters(device int) (Counters, error)
}
