package failure

import (
	"errors"
	"io/fs"
	"testing"

	vram "github.com/vram-engine/vram-engine"
)

func TestFailureIsItsKindAndItsCause(t *testing.T) {
	err := Because(vram.ErrPolicyViolation, fs.ErrPermission, "reading %q", "f")
	if !errors.Is(err, vram.ErrPolicyViolation) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v is not both", err)
	}
	if got, want := err.Error(), `reading "f": permission denied`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := vram.ExitStatus(err); got != 4 {
		t.Errorf("exit status %d, want 4", got)
	}
	if got := vram.ExitStatus(Usage("no such thing")); got != 2 {
		t.Errorf("exit status %d, want 2", got)
	}
	if errors.Is(Usage("x"), vram.ErrPolicyViolation) {
		t.Error("a failure is of another kind, too")
	}
}
