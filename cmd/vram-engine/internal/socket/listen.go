package socket

import (
	"net"
	"os"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// Pair is the daemon's two listening sockets.
type Pair struct {
	// Calls is a stream socket, for the protocol of package api.
	Calls *net.UnixListener
	// Files is a socket with message boundaries, for package fdpass.
	Files *net.UnixListener
	lock  *os.File
}

// Listen opens both sockets. A socket that a dead daemon left behind is
// replaced. It does not block. The caller closes the pair.
func Listen(path string) (*Pair, error) {
	if err := check(path); err != nil {
		return nil, err
	}
	if err := checkDirectory(path); err != nil {
		return nil, err
	}
	lock, err := takeLock(path)
	if err != nil {
		return nil, err
	}
	p := &Pair{lock: lock}
	if err := p.open(path); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Pair) open(path string) error {
	files := Files(path)
	if err := errors.Join(replaceStale("unix", path), replaceStale("unixpacket", files)); err != nil {
		return err
	}
	old := unix.Umask(0o177)
	defer unix.Umask(old)
	var err error
	if p.Calls, err = listen("unix", path); err != nil {
		return err
	}
	p.Files, err = listen("unixpacket", files)
	return err
}

func listen(network, path string) (*net.UnixListener, error) {
	l, err := net.ListenUnix(network, &net.UnixAddr{Name: path, Net: network})
	if err != nil {
		return nil, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "cannot listen on %q; name another place with --socket", path)
	}
	return l, nil
}

// Close closes both listeners, removes their names and gives the lock back.
// It is idempotent.
func (p *Pair) Close() error {
	var all error
	for _, l := range []*net.UnixListener{p.Calls, p.Files} {
		if l == nil {
			continue
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			all = errors.Join(all, err)
		}
	}
	if err := p.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		all = errors.Join(all, err)
	}
	return all
}
