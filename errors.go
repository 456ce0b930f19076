package vram

import (
	"fmt"
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/gpu"
)

// What callers branch on, with the standard library's errors.Is too.
var (
	ErrInvalidInput           = errors.New("vram: invalid input")
	ErrNotFound               = errors.New("vram: not found")
	ErrConflict               = errors.New("vram: conflict")
	ErrInsufficientVRAM       = errors.New("vram: not enough device memory")
	ErrAllocationFailed       = errors.New("vram: device memory could not be allocated")
	ErrNotSealed              = errors.New("vram: the shard is not sealed")
	ErrSealVerificationFailed = errors.New("vram: seal verification failed")
	ErrIntegrityViolation     = errors.New("vram: integrity violation")
	ErrPolicyViolation        = errors.New("vram: policy violation")
	ErrDeviceLost             = errors.New("vram: device lost")
	ErrQuarantined            = errors.New("vram: quarantined")
	ErrAuditUnavailable       = errors.New("vram: audit log unavailable")
	ErrStopped                = errors.New("vram: the engine is stopped")
	ErrOverloaded             = errors.New("vram: overloaded")
	ErrNoDevice               = errors.New("vram: no usable device")
	ErrCanceled               = errors.New("vram: given up")
	ErrCallback               = errors.New("vram: the callback failed")
	ErrInternal               = errors.New("vram: internal error")
)

// Error says what failed, on what, and whether trying again can help. It wraps
// one of the sentinels and, for programs that look closer, the cause. Its text
// is one line and safe to show.
type Error struct {
	Op        string // the method that failed, such as "seal"
	Shard     string // "" when it concerns no shard
	Device    int    // -1 when it concerns no device
	Retriable bool
	Kind      error // one of the sentinels
	Cause     error // may be nil
}

func (e *Error) Error() string {
	s := e.Op
	if e.Shard != "" {
		s += " " + e.Shard
	}
	s += ": " + e.Kind.Error()
	if more := e.more(); more != "" {
		s += ": " + more
	}
	return s
}

// more is what the cause adds to the kind.
func (e *Error) more() string {
	if e.Cause == nil {
		return ""
	}
	var inner *actors.Error
	if !errors.As(e.Cause, &inner) {
		cause, kind := e.Cause.Error(), e.Kind.Error()
		if cause == kind {
			return ""
		}
		return strings.TrimPrefix(strings.TrimSuffix(cause, ": "+kind), kind+": ")
	}
	return strings.TrimPrefix(inner.More(), "shard "+e.Shard+": ")
}

// Unwrap lets errors.Is and errors.As see the sentinel and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// InsufficientVRAMError says how much was asked for and how much there is.
// errors.Is(err, ErrInsufficientVRAM) holds for it.
type InsufficientVRAMError struct {
	Needed    gpu.Bytes
	Available gpu.Bytes
}

func (e *InsufficientVRAMError) Error() string {
	return fmt.Sprintf("%s are needed (%d bytes) and %s available (%d bytes): release a shard, or use another device",
		e.Needed, uint64(e.Needed), e.Available, uint64(e.Available))
}

// Unwrap makes errors.Is(err, ErrInsufficientVRAM) work.
func (e *InsufficientVRAMError) Unwrap() error { return ErrInsufficientVRAM }
