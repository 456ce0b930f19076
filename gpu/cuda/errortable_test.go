package cuda

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
	"github.com/vram-engine/vram-engine/gpu/health"
)

func allOutcomes() []outcome {
	var all []outcome
	for _, rows := range [][]outcome{requestOutcomes(), systemOutcomes(), deviceOutcomes()} {
		all = append(all, rows...)
	}
	return all
}

func TestEveryResultHasOneMeaning(t *testing.T) {
	rows := map[driver.Result]int{}
	for _, row := range allOutcomes() {
		rows[row.result]++
		if row.result.Name() == "" || row.text == "" {
			t.Errorf("row %d has no name or no text", int32(row.result))
		}
		if row.code == "" && row.result != driver.Success {
			t.Errorf("%s has no code", row.result.Name())
		}
	}
	known := 0
	for r := driver.Result(0); r < 1000; r++ {
		if r.Name() == "" {
			if rows[r] != 0 {
				t.Errorf("code %d is in the table and not in the list", int32(r))
			}
			continue
		}
		known++
		if rows[r] != 1 {
			t.Errorf("%s is in the table %d times", r.Name(), rows[r])
		}
	}
	if known < 100 {
		t.Errorf("only %d codes are known", known)
	}
}

// The codes of which it is known, or taken, that no later call succeeds, and
// those of which it is known that the context lives on.
func TestStickyResults(t *testing.T) {
	sticky := []driver.Result{214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 810, 911, 999}
	lives := []driver.Result{1, 2, 46, 100, 101, 200, 201, 209, 218, 221, 222, 400, 500, 600, 801, 802}
	for _, r := range sticky {
		if e := failure("launch", 0, r); !gpu.IsSticky(e) {
			t.Errorf("%v is not sticky", e)
		}
	}
	for _, r := range lives {
		if e := failure("launch", 0, r); gpu.IsSticky(e) {
			t.Errorf("%v is sticky", e)
		}
	}
	for _, row := range allOutcomes() {
		means := row.meaning == deviceLost || row.meaning == quarantine || row.meaning == restartNeeded && row.result != driver.ErrorSystemDriverMismatch
		if means != row.sticky {
			t.Errorf("%s: %s, sticky %t", row.result.Name(), row.meaning, row.sticky)
		}
	}
}

func TestFailureNamesEverything(t *testing.T) {
	tests := []struct {
		result driver.Result
		code   gpu.Code
		says   string
	}{
		{driver.ErrorOutOfMemory, gpu.ErrOutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY (2): "},
		{driver.ErrorInvalidValue, gpu.ErrInvalidValue, "CUDA_ERROR_INVALID_VALUE (1): "},
		{driver.ErrorInvalidContext, gpu.ErrWrongThread, "CUDA_ERROR_INVALID_CONTEXT (201): "},
		{driver.ErrorIllegalAddress, gpu.ErrIllegalAddress, "CUDA_ERROR_ILLEGAL_ADDRESS (700): "},
		{driver.ErrorLaunchFailed, gpu.ErrLaunchFailed, "CUDA_ERROR_LAUNCH_FAILED (719): "},
		{driver.ErrorECCUncorrectable, gpu.ErrECC, "CUDA_ERROR_ECC_UNCORRECTABLE (214): "},
		{driver.ErrorContextIsDestroyed, gpu.ErrLost, "CUDA_ERROR_CONTEXT_IS_DESTROYED (709): "},
		{driver.ErrorNotSupported, gpu.ErrNotSupported, "CUDA_ERROR_NOT_SUPPORTED (801): "},
		{driver.ErrorNotFound, gpu.ErrNotFound, "CUDA_ERROR_NOT_FOUND (500): "},
		{4711, gpu.ErrUnknown, "code (4711): "},
		{-1, gpu.ErrUnknown, "code (-1): "},
	}
	for _, tt := range tests {
		var err error = failure("digest", 3, tt.result)
		if !errors.Is(err, tt.code) || !strings.HasPrefix(err.Error(), "device 3: digest: "+string(tt.code)+": "+tt.says) {
			t.Errorf("%d: %v", int32(tt.result), err)
		}
	}
	if e := failure("x", 0, 4711); !e.Sticky {
		t.Error("a code that nobody knows does not poison the device")
	}
}

func TestXids(t *testing.T) {
	want := map[uint64]health.Action{
		13: health.Note, 31: health.Recheck, 43: health.Note, 45: health.Note, 48: health.Quarantine,
		63: health.Recheck, 64: health.Quarantine, 74: health.Note, 79: health.Lost, 92: health.Recheck,
		94: health.Recheck, 95: health.Quarantine, 119: health.Quarantine, 120: health.Quarantine,
		140: health.Quarantine, 154: health.Note, 171: health.Quarantine, 172: health.Quarantine,
		0: health.Note, 9999: health.Note, ^uint64(0): health.Note,
	}
	for number, action := range want {
		h := xidHealth(5, number)
		if h.Action != action || h.Source != "xid" || h.Code != number || h.Device != 5 || !strings.HasPrefix(h.Detail, fmt.Sprintf("Xid %d: ", number)) {
			t.Errorf("Xid %d: %+v", number, h)
		}
	}
	if len(xids()) != len(want)-3 {
		t.Errorf("%d Xids are in the table", len(xids()))
	}
	for i, row := range xids() {
		if i > 0 && row.number <= xids()[i-1].number {
			t.Errorf("Xid %d is not in order", row.number)
		}
		if row.meaning == quarantine != (row.action == health.Quarantine) {
			t.Errorf("Xid %d: %s and %s", row.number, row.meaning, row.action)
		}
	}
}

func TestRecoveryActions(t *testing.T) {
	want := map[nvml.RecoveryAction]health.Action{
		nvml.RecoveryNone: health.Note, nvml.RecoveryGPUReset: health.Quarantine,
		nvml.RecoveryNodeReboot: health.Quarantine, nvml.RecoveryDrainP2P: health.Note,
		nvml.RecoveryDrainAndReset: health.Quarantine, nvml.RecoveryRecoverIMEXDomain: health.Note,
		77: health.Quarantine, -1: health.Quarantine,
	}
	for action, asks := range want {
		if h := recoveryHealth(1, action); h.Action != asks || h.Source != "recovery" || h.Device != 1 || h.Detail == "" {
			t.Errorf("%d: %+v", action, h)
		}
	}
	if len(recoveries()) != len(want)-2 {
		t.Errorf("%d actions are in the table", len(recoveries()))
	}
}

func TestFailuresCanBeWritten(t *testing.T) {
	for _, row := range allOutcomes() {
		if _, err := json.Marshal(failure("x", 0, row.result)); err != nil {
			t.Errorf("%s: %v", row.result.Name(), err)
		}
	}
}
