package vram

import (
	"github.com/cockroachdb/errors"
)

// errorRow gives what a sentinel means to the command line and to clients.
type errorRow struct {
	sentinel  error
	kind      string // stable name
	exit      int    // exit status of the command line
	rpc       string // name of the Connect/gRPC code
	retriable bool
}

// errorTable is in the order of precedence: the first row that matches counts.
func errorTable() []errorRow {
	return []errorRow{
		{ErrSealVerificationFailed, "seal_verification_failed", 3, "data_loss", false},
		{ErrIntegrityViolation, "integrity_violation", 3, "data_loss", false},
		{ErrPolicyViolation, "policy_violation", 4, "permission_denied", false},
		{ErrDeviceLost, "device_lost", 8, "unavailable", false},
		{ErrAuditUnavailable, "audit_unavailable", 6, "unavailable", true},
		{ErrQuarantined, "quarantined", 7, "failed_precondition", false},
		{ErrStopped, "stopped", 7, "failed_precondition", false},
		{ErrOverloaded, "overloaded", 7, "resource_exhausted", true},
		{ErrNoDevice, "no_device", 7, "failed_precondition", false},
		{ErrInsufficientVRAM, "insufficient_vram", 5, "resource_exhausted", true},
		{ErrAllocationFailed, "allocation_failed", 5, "resource_exhausted", true},
		{ErrNotSealed, "not_sealed", 2, "failed_precondition", true},
		{ErrConflict, "conflict", 2, "already_exists", false},
		{ErrNotFound, "not_found", 2, "not_found", false},
		{ErrInvalidInput, "invalid_input", 2, "invalid_argument", false},
		{ErrCallback, "callback", 1, "aborted", false},
		{ErrCanceled, "canceled", 1, "canceled", true},
		{ErrInternal, "internal", 1, "internal", false},
	}
}

func rowOf(err error) errorRow {
	table := errorTable()
	for _, r := range table {
		if errors.Is(err, r.sentinel) {
			return r
		}
	}
	return errorRow{sentinel: ErrInternal, kind: "internal", exit: 1, rpc: "internal"}
}

// ExitStatus returns the command line's exit status for the error: 0 done,
// 1 internal, 2 invalid input, not found or conflict, 3 integrity failure,
// 4 policy violation, 5 not enough device memory, 6 audit unavailable or
// invalid, 7 engine unreachable, stopped or quarantined, 8 device lost.
func ExitStatus(err error) int {
	if err == nil {
		return 0
	}
	return rowOf(err).exit
}

// KindOf returns the stable name of the error's kind, such as
// "integrity_violation"; "internal" for errors that are not ours.
func KindOf(err error) string { return rowOf(err).kind }

// RPCCode returns the name of the Connect code for the error, such as
// "invalid_argument".
func RPCCode(err error) string { return rowOf(err).rpc }

// Retriable reports whether the same request may succeed later.
func Retriable(err error) bool {
	var e *Error
	if errors.As(err, &e) {
		return e.Retriable
	}
	return rowOf(err).retriable
}

// ErrorOf returns the sentinel of a kind's stable name, ErrInternal for names
// that are not known. Clients turn what a daemon answered into an error again
// with it.
func ErrorOf(kind string) error {
	for _, r := range errorTable() {
		if r.kind == kind {
			return r.sentinel
		}
	}
	return ErrInternal
}
