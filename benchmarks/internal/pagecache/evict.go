package pagecache

import (
	"os"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// ErrUnknown says that the kernel does not tell what is cached.
var ErrUnknown = errors.New("pagecache: the kernel has no cachestat")

// Evict makes the file's pages clean and takes them out of the cache. It
// blocks until they are on the disk.
func Evict(f *os.File) error {
	if err := f.Sync(); err != nil {
		return errors.Wrap(err, "making the pages clean")
	}
	return control(f, func(fd int) error {
		return errors.Wrap(unix.Fadvise(fd, 0, 0, unix.FADV_DONTNEED), "taking the file out of the page cache")
	})
}

// Resident returns how many bytes of the file are in the cache.
func Resident(f *os.File) (uint64, error) {
	var stat unix.Cachestat_t
	err := control(f, func(fd int) error {
		return unix.Cachestat(uint(fd), &unix.CachestatRange{}, &stat, 0)
	})
	if errors.Is(err, unix.ENOSYS) {
		return 0, ErrUnknown
	}
	return stat.Cache * uint64(os.Getpagesize()), errors.Wrap(err, "what is in the page cache") //nolint:gosec // a page has a size
}

func control(f *os.File, fn func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return errors.Wrap(err, "the file's descriptor")
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = fn(int(fd)) })
	return errors.Join(failed, err)
}
