package fdpass

import (
	"context"
	"net"
	"os"
	"runtime"
	"time"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// network is the kind of the socket: its messages have boundaries.
const network = "unixpacket"

// accepted is the daemon's answer when it holds the descriptor.
const accepted = 1

// Send passes f to the desk that listens at path, and blocks until the desk
// holds it or ctx ends. check sees the connection first and may refuse it, so
// that no file goes to a stranger. The caller keeps f, and keeps the returned
// connection open until the request that names the ticket has ended.
// ErrRefused when the desk does not take it, check's error, or one that means
// that nobody listens there.
func Send(ctx context.Context, path string, f *os.File, t Ticket, check func(*net.UnixConn) error) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, path)
	if err != nil {
		return nil, err
	}
	if err := send(ctx, c, f, t, check); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func send(ctx context.Context, c net.Conn, f *os.File, t Ticket, check func(*net.UnixConn) error) error {
	uc, ok := c.(*net.UnixConn)
	if !ok {
		return errors.AssertionFailedf("fdpass: dialled a %T", c)
	}
	if err := check(uc); err != nil {
		return err
	}
	late := make(chan error, 1)
	undo := context.AfterFunc(ctx, func() { late <- uc.SetDeadline(time.Unix(1, 0)) })
	err := exchange(uc, f, t)
	if !undo() {
		return errors.Join(context.Cause(ctx), <-late)
	}
	return err
}

func exchange(uc *net.UnixConn, f *os.File, t Ticket) error {
	rights := unix.UnixRights(int(f.Fd()))
	_, _, err := uc.WriteMsgUnix(t[:], rights, nil)
	runtime.KeepAlive(f)
	if err != nil {
		return errors.Join(ErrRefused, err)
	}
	answer := []byte{0}
	n, err := uc.Read(answer)
	if err != nil || n != 1 || answer[0] != accepted {
		return errors.Join(ErrRefused, err)
	}
	return nil
}
