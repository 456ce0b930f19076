package cudatest

import (
	"strings"
	"syscall"
	"unsafe"

	"github.com/cockroachdb/errors"
	"github.com/ebitengine/purego"
)

const (
	firstAnswer = 64 << 10 // bytes
	mostAnswer  = 64 << 20
	mostName    = 16 // no command's name is longer
)

// Library is the fake, loaded into this process. It may be used from any
// goroutine.
type Library struct {
	ctl uintptr // the function fakecuda_ctl
}

// Open loads the fake. It stays loaded for ever; opening the same paths again
// gives the same fake.
func Open(paths Paths) (*Library, error) {
	handle, err := purego.Dlopen(paths.CUDA, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, errors.Wrap(err, "cudatest: loading the fake driver")
	}
	ctl, err := purego.Dlsym(handle, "fakecuda_ctl")
	if err != nil {
		return nil, errors.Wrap(err, "cudatest: this library is no fake driver")
	}
	return &Library{ctl: ctl}, nil
}

// Run gives the fake one command, and returns its answer. It never waits for
// calls of the driver that hang. The error is a syscall.Errno, wrapped; it
// names the command, without its arguments.
func (l *Library) Run(command string) (string, error) {
	if strings.ContainsRune(command, 0) {
		return "", errors.Wrap(syscall.EINVAL, "cudatest: a command with a zero byte")
	}
	line := append([]byte(command), 0)
	for size := firstAnswer; ; size *= 8 {
		answer := make([]byte, size)
		r, _, _ := purego.SyscallN(l.ctl, uintptr(unsafe.Pointer(&line[0])), uintptr(unsafe.Pointer(&answer[0])), uintptr(size))
		code := syscall.Errno(-int32(r)) //nolint:gosec // the function returns an int, which is its low half
		switch {
		case code == 0:
			text, _, _ := strings.Cut(string(answer), "\x00")
			return text, nil
		case code == syscall.ERANGE && size < mostAnswer:
			continue
		}
		return "", refused(command, code)
	}
}

func refused(command string, code syscall.Errno) error {
	name, _, _ := strings.Cut(command, " ")
	if len(name) > mostName {
		name = "…"
	}
	return errors.Wrapf(code, "cudatest: the fake refused %q", name)
}
