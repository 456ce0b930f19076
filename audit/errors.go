package audit

import (
	"fmt"

	"github.com/cockroachdb/errors"
)

// The errors that a caller can branch on with errors.Is of the standard
// library.
var (
	// ErrFull refuses an Emit because the queue is at Options.MaxQueue. The
	// record was dropped and counted; an AuditDropped record will say so.
	ErrFull = errors.New("audit: the queue is full and the record was dropped; slow down, or find out why the disk is slow")

	// ErrUnavailable says that the log cannot be written durably now. What
	// was refused is not in the log, unless the error says otherwise.
	ErrUnavailable = errors.New("audit: the log cannot be written")

	// ErrClosed refuses work on a closed log.
	ErrClosed = errors.New("audit: the log is closed; open it again to write")

	// ErrLocked refuses a second writer.
	ErrLocked = errors.New("audit: the log is open in another writer")

	// ErrTampered says that the log is not what was written. The chain of the
	// error usually holds a *TamperError with the place.
	ErrTampered = errors.New("audit: the log was tampered with")

	// ErrTruncated says that the log is shorter than its signed head.
	ErrTruncated = errors.New("audit: the log is shorter than its signed head")

	// ErrOtherKey says that the head was signed with another key than the one
	// that was given, although it is genuine under the key beside the log.
	ErrOtherKey = errors.New("audit: the log was signed with another key")

	// ErrNoLog says that a directory holds no log.
	ErrNoLog = errors.New("audit: there is no log")

	// ErrInvalid refuses options, keys or records that cannot be used.
	ErrInvalid = errors.New("audit: invalid input")
)

// failure is a sentinel with a sentence about this case and, where there is
// one, a cause. Both are visible to errors.Is and errors.As of the standard
// library, which errors.Mark of cockroachdb is not.
type failure struct {
	sentinel error
	text     string
	cause    error
}

func fail(sentinel error, cause error, format string, args ...any) error {
	return &failure{sentinel: sentinel, text: fmt.Sprintf(format, args...), cause: cause}
}

func (f *failure) Error() string {
	s := f.sentinel.Error()
	if f.text != "" {
		s += ": " + f.text
	}
	if f.cause != nil {
		s += " (" + f.cause.Error() + ")"
	}
	return s
}

// Unwrap gives both parents.
func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.sentinel}
	}
	return []error{f.sentinel, f.cause}
}

// TamperError names the place at which the log stops being what was written.
// It unwraps to ErrTampered.
type TamperError struct {
	Segment string // the file's name inside the directory
	Line    uint64 // counted from 1 inside the segment; 0 when no line is meant
	Seq     uint64 // the sequence number that belongs, or claims to be, there; 0 when unknown
	Reason  string // begins with changed, removed, inserted, reordered or rewritten
}

func (e *TamperError) Error() string {
	s := ErrTampered.Error() + ": " + e.Segment
	if e.Line != 0 {
		s += fmt.Sprintf(" line %d", e.Line)
	}
	if e.Seq != 0 {
		s += fmt.Sprintf(" (record %d)", e.Seq)
	}
	return s + ": " + e.Reason + "; keep the directory as evidence, and let the engine start with a new one"
}

// Unwrap makes errors.Is(err, ErrTampered) hold.
func (e *TamperError) Unwrap() error { return ErrTampered }
