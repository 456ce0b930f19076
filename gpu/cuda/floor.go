package cuda

import "github.com/cockroachdb/errors"

// floorVersion is the oldest CUDA version that the driver may speak: 12.0,
// which came with driver 525.
const floorVersion = 12000

// ErrOldDriver says that the installed driver is too old.
var ErrOldDriver = errors.New("cuda: the NVIDIA driver is too old")

// checkVersion refuses drivers below the floor. A version is 1000 times the
// major and ten times the minor number, as the driver gives it.
func checkVersion(version int) error {
	if version >= floorVersion {
		return nil
	}
	return errors.Wrapf(ErrOldDriver, "cuda: the driver speaks CUDA %d.%d, and 12.0 is needed; update it to 525 or newer",
		version/1000, version%1000/10)
}
