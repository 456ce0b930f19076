package audit

import (
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

const (
	dirMode     = 0o700
	privateMode = 0o600
	publicMode  = 0o644 // of the public key
)

// disk is a directory of the operating system.
type disk struct{ dir string }

func (d disk) Open(name string, how access, mode uint32) (file, error) {
	// Without O_NONBLOCK a FIFO in the place of a file would hang us.
	flags := unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_NONBLOCK
	switch how {
	case readOnly:
		flags |= os.O_RDONLY
	case readWrite:
		flags |= os.O_RDWR
	case createOnly:
		flags |= os.O_RDWR | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(filepath.Join(d.dir, name), flags, os.FileMode(mode))
	if err != nil {
		return nil, err
	}
	if err := prepare(f, how, mode); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return diskFile{f}, nil
}

// prepare refuses what is no regular file and gives a new file its mode
// whatever the umask is.
func prepare(f *os.File, how access, mode uint32) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.Newf("%s is not a regular file; remove it", f.Name())
	}
	if how == createOnly {
		return f.Chmod(os.FileMode(mode))
	}
	return nil
}

func (d disk) Names() ([]string, error) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

func (d disk) Rename(from, to string) error {
	return os.Rename(filepath.Join(d.dir, from), filepath.Join(d.dir, to))
}

func (d disk) Sync() error { return syncDir(d.dir) }

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// diskFile is an *os.File whose Sync is fdatasync.
type diskFile struct{ *os.File }

func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f diskFile) Sync() error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		for {
			failed = unix.Fdatasync(int(fd))
			if !errors.Is(failed, unix.EINTR) {
				return
			}
		}
	})
	return errors.Join(err, failed)
}
