package vram

import (
	"context"
	"io/fs"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/internal/input"
	"github.com/vram-engine/vram-engine/ledger"
	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// opOpen is Open's name in errors.
const opOpen = "open"

// translated is a row of translation.
type translated struct{ from, to error }

// translation says which errors of the packages below mean what above. The
// first row that matches counts.
func translation() []translated {
	return []translated{
		{actors.ErrSeal, ErrSealVerificationFailed},
		{seal.ErrSealVerificationFailed, ErrSealVerificationFailed},
		{actors.ErrIntegrity, ErrIntegrityViolation},
		{actors.ErrUnexpected, ErrIntegrityViolation},
		{actors.ErrNotResident, ErrPolicyViolation},
		{gpu.ErrNotResident, ErrPolicyViolation},
		{cuda.ErrPolicy, ErrPolicyViolation},
		{cuda.ErrNoDevice, ErrNoDevice},
		{actors.ErrDeviceLost, ErrDeviceLost},
		{gpu.ErrLost, ErrDeviceLost},
		{gpu.ErrThreadClosed, ErrDeviceLost},
		{actors.ErrAuditFailed, ErrAuditUnavailable},
		{audit.ErrLocked, ErrConflict},
		{audit.ErrTampered, ErrAuditUnavailable},
		{audit.ErrTruncated, ErrAuditUnavailable},
		{audit.ErrOtherKey, ErrAuditUnavailable},
		{audit.ErrNoLog, ErrNotFound},
		{audit.ErrUnavailable, ErrAuditUnavailable},
		{actors.ErrQuarantined, ErrQuarantined},
		{gpu.ErrScrubFailed, ErrQuarantined},
		{actors.ErrStopped, ErrStopped},
		{actors.ErrClosed, ErrStopped},
		{actors.ErrOverloaded, ErrOverloaded},
		{ledger.ErrInsufficient, ErrInsufficientVRAM},
		{gpu.ErrOutOfMemory, ErrAllocationFailed},
		{actors.ErrNotSealed, ErrNotSealed},
		{actors.ErrConflict, ErrConflict},
		{ledger.ErrExists, ErrConflict},
		{actors.ErrCallback, ErrCallback},
		{context.Canceled, ErrCanceled},
		{context.DeadlineExceeded, ErrCanceled},
		{actors.ErrNotFound, ErrNotFound},
		{actors.ErrInsideRun, ErrInvalidInput},
		{actors.ErrSourceFailed, ErrInvalidInput},
		{actors.ErrInvalid, ErrInvalidInput},
		{input.ErrInvalid, ErrInvalidInput},
		{sim.ErrInvalidOptions, ErrInvalidInput},
		{cuda.ErrInvalidOptions, ErrInvalidInput},
		{audit.ErrInvalid, ErrInvalidInput},
		{seal.ErrBadKey, ErrInvalidInput},
		{seal.ErrInvalidHandle, ErrInvalidInput},
		{seal.ErrFileMissing, ErrNotFound},
		{seal.ErrFileLink, ErrInvalidInput},
		{seal.ErrFileKind, ErrInvalidInput},
		{seal.ErrFileOwner, ErrInvalidInput},
		{seal.ErrFileMode, ErrInvalidInput},
		{seal.ErrFileLinks, ErrInvalidInput},
		{seal.ErrFileShort, ErrInvalidInput},
		{seal.ErrFileLong, ErrInvalidInput},
		{seal.ErrFileExists, ErrConflict},
		{seal.ErrBadIdentity, ErrInvalidInput},
		{seal.ErrFileUnusable, ErrInvalidInput},
		{verity.ErrTooShort, ErrInvalidInput},
		{verity.ErrTooLong, ErrInvalidInput},
		{fs.ErrNotExist, ErrNotFound},
		{fs.ErrPermission, ErrInvalidInput},
		{actors.ErrCrashed, ErrInternal},
	}
}

// openTranslation is for what a device says when it is opened, with the
// caller's options and kernels. Afterwards the caller's input does not reach a
// device unchecked: the same words are then a driver that fails, and must not be
// taken for a shard that is not there.
func openTranslation() []translated {
	return []translated{
		{gpu.ErrInvalidValue, ErrInvalidInput},
		{gpu.ErrNotFound, ErrNotFound},
		{gpu.ErrNotSupported, ErrInvalidInput},
	}
}

// kindOf returns the sentinel that err is, or means in an operation.
func kindOf(op string, err error) error {
	for _, row := range errorTable() {
		if errors.Is(err, row.sentinel) {
			return row.sentinel
		}
	}
	rows := translation()
	if op == opOpen {
		rows = append(rows, openTranslation()...)
	}
	for _, row := range rows {
		if errors.Is(err, row.from) {
			return row.to
		}
	}
	return ErrInternal
}

// translate turns an error of the packages below into one of ours. What no
// row names is a defect or a failed driver call: ErrInternal.
func translate(op, shard string, err error) error {
	if err == nil {
		return nil
	}
	var ours *Error
	if errors.As(err, &ours) {
		return err
	}
	if input.ShardID(shard) != nil {
		shard = "" // the cause quotes it; a raw id could forge lines
	}
	e := &Error{Op: op, Shard: shard, Device: -1, Kind: kindOf(op, err), Cause: err}
	var driver *gpu.Error
	if errors.As(err, &driver) {
		e.Device = driver.Device
	}
	var short *ledger.InsufficientError
	if errors.As(err, &short) {
		e.Cause = &InsufficientVRAMError{Needed: short.Needed, Available: short.Available}
	}
	e.Retriable = rowOf(e.Kind).retriable || errors.Is(err, actors.ErrCrashed)
	return e
}
