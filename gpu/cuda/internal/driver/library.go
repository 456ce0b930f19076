package driver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/dynlib"
)

// Soname is the name under which the system knows the CUDA driver.
const Soname = "libcuda.so.1"

// What Open reports. Both are matched by errors.Is of the standard library.
var (
	ErrNoLibrary  = errors.New("driver: there is no libcuda.so.1 on this machine; install the NVIDIA driver, or give a container access to it")
	ErrIncomplete = errors.New("driver: the driver lacks functions; CUDA 12.0 (driver 525) or newer is needed")
)

// Options say where the library is looked for. The zero value is right for
// every system that is known.
type Options struct {
	// Paths are absolute paths, tried in order. If there are none, the places
	// of DefaultPaths are tried, and then whatever the system's loader finds
	// under the name Soname.
	Paths []string
}

// DefaultPaths are the places where installers and container tools put the
// driver. Absolute paths come first because the environment cannot redirect
// them.
func DefaultPaths() []string {
	folders := []string{
		"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
		"/usr/local/nvidia/lib64", "/usr/lib/wsl/lib",
	}
	for i, folder := range folders {
		folders[i] = folder + "/" + Soname
	}
	return folders
}

// Library is the loaded driver. It stays loaded until the process ends.
type Library struct {
	calls calls
	path  string
}

// Open loads the driver and finds its functions; it calls none of them, so
// that Init can be called when the environment has been prepared. It blocks on
// the file system and may be called from any goroutine. The error is
// [ErrNoLibrary], or [ErrIncomplete] with the names of what is missing, or
// says why the file cannot be loaded.
func Open(o Options) (*Library, error) {
	paths, name := slices.Clone(o.Paths), ""
	if len(paths) == 0 {
		paths, name = DefaultPaths(), Soname
	}
	loaded, err := dynlib.Open(paths, name)
	if errors.Is(err, dynlib.ErrNotFound) {
		return nil, ErrNoLibrary
	}
	if err != nil {
		return nil, errors.Wrap(err, "driver: opening the CUDA driver")
	}
	l := &Library{path: loaded.Path()}
	var missing []string
	for i, s := range symbols() {
		l.calls.entry[i] = loaded.Symbol(s.name)
		if l.calls.entry[i] == 0 && !s.optional {
			missing = append(missing, s.name)
		}
	}
	if len(missing) > 0 {
		return nil, errors.Wrapf(ErrIncomplete, "driver: %s has no %s", l.path, strings.Join(missing, ", "))
	}
	return l, nil
}

// Has tells whether the driver has a function, by its exported name. Names
// that are not bound are never there. Safe from any goroutine.
func (l *Library) Has(name string) bool {
	for i, s := range symbols() {
		if s.name == name {
			return l.calls.entry[i] != 0
		}
	}
	return false
}

// Path is the file that was loaded, or Soname if the system's loader chose it.
func (l *Library) Path() string { return l.path }

// Format writes what the value is, and no address.
func (l *Library) Format(s fmt.State, _ rune) { withhold(s, "CUDA driver") }

// withhold writes what a value is instead of the value.
func withhold(s fmt.State, what string) {
	_, _ = fmt.Fprint(s, what) //nolint:errcheck // a Formatter has nobody to tell
}
