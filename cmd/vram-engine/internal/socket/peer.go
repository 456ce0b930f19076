package socket

import (
	"net"
	"os"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// Caller tells the user who called the daemon, as it was when the connection
// was made. ErrPolicyViolation unless that is the daemon's own user, or root.
// It does not block.
func Caller(c *net.UnixConn) (uid uint32, err error) {
	uid, err = peer(c)
	if err != nil {
		return 0, err
	}
	return uid, allowed(uid, os.Geteuid(), false)
}

// CheckDaemon refuses, with ErrPolicyViolation, a daemon of another user, who
// could have put a socket where the daemon's should be. Root may call every
// daemon. It does not block.
func CheckDaemon(c *net.UnixConn) error {
	uid, err := peer(c)
	if err != nil {
		return err
	}
	return allowed(uid, os.Geteuid(), true)
}

func peer(c *net.UnixConn) (uint32, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var cred *unix.Ucred
	var asked error
	if err := raw.Control(func(fd uintptr) {
		cred, asked = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return 0, err
	}
	if asked != nil {
		return 0, errors.Wrap(asked, "asking who is at the other end of the socket")
	}
	return cred.Uid, nil
}

// allowed is the rule: the same user, or root; a client that is root may call
// anybody's daemon.
func allowed(peer uint32, self int, client bool) error {
	if peer == 0 || int64(peer) == int64(self) || client && self == 0 {
		return nil
	}
	return failure.New(vram.ErrPolicyViolation,
		"the socket's other end belongs to user %d; only the same user and root may use an engine", peer)
}
