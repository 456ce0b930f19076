package cuda

import (
	"fmt"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// xid is what one kind of Xid error means. The driver reports Xids of a whole
// device, whichever process they come from.
type xid struct {
	number  uint64
	meaning meaning
	action  health.Action // ActionRecheck: what is resident is digested again
	text    string
	origin  origin
}

// xids are the errors with a meaning of their own; others are put on record.
func xids() []xid {
	return []xid{
		{13, restartNeeded, health.Note, "a kernel failed; the process that it belongs to is told by its next call", catalogue},
		{31, restartNeeded, health.Recheck, "a kernel used an address that is not mapped, or wrote to sealed memory", catalogue},
		{43, ignored, health.Note, "a process's channel was reset after another error", catalogue},
		{45, ignored, health.Note, "a process's channels were removed after another error", catalogue},
		{48, quarantine, health.Quarantine, "a memory error that could not be corrected; drain and reset the GPU", catalogue},
		{63, ignored, health.Recheck, "a row or page of memory was retired; it takes effect at the next reset", catalogue},
		{64, quarantine, health.Quarantine, "a row or page of memory could not be retired; reset the GPU, and replace it if that comes again", catalogue},
		{74, ignored, health.Note, "an NVLink error; see the kernel's log for its kind", catalogue},
		{79, deviceLost, health.Lost, "the GPU fell off the bus; reboot the machine", catalogue},
		{92, ignored, health.Recheck, "many memory errors were corrected", catalogue},
		{94, restartNeeded, health.Recheck, "a memory error was contained to one process, which must be started again", catalogue},
		{95, quarantine, health.Quarantine, "a memory error was not contained; reset the GPU", catalogue},
		{119, quarantine, health.Quarantine, "the GPU's own processor does not answer; reset the GPU", catalogue},
		{120, quarantine, health.Quarantine, "the GPU's own processor failed; reset the GPU", catalogue},
		{140, quarantine, health.Quarantine, "a memory error escaped correction; what was computed since the last digest is in doubt; reset the GPU", catalogue},
		{154, ignored, health.Note, "the action that the driver asks for has changed; it is read and obeyed", catalogue},
		{171, quarantine, health.Quarantine, "an error of the GPU's memory that could not be corrected; drain and reset the GPU", judgement},
		{172, quarantine, health.Quarantine, "an error of the GPU's inner memory that could not be corrected; drain and reset the GPU", judgement},
	}
}

// xidOf looks an Xid up.
func xidOf(number uint64) xid {
	for _, row := range xids() {
		if row.number == number {
			return row
		}
	}
	return xid{
		number: number, meaning: ignored, action: health.Note, origin: judgement,
		text: "not known to this version; see NVIDIA's catalogue of Xid errors",
	}
}

// xidHealth is the report of an Xid error.
func xidHealth(device int, number uint64) health.Report {
	row := xidOf(number)
	return health.Report{
		Device: device, Source: "xid", Code: number, Action: row.action,
		Detail: fmt.Sprintf("Xid %d: %s", number, row.text),
	}
}

// recovery is what an action means that the driver asks for.
type recovery struct {
	action nvml.RecoveryAction
	asks   health.Action
	text   string
}

func recoveries() []recovery {
	return []recovery{
		{nvml.RecoveryNone, health.Note, "the driver asks for nothing"},
		{nvml.RecoveryGPUReset, health.Quarantine, "the driver asks for a reset of the GPU"},
		{nvml.RecoveryNodeReboot, health.Quarantine, "the driver asks for a reboot of the machine"},
		{nvml.RecoveryDrainP2P, health.Note, "the driver asks that traffic between GPUs is drained"},
		{nvml.RecoveryDrainAndReset, health.Quarantine, "the driver asks that work is drained and the GPU reset"},
		{nvml.RecoveryRecoverIMEXDomain, health.Note, "the driver asks that the IMEX domain is recovered"},
	}
}

// recoveryHealth is the report of an action that the driver asks for. One
// that is not known is taken seriously.
func recoveryHealth(device int, action nvml.RecoveryAction) health.Report {
	h := health.Report{
		Device: device, Source: "recovery", Code: uint64(max(0, action)), Action: health.Quarantine,
		Detail: "the driver asks for something that this version does not know; see nvidia-smi -q",
	}
	for _, row := range recoveries() {
		if row.action == action {
			h.Action, h.Detail = row.asks, row.text
		}
	}
	return h
}
