package audit

import (
	"io"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

const lockName = "lock"

// prepareDir creates the directory of the log, durably, and refuses one in
// which others could replace files.
func prepareDir(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(dir, dirMode); err != nil {
			return fail(ErrUnavailable, err, "the directory cannot be created; make it, or choose another data directory")
		}
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return fail(ErrUnavailable, err, "the directory cannot be made durable")
		}
		info, err = os.Lstat(dir)
	}
	switch {
	case err != nil:
		return fail(ErrUnavailable, err, "the directory cannot be examined")
	case !info.IsDir():
		return fail(ErrInvalid, nil, "%s is not a directory; remove it, or choose another data directory", dir)
	case info.Mode().Perm()&0o022 != 0:
		return fail(ErrInvalid, nil, "others can write in %s; run chmod 700 on it, and check what it holds", dir)
	}
	return nil
}

// lockDir takes the lock of the directory's one writer. Closing the result,
// or the end of the process, gives it back.
func lockDir(dir string) (io.Closer, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK, privateMode)
	if err != nil {
		return nil, fail(ErrUnavailable, err, "the lock cannot be opened; make %s writable for this user", dir)
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, fail(ErrUnavailable, errors.Join(err, f.Close()), "the lock cannot be taken")
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = unix.Flock(int(fd), unix.LOCK_EX|unix.LOCK_NB) })
	switch {
	case errors.Is(failed, unix.EWOULDBLOCK):
		return nil, errors.Join(fail(ErrLocked, nil, "%s; stop the other engine, or choose another data directory", dir), f.Close())
	case err != nil || failed != nil:
		return nil, fail(ErrUnavailable, errors.Join(err, failed, f.Close()), "the lock of %s cannot be taken", dir)
	}
	return f, nil
}
