package actors

import (
	"fmt"
	"strings"

	"github.com/vram-engine/vram-engine/gpu"
)

// Code classifies what an actor refuses. It is itself an error, so that the
// standard library's errors.Is works on whatever wraps it.
type Code string

func (c Code) Error() string { return string(c) }

// What callers branch on.
const (
	ErrInvalid      Code = "actors: the request is not possible"
	ErrNotFound     Code = "actors: there is no such shard, device or incident"
	ErrConflict     Code = "actors: conflict"
	ErrNotSealed    Code = "actors: the shard is not sealed"
	ErrIntegrity    Code = "actors: the bytes in device memory are not the sealed ones"
	ErrUnexpected   Code = "actors: the bytes that arrived are not the expected ones"
	ErrSeal         Code = "actors: seal verification failed"
	ErrDeviceLost   Code = "actors: the device is lost"
	ErrQuarantined  Code = "actors: quarantined"
	ErrStopped      Code = "actors: the worker is stopped"
	ErrClosed       Code = "actors: the engine is closed"
	ErrOverloaded   Code = "actors: too many requests are waiting"
	ErrAuditFailed  Code = "actors: the audit log cannot be written"
	ErrCrashed      Code = "actors: the request crashed the actor that served it"
	ErrCallback     Code = "actors: the callback failed"
	ErrNotResident  Code = "actors: memory is not resident on the device"
	ErrInsideRun    Code = "actors: the engine was called from inside an Execute callback"
	ErrSourceFailed Code = "actors: the source could not be read"
)

// Error adds to a Code what it concerns. It shows no address and no contents.
type Error struct {
	Code   Code
	Shard  string // "" when it concerns no shard
	Detail string
	Cause  error // may be nil
}

func fail(code Code, shard, format string, args ...any) *Error {
	return &Error{Code: code, Shard: shard, Detail: fmt.Sprintf(format, args...)}
}

func wrap(code Code, shard string, cause error) *Error {
	return &Error{Code: code, Shard: shard, Cause: cause}
}

func (e *Error) Error() string {
	if more := e.More(); more != "" {
		return string(e.Code) + ": " + more
	}
	return string(e.Code)
}

// More is the text without that of the code, for whoever has said already
// what kind of error it is.
func (e *Error) More() string {
	var parts []string
	if e.Shard != "" {
		parts = append(parts, "shard "+e.Shard)
	}
	if e.Detail != "" {
		parts = append(parts, e.Detail)
	}
	if e.Cause != nil {
		parts = append(parts, e.Cause.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap lets errors.Is and errors.As see both the code and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Cause}
}

// deviceError says what a failed driver call means for the shard.
func deviceError(shard string, err error) error {
	if gpu.IsSticky(err) {
		return wrap(ErrDeviceLost, shard, err)
	}
	return err
}
