package gpu

import (
	"errors"
	"fmt"
	"testing"

	cockroach "github.com/cockroachdb/errors"
)

func codes() []Code {
	return []Code{ErrInvalidValue, ErrOutOfMemory, ErrNotFound, ErrNotSupported, ErrWrongThread, ErrClosed, ErrLaunchFailed,
		ErrIllegalAddress, ErrECC, ErrLost, ErrUnknown, ErrScrubFailed, ErrNotResident}
}

// TestErrorsWithTheStandardLibrary finds the code and the error however deep.
func TestErrorsWithTheStandardLibrary(t *testing.T) {
	seen := map[Code]bool{}
	for _, code := range codes() {
		if seen[code] {
			t.Errorf("%v means two things", code)
		}
		seen[code] = true
		for _, sticky := range []bool{false, true} {
			e := &Error{Op: "write", Device: 1, Code: code, Sticky: sticky}
			for what, err := range map[string]error{
				"bare":     e,
				"standard": fmt.Errorf("deep: %w", fmt.Errorf("deeper: %w", e)),
				"wrapped":  cockroach.Wrap(e, "deep"),
				"joined":   errors.Join(errors.New("other"), e),
				"combined": cockroach.CombineErrors(e, errors.New("other")),
			} {
				var found *Error
				if !errors.Is(err, code) || !errors.As(err, &found) || found != e || IsSticky(err) != sticky {
					t.Errorf("%s %v: sticky %v", what, err, IsSticky(err))
				}
				for _, other := range codes() {
					if other != code && errors.Is(err, other) {
						t.Errorf("%v is %v too", err, other)
					}
				}
			}
		}
	}
	for _, err := range []error{nil, errors.New("other"), ErrLost} {
		if IsSticky(err) {
			t.Errorf("%v is sticky", err)
		}
	}
}

func TestErrorTexts(t *testing.T) {
	for want, e := range map[string]*Error{
		"device 0: read: gpu: invalid value":                                                      {Op: "read", Code: ErrInvalidValue},
		"device 2: map: gpu: out of device memory: no room":                                       {Op: "map", Device: 2, Code: ErrOutOfMemory, Detail: "no room"},
		"device 1: idle: gpu: device lost (the device cannot be used any more)":                   {Op: "idle", Device: 1, Code: ErrLost, Sticky: true},
		"device 1: idle: gpu: uncorrectable memory error: x (the device cannot be used any more)": {Op: "idle", Device: 1, Code: ErrECC, Sticky: true, Detail: "x"},
	} {
		if e.Error() != want {
			t.Errorf("got %q, want %q", e.Error(), want)
		}
	}
}
