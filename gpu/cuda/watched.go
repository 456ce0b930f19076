package cuda

import (
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// watchedDevice is what is known of a device that is watched.
type watchedDevice struct {
	lib    *nvml.Library
	index  int
	device nvml.Device
	ecc    nvml.ECC
	rows   nvml.Rows
	action nvml.RecoveryAction
	lost   bool
}

// look reads what the device counts. What it does not count stays zero.
func (w *watchedDevice) look() {
	if e, r := w.lib.ECCErrors(w.device); w.known(r) {
		w.ecc = e
	}
	if rows, r := w.lib.RemappedRows(w.device); w.known(r) {
		w.rows = rows
	}
	if action, r := w.lib.RecoveryAction(w.device); w.known(r) {
		w.action = action
	}
}

func (w *watchedDevice) known(r nvml.Result) bool {
	w.lost = w.lost || r == nvml.ErrorGPUIsLost
	return r == nvml.Success
}

// report looks again and tells of what has changed for the worse.
func (w *watchedDevice) report(tell func(health.Report)) {
	before := *w
	w.look()
	say := func(is bool, source string, code uint64, action health.Action, format string, args ...any) {
		if is {
			tell(health.Report{Device: w.index, Source: source, Code: code, Action: action, Detail: fmt.Sprintf(format, args...)})
		}
	}
	say(w.lost && !before.lost, "driver", uint64(nvml.ErrorGPUIsLost), health.Lost, "the GPU fell off the bus; reboot the machine")
	fresh := w.ecc.Uncorrected - min(before.ecc.Uncorrected, w.ecc.Uncorrected)
	say(fresh > 0, "ecc", fresh, health.Recheck, "memory errors that could not be corrected: %d more, %d in all", fresh, w.ecc.Uncorrected)
	fresh = w.ecc.Corrected - min(before.ecc.Corrected, w.ecc.Corrected)
	say(fresh > 0, "ecc", fresh, health.Note, "memory errors that were corrected: %d more, %d in all", fresh, w.ecc.Corrected)
	rows, old := w.rows.Corrected+w.rows.Uncorrected, before.rows.Corrected+before.rows.Uncorrected
	say(rows > old || w.rows.Pending && !before.rows.Pending, "remap", uint64(gpu.BytesOf(rows)), health.Recheck,
		"a row of memory was replaced, or is at the next reset: %d in all", rows)
	say(w.rows.Failed && !before.rows.Failed, "remap", uint64(gpu.BytesOf(rows)), health.Quarantine,
		"a row of memory could not be replaced; reset the GPU, and replace it if that comes again")
	if w.action != before.action && w.action != nvml.RecoveryNone {
		tell(recoveryHealth(w.index, w.action))
	}
}

// Counters asks the management library. Errors that the device does not count
// are zero; if it counts neither memory errors nor remapped rows the error is
// gpu.ErrNotSupported. FailuresNoted counts what Watch saw. See health.Counter.
func (b *Backend) Counters(device int) (health.Counters, error) {
	const op = "counters"
	if device < 0 || device >= len(b.devices) {
		return health.Counters{}, &gpu.Error{Op: op, Device: device, Code: gpu.ErrNotFound, Detail: fmt.Sprintf("there are %d usable GPUs", len(b.devices))}
	}
	var c health.Counters
	counts := false
	err := b.manager.during(func(lib *nvml.Library) error {
		seen, _, r := lib.Find(b.devices[device].uuid)
		if r != nvml.Success {
			return nil
		}
		if e, r := lib.ECCErrors(seen); r == nvml.Success {
			counts = true
			c.Corrected, c.Uncorrected = e.Corrected, e.Uncorrected
		}
		if rows, r := lib.RemappedRows(seen); r == nvml.Success {
			counts = true
			c.RemappedRows = uint64(gpu.BytesOf(rows.Corrected)) + uint64(gpu.BytesOf(rows.Uncorrected))
			c.RemapPending, c.RemapFailed = rows.Pending, rows.Failed
		}
		return nil
	})
	if err != nil {
		return health.Counters{}, &gpu.Error{Op: op, Device: device, Code: gpu.ErrNotSupported, Detail: err.Error()}
	}
	if !counts {
		return health.Counters{}, &gpu.Error{Op: op, Device: device, Code: gpu.ErrNotSupported, Detail: "the device does not count memory errors"}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c.FailuresNoted = b.noted[device]
	return c, nil
}
