package seal

import (
	"io"
	"os"
	"syscall"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// readSecret returns the contents of a file that only its owner, who runs
// this, can read. The file is opened once and everything is checked on what
// was opened. A FIFO cannot make it wait. No error repeats contents.
func readSecret(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, ErrFileMissing
	case errors.Is(err, unix.ELOOP):
		return nil, ErrFileLink
	case errors.Is(err, unix.ENXIO): // a socket, or a device that is not there
		return nil, ErrFileKind
	case err != nil:
		return nil, unusable(err)
	}
	content, err := readOpened(f)
	if cerr := f.Close(); cerr != nil && err == nil {
		clear(content)
		return nil, unusable(cerr)
	}
	return content, err
}

// readOpened checks and reads the opened file.
func readOpened(f *os.File) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, unusable(err)
	}
	if err := checkSecret(info); err != nil {
		return nil, err
	}
	// One fixed buffer: one that grows would leave copies behind.
	buf := make([]byte, maxToken+2)
	n, err := io.ReadFull(f, buf)
	switch {
	case err == nil:
		clear(buf)
		return nil, ErrFileLong
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		clear(buf)
		return nil, unusable(err)
	}
	return buf[:n], nil
}

// checkSecret says why a file is not fit to hold a secret.
func checkSecret(info os.FileInfo) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ErrFileUnusable
	}
	switch {
	case !info.Mode().IsRegular():
		return ErrFileKind
	case int(stat.Uid) != os.Geteuid():
		return ErrFileOwner
	case info.Mode().Perm()&0o077 != 0:
		return ErrFileMode
	case stat.Nlink != 1:
		return ErrFileLinks
	}
	return nil
}

// unusable is ErrFileUnusable with the system's reason.
func unusable(err error) error {
	var reason *os.PathError
	if errors.As(err, &reason) {
		err = reason.Err // without the path, which the caller adds
	}
	return &fileError{cause: err}
}

// fileError is a file operation that failed for another reason than those
// that have codes of their own.
type fileError struct{ cause error }

func (e *fileError) Error() string { return string(ErrFileUnusable) + ": " + e.cause.Error() }

func (e *fileError) Unwrap() []error { return []error{ErrFileUnusable, e.cause} }

// named adds to an error which file it is about.
func named(what, path string, err error) error {
	return errors.Wrapf(err, "%s %q", what, path)
}
