package nvml

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/dynlib"
)

// Soname is the name under which the system knows the library.
const Soname = "libnvidia-ml.so.1"

// What Open reports. Both are matched by errors.Is of the standard library.
var (
	ErrNoLibrary  = errors.New("nvml: there is no libnvidia-ml.so.1 on this machine; install the NVIDIA driver, or give a container the capability \"utility\"")
	ErrIncomplete = errors.New("nvml: the library lacks functions; driver 525 or newer is needed")
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
// library.
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

// Library is the loaded library. It stays loaded until the process ends.
type Library struct {
	calls calls
	path  string
}

// Open loads the library and finds its functions; it calls none of them. It
// blocks on the file system and may be called from any goroutine. The error
// is [ErrNoLibrary], or [ErrIncomplete] with the names of what is missing, or
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
		return nil, errors.Wrap(err, "nvml: opening the management library")
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
		return nil, errors.Wrapf(ErrIncomplete, "nvml: %s has no %s", l.path, strings.Join(missing, ", "))
	}
	return l, nil
}

// Has tells whether the library has a function, by its exported name. Names
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

// Init starts the library's work for this process; it may be called again.
func (l *Library) Init() Result { return l.calls.nvmlInit_v2() }

// Shutdown ends what one Init began. Device handles are invalid after the
// last one.
func (l *Library) Shutdown() Result { return l.calls.nvmlShutdown() }

// ErrorText is the library's own description of a result, or empty.
func (l *Library) ErrorText(result Result) string {
	address := l.calls.nvmlErrorString(result)
	return dynlib.Text(*(*unsafe.Pointer)(unsafe.Pointer(&address))) // C's memory, returned as a number
}

// DriverVersion is the version of the driver, as "595.45.04".
func (l *Library) DriverVersion() (string, Result) {
	text := make([]byte, 96)
	r := l.calls.nvmlSystemGetDriverVersion(unsafe.SliceData(text), uint32(len(text)-1)) //nolint:gosec // 95
	return untilZero(text), r
}

// Format writes what the value is, and no address.
func (l *Library) Format(s fmt.State, _ rune) { withhold(s, "NVIDIA management library") }

// withhold writes what a value is instead of the value.
func withhold(s fmt.State, what string) {
	_, _ = fmt.Fprint(s, what) //nolint:errcheck // a Formatter has nobody to tell
}

// untilZero is a text in a buffer, up to the first zero byte.
func untilZero(text []byte) string {
	for i, b := range text {
		if b == 0 {
			return string(text[:i])
		}
	}
	return string(text)
}
