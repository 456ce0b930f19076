package cuda

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// ErrInvalidOptions says that the CUDA backend cannot be made as asked.
var ErrInvalidOptions = errors.New("cuda: invalid options")

// The variants of the digest kernel that are not kernels of their own. Others
// are listed by Variants; all give the same hashes.
const (
	// Direct is the plainest kernel, and the default.
	Direct = "direct"
	// Measured times all kernels when a device is opened, and takes the
	// fastest.
	Measured = "measured"
)

const variantPrefix = "ve_leaves_"

// Variants lists what Options.Kernel may be, besides Measured.
func Variants() []string {
	names := kernels.Leaves()
	for i, name := range names {
		names[i] = strings.TrimPrefix(name, variantPrefix)
	}
	return names
}

// maxArena is the most that is set aside for the package's own use.
const maxArena = 256 * gpu.MiB

// Options say how the driver is used. The zero value is right for a machine
// of one's own.
type Options struct {
	// Libraries are absolute paths of libcuda.so.1, tried in order. If there
	// are none, the usual places are tried.
	Libraries []string
	// NVML are absolute paths of libnvidia-ml.so.1, in the same way.
	NVML []string
	// PrimaryContext shares the context of CUDA's runtime library in this
	// process instead of making one. It is for servers whose own code works on
	// the same memory.
	PrimaryContext bool
	// AllowCoherent admits devices whose memory the host can reach as its own,
	// such as Grace Hopper's. Their residency is then a matter of policy.
	AllowCoherent bool
	// Kernel is the variant of the digest kernel: Direct if empty.
	Kernel string
	// Arena is set aside on each device for hashes and tables, so that a
	// digest is possible when the memory is full. Zero is a thousandth of the
	// device's memory, and at most 256 MiB.
	Arena gpu.Bytes
}

// EnsureDefaults replaces zero fields by their defaults, except Arena, which
// depends on the device.
func (o *Options) EnsureDefaults() {
	if o.Kernel == "" {
		o.Kernel = Direct
	}
}

// Validate says what is wrong with options that have their defaults, with
// ErrInvalidOptions.
func (o *Options) Validate() error {
	if known := append(Variants(), Measured); !slices.Contains(known, o.Kernel) {
		return errors.Wrapf(ErrInvalidOptions, "kernel %q: give one of %s", o.Kernel, strings.Join(known, ", "))
	}
	for _, list := range [][]string{o.Libraries, o.NVML} {
		for _, path := range list {
			if !filepath.IsAbs(path) {
				return errors.Wrapf(ErrInvalidOptions, "library %q: give an absolute path", path)
			}
		}
	}
	return nil
}

// arena is how much is set aside on a device of the given size.
func (o *Options) arena(total, unit gpu.Bytes) gpu.Bytes {
	size := o.Arena
	if size == 0 {
		size = min(total/1024, maxArena)
	}
	rounded, ok := max(size, unit).RoundUp(unit)
	if !ok {
		return unit
	}
	return rounded
}
