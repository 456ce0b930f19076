package modelfile

import (
	"fmt"
	"os"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu"
)

// Facts are what is known of a file that can be sealed.
type Facts struct {
	Size gpu.Bytes
	// Shared says that users other than the file's owner can read it.
	Shared bool
	// Mode is the file's permission bits.
	Mode os.FileMode
}

// Finding is the line that tells an operator of a shared file, or empty.
func (f Facts) Finding() string {
	if !f.Shared {
		return ""
	}
	return fmt.Sprintf("the model file can be read by other users (mode %04o); make it private with chmod go-rwx", f.Mode)
}

// Check looks at an open file, which is called name in errors. It asks only
// the kernel's tables. ErrInvalidInput if it cannot be sealed.
func Check(f *os.File, name string) (Facts, error) {
	info, err := f.Stat()
	if err != nil {
		return Facts{}, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "cannot look at %q", name)
	}
	if what := irregular(info.Mode()); what != "" {
		return Facts{}, failure.Usage("%q is %s; only a regular file can be sealed", name, what)
	}
	if info.Size() <= 0 {
		return Facts{}, failure.Usage("%q is empty; there is nothing to seal", name)
	}
	mode := info.Mode().Perm()
	return Facts{Size: gpu.Bytes(max(info.Size(), 0)), Shared: mode&0o044 != 0, Mode: mode}, nil
}

// CheckPassed looks at a file that somebody else opened: what Check asks, and
// that it was opened for reading and nothing else.
func CheckPassed(f *os.File) (Facts, error) {
	facts, err := Check(f, "the passed file")
	if err != nil {
		return Facts{}, err
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return Facts{}, err
	}
	var flags int
	var asked error
	if err := raw.Control(func(fd uintptr) { flags, asked = unix.FcntlInt(fd, unix.F_GETFL, 0) }); err != nil {
		return Facts{}, err
	}
	if asked != nil {
		return Facts{}, asked
	}
	if flags&unix.O_ACCMODE != unix.O_RDONLY || flags&unix.O_PATH != 0 {
		return Facts{}, failure.Usage("the passed file is not open for reading only; open it read-only and pass it again")
	}
	return facts, nil
}

// irregular names what a file is that is not a regular one.
func irregular(mode os.FileMode) string {
	switch {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "a directory"
	case mode&os.ModeNamedPipe != 0:
		return "a FIFO"
	case mode&os.ModeSocket != 0:
		return "a socket"
	case mode&os.ModeDevice != 0:
		return "a device"
	default:
		return "no regular file"
	}
}
