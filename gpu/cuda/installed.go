package cuda

import (
	"encoding/hex"
	"strconv"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
)

// Driver is the installed driver.
type Driver struct {
	Library    string // the file of libcuda, or its name where the system's loader chose; empty: there is none
	Version    int    // the CUDA version that it speaks: 12040 for 12.4; zero: not known
	Management string // by Diagnose: the driver's own version, such as 550.54.15; empty: there is no management library
	Unmanaged  string // why there is none
}

// CUDA is the version as people write it, such as 12.4, or empty.
func (d Driver) CUDA() string {
	if d.Version == 0 {
		return ""
	}
	return strconv.Itoa(d.Version/1000) + "." + strconv.Itoa(d.Version%1000/10)
}

// Installed finds the driver's library and does not start it: no device is
// touched. The zero Driver says that there is none, or that the environment of
// the process keeps it from being loaded. It blocks on the file system and may be called
// from any goroutine.
func Installed(o Options) Driver {
	if _, err := prepareEnvironment(ownSurroundings()); err != nil {
		return Driver{}
	}
	return installed(o)
}

// installed looks at the library alone.
func installed(o Options) Driver {
	lib, err := driver.Open(driver.Options{Paths: o.Libraries})
	if err != nil {
		return Driver{}
	}
	d := Driver{Library: lib.Path()}
	if version, r := lib.Version(); r == driver.Success {
		d.Version = version
	}
	return d
}

// askManager starts the management library for a moment, and has it say what
// it is.
func (d *Driver) askManager(o Options) {
	err := openManager(o.NVML).during(func(lib *nvml.Library) error {
		version, r := lib.DriverVersion()
		if r != nvml.Success {
			return errors.Newf("nvml: the driver's version is not known: %s", r.Name())
		}
		d.Management = version
		return nil
	})
	if err != nil {
		d.Unmanaged = err.Error()
	}
}

// KernelsDigest is the SHA-256 of the kernels that are embedded, as 64
// hexadecimal digits. The error says that the program is damaged.
func KernelsDigest() (string, error) {
	digest, err := kernels.Digest()
	return hex.EncodeToString(digest[:]), err
}
