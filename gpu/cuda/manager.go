package cuda

import (
	"fmt"
	"os"
	"slices"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
)

// manager is the management library, where there is one: it tells what the
// CUDA driver does not. It is initialised for as long as it is used.
type manager struct {
	lib *nvml.Library // nil: there is none
	why error         // why not
}

// openManager loads the library. A machine without it can seal and verify; it
// learns of memory errors only from digests and failing calls.
func openManager(paths []string) *manager {
	lib, err := nvml.Open(nvml.Options{Paths: paths})
	return &manager{lib: lib, why: err}
}

// during runs do while the library is initialised.
func (m *manager) during(do func(lib *nvml.Library) error) error {
	if m.lib == nil {
		return m.why
	}
	if r := m.lib.Init(); r != nvml.Success {
		return errors.Newf("nvml: the management library does not start: %s", r.Name())
	}
	err := do(m.lib)
	if r := m.lib.Shutdown(); r != nvml.Success {
		err = errors.CombineErrors(err, errors.Newf("nvml: the management library does not end: %s", r.Name()))
	}
	return err
}

// describe adds what the library says about devices to their notes.
func (m *manager) describe(devices []facts) {
	err := m.during(func(lib *nvml.Library) error {
		for i := range devices {
			info := &devices[i].info
			device, uuid, r := lib.Find(devices[i].uuid)
			if r != nvml.Success {
				info.Notes = append(info.Notes, "memory errors are not reported: the management library does not know the device: "+r.Name())
				continue
			}
			info.UUID = uuid
			info.Notes = append(info.Notes, managerNotes(lib, device)...)
		}
		return nil
	})
	if err == nil {
		return
	}
	for i := range devices {
		info := &devices[i].info
		info.Notes = append(info.Notes, fmt.Sprintf("memory errors are not reported: %v", err))
	}
}

// managerNotes are findings about one device.
func managerNotes(lib *nvml.Library, device nvml.Device) []string {
	var notes []string
	say := func(is bool, format string, args ...any) {
		if is {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	current, _, r := lib.MIG(device)
	say(r == nvml.Success && current, "the GPU is cut into slices (MIG); what others do in theirs is not seen")
	action, r := lib.RecoveryAction(device)
	say(r == nvml.Success && action != nvml.RecoveryNone, "%s", recoveryHealth(0, action).Detail)
	rows, r := lib.RemappedRows(device)
	say(r == nvml.Success && rows.Pending, "a row of memory is replaced at the next reset: reset the GPU when it is idle")
	say(r == nvml.Success && rows.Failed, "a row of memory could not be replaced: reset the GPU, and replace it if that comes again")
	state, r := lib.ConfidentialComputing()
	say(r == nvml.Success && state.Enabled, "confidential computing is on")
	say(r == nvml.Success && state.Enabled && state.DevTools, "confidential computing lets debuggers in")
	list, r := lib.Processes(device)
	others := slices.DeleteFunc(list, func(p nvml.Process) bool { return p.PID == os.Getpid() })
	say(r == nvml.Success && len(others) > 0, "processes of others use the GPU: %d", len(others))
	return notes
}
