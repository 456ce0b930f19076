package daemon

import (
	"path/filepath"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

// deviceNodes are what a machine with real GPUs has.
const deviceNodes = "/dev/nvidia[0-9]*"

// checkUser refuses to run real devices as root, and warns of root otherwise.
// nodes is the pattern of the device files; there may be devices without any.
func checkUser(o Options, nodes string, usable func(Options) bool) error {
	if o.UID != 0 {
		return nil
	}
	if o.Simulated != nil {
		o.Logger.Warn("running as root; a service user of its own is safer")
		return nil
	}
	if o.AllowRoot {
		o.Logger.Warn("real GPUs are used as root (--allow-root); a service user of its own is safer")
		return nil
	}
	found, err := filepath.Glob(nodes)
	if err != nil {
		return errors.Wrap(err, "looking for GPUs")
	}
	if len(found) > 0 || usable(o) {
		return failure.New(vram.ErrPolicyViolation,
			"refusing to use real GPUs as root; run vram-engine as a service user of its own, or add --allow-root")
	}
	return nil
}

// usable tells whether there are real devices that the engine would use.
func usable(o Options) bool {
	_, err := cuda.Select(o.CUDA, o.GPUs)
	return err == nil
}
