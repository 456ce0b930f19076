package verity

import "github.com/vram-engine/vram-engine/seal/verity/internal/kernel"

// CanForce reports whether this machine executes what a value of
// ForceVariable names; true for values that name nothing.
func CanForce(forced string) bool {
	for _, m := range kernel.Methods() {
		if m.Forced() == forced {
			return kernel.Choose(forced, false).Warning == ""
		}
	}
	return true
}
