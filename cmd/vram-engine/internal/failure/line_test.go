package failure

import (
	"errors"
	"fmt"
	"testing"

	vram "github.com/vram-engine/vram-engine"
)

func TestLine(t *testing.T) {
	for want, err := range map[string]error{
		"sim flip a: policy violation: use --sim-faults": &vram.Error{
			Op: "sim flip", Shard: "a", Kind: vram.ErrPolicyViolation,
			Cause: fmt.Errorf("use --sim-faults: %w", vram.ErrPolicyViolation),
		},
		"open: no usable device": &vram.Error{Op: "open", Kind: vram.ErrNoDevice, Cause: vram.ErrNoDevice},
		"seal a: conflict":       &vram.Error{Op: "seal", Shard: "a", Kind: vram.ErrConflict},
		`plain a\u{1b}`:          errors.New("plain\na\x1b"),
		"mine":                   fmt.Errorf("wrapped: %w", Usage("mine")),
	} {
		if got := Line(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
