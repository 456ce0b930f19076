package dynlib

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
	"github.com/ebitengine/purego"
)

// ErrNotFound says that the library is not on this machine.
var ErrNotFound = errors.New("dynlib: the library is not on this machine")

// Library is a loaded library. It holds addresses of code and prints none.
type Library struct {
	handle uintptr
	path   string
}

// Open loads the first of the absolute paths that exists and can be loaded.
// If there is none and name is not empty, the system's loader looks for name;
// that depends on the environment, and therefore comes last. It blocks while
// files are read and the library initialises itself. A relative path is
// refused. The error is [ErrNotFound] if no file was there.
func Open(paths []string, name string) (*Library, error) {
	var failed error
	for _, path := range paths {
		if !filepath.IsAbs(path) {
			return nil, errors.Newf("dynlib: %q is not an absolute path; name the library by where it is", path)
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		handle, err := load(path)
		if err == nil {
			return &Library{handle: handle, path: path}, nil
		}
		failed = errors.Join(failed, err)
	}
	if name != "" {
		handle, err := load(name)
		if err == nil {
			return &Library{handle: handle, path: name}, nil
		}
	}
	if failed != nil {
		return nil, errors.Wrap(failed, "dynlib: a library is there but cannot be loaded")
	}
	return nil, ErrNotFound
}

func load(name string) (uintptr, error) {
	handle, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return 0, errors.Wrapf(err, "loading %s", name)
	}
	return handle, nil
}

// Path is the path that was loaded, or the name if the system's loader chose.
func (l *Library) Path() string { return l.path }

// Symbol is where a function is, or zero if the library lacks it. It may be
// called from any goroutine and does not block.
func (l *Library) Symbol(name string) uintptr {
	address, err := purego.Dlsym(l.handle, name)
	if err != nil {
		return 0
	}
	return address
}

// Format writes the path and no address.
func (l *Library) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "library %s", l.path) //nolint:errcheck // a Formatter has nobody to tell
}
