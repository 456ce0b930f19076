package socket

import (
	"net"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// checkDirectory refuses a directory in which anybody could replace the
// socket by one of their own.
func checkDirectory(path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err != nil {
		return failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err),
			"the socket's directory %q cannot be used; create it, or name another place with --socket", dir)
	}
	if !info.IsDir() {
		return failure.Usage("%q is not a directory; name another place for the socket with --socket", dir)
	}
	if info.Mode().Perm()&0o002 != 0 && info.Mode()&os.ModeSticky == 0 {
		return failure.New(vram.ErrPolicyViolation,
			"anybody could replace a socket in %q; take the right to write there from others (chmod o-w), or name another place with --socket", dir)
	}
	return nil
}

// takeLock holds the lock beside the socket, so that of two daemons that
// start at once only one replaces a stale socket.
func takeLock(path string) (*os.File, error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err),
			"the lock %q beside the socket cannot be opened; name another place with --socket", name)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = running(path)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// replaceStale removes a socket on which nobody listens any more.
func replaceStale(network, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "cannot look at %q; name another place with --socket", path)
	}
	if info.Mode().Type() != os.ModeSocket {
		return failure.New(vram.ErrConflict, "%q exists and is not a socket; remove it, or name another place with --socket", path)
	}
	c, err := net.DialUnix(network, nil, &net.UnixAddr{Name: path, Net: network})
	if err == nil {
		return errors.Join(running(path), c.Close())
	}
	if !errors.Is(err, unix.ECONNREFUSED) {
		return failure.Because(vram.ErrConflict, errors.UnwrapAll(err), "%q is in use; name another place with --socket", path)
	}
	if err := os.Remove(path); err != nil {
		return failure.Because(vram.ErrConflict, errors.UnwrapAll(err), "the stale socket %q cannot be removed; remove it, or name another place with --socket", path)
	}
	return nil
}

func running(path string) error {
	return failure.New(vram.ErrConflict, "another daemon is running on %q; stop it, or name another place with --socket", path)
}
