package seal

import (
	"crypto/rand"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// createSecret creates a file with mode 0600 and the contents, or nothing at
// all: it writes a temporary file beside it, flushes that, gives it the name
// if nothing has the name yet (else ErrFileExists), and flushes the directory.
// A crash leaves at most the temporary file, which another run ignores.
func createSecret(path string, content []byte) error {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	temp := filepath.Join(dir, "."+base+".new-"+rand.Text())
	if err := writeNew(temp, content); err != nil {
		return err
	}
	err := unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, path, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		err = linkName(temp, path) // the file system does not know RENAME_NOREPLACE
	}
	if err != nil {
		err = errors.Join(err, removeTemp(temp))
	}
	switch {
	case errors.Is(err, os.ErrExist):
		return ErrFileExists
	case err != nil:
		return unusable(err)
	}
	return flushDir(dir)
}

// linkName gives the file the name, if nothing has it, in two steps. Between
// them the file has two names, and readSecret refuses it.
func linkName(temp, path string) error {
	if err := unix.Link(temp, path); err != nil {
		return err
	}
	return unix.Unlink(temp)
}

// writeNew creates the file, writes it and flushes it; it leaves nothing
// behind when that fails.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return unusable(err)
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o600) // whatever the umask took away
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return unusable(errors.Join(err, removeTemp(path)))
	}
	return nil
}

// removeTemp removes a temporary file that may have its final name already.
func removeTemp(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// flushDir makes a new name in the directory durable.
func flushDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return unusable(err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return unusable(err)
	}
	return nil
}
