package cuda

import (
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// meaning is what an answer of the driver, or an Xid, asks for.
type meaning uint8

// The meanings. docs/cuda.md says them in prose.
const (
	ignored       meaning = iota // no failure, or not ours
	callerError                  // what was asked cannot be had; nothing else is affected
	retriable                    // may be had later
	restartNeeded                // the process, or the driver, must be started again
	deviceLost                   // the device or its context is gone
	quarantine                   // nothing on the device can be trusted
)

// String is the meaning's name in the documentation.
func (m meaning) String() string {
	switch m {
	case ignored:
		return "ignore"
	case callerError:
		return "caller error"
	case retriable:
		return "retriable"
	case restartNeeded:
		return "restart needed"
	case deviceLost:
		return "device lost"
	case quarantine:
		return "quarantine"
	default:
		return "unknown"
	}
}

// origin is where the knowledge of a row comes from.
type origin uint8

const (
	reference origin = iota // NVIDIA's description of the code in its driver API reference
	catalogue               // NVIDIA's catalogue of Xid errors
	judgement               // nobody says; ours, on the safe side
)

// String is the origin's name in the documentation.
func (o origin) String() string {
	switch o {
	case reference:
		return "reference"
	case catalogue:
		return "catalogue"
	case judgement:
		return "ours"
	default:
		return "unknown"
	}
}

// outcome is what one result code of libcuda means to the engine.
type outcome struct {
	result  driver.Result
	meaning meaning
	code    gpu.Code
	sticky  bool   // no later call on the context succeeds
	text    string // what it is and what to do, for a person
	origin  origin
}

// outcomeOf looks a result up. A code that the table lacks is newer than it,
// and is treated like an unknown error: the context is given up.
func outcomeOf(r driver.Result) outcome {
	for _, rows := range [][]outcome{requestOutcomes(), systemOutcomes(), deviceOutcomes()} {
		for _, row := range rows {
			if row.result == r {
				return row
			}
		}
	}
	return outcome{
		result: r, meaning: deviceLost, code: gpu.ErrUnknown, sticky: true, origin: judgement,
		text: "a code that this version does not know; reopen the device, and update the engine",
	}
}

// failure is the error for a result that is not Success. The operation is
// named by the caller; the detail gives the driver's name and number of the
// result, and what to do.
func failure(op string, device int, r driver.Result) *gpu.Error {
	row := outcomeOf(r)
	name := r.Name()
	if name == "" {
		name = "code"
	}
	return &gpu.Error{
		Op: op, Device: device, Code: row.code, Sticky: row.sticky,
		Detail: fmt.Sprintf("%s (%d): %s", name, int32(r), row.text),
	}
}
