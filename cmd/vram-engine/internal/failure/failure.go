package failure

import (
	"fmt"

	vram "github.com/vram-engine/vram-engine"
)

// Failure is an error whose text is the whole line that a person reads.
type Failure struct {
	text  string
	kind  error
	cause error
}

// New makes a failure of the kind, one of the sentinels of package vram.
func New(kind error, format string, args ...any) error {
	return &Failure{text: fmt.Sprintf(format, args...), kind: kind}
}

// Because makes a failure of the kind whose text ends with the cause's.
func Because(kind, cause error, format string, args ...any) error {
	return &Failure{text: fmt.Sprintf(format, args...) + ": " + Line(cause), kind: kind, cause: cause}
}

// Usage makes a failure for a request that cannot be understood or carried
// out as it was written: exit status 2.
func Usage(format string, args ...any) error {
	return New(vram.ErrInvalidInput, format, args...)
}

// Error is the line for a person.
func (f *Failure) Error() string { return f.text }

// Unwrap makes errors.Is find the kind and the cause.
func (f *Failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}
