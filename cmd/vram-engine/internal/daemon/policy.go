package daemon

import (
	"path/filepath"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// deviceNodes are what a machine with real GPUs has.
const deviceNodes = "/dev/nvidia[0-9]*"

// checkUser refuses to run real devices as root, and warns of root otherwise.
// nodes is the pattern of the device files.
func checkUser(o Options, nodes string) error {
	if o.UID != 0 {
		return nil
	}
	if o.Simulated != nil {
		o.Logger.Warn("running as root; a service user of its own is safer")
		return nil
	}
	found, err := filepath.Glob(nodes)
	if err != nil {
		return errors.Wrap(err, "looking for GPUs")
	}
	if len(found) > 0 && !o.AllowRoot {
		return failure.New(vram.ErrPolicyViolation,
			"refusing to use real GPUs as root; run vram-engine as a service user of its own, or add --allow-root")
	}
	return nil
}
