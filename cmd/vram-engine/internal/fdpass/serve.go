package fdpass

import (
	"context"
	"net"
	"os"
	"sync"
	"time"

	"github.com/cockroachdb/errors"
)

// Peer tells the user at the other end of a connection, or an error if that
// user may not use the desk.
type Peer func(*net.UnixConn) (uid uint32, err error)

// Wait is how long a file waits to be claimed, and how long a connection may
// take to pass it.
const Wait = 30 * time.Second

// Serve takes files from the connections of l until ctx ends, and closes l
// then. Each file waits for at most wait. It blocks until every connection
// has ended. report is told, from several goroutines, of what was refused.
func (d *Desk) Serve(ctx context.Context, l *net.UnixListener, wait time.Duration, peer Peer, report func(error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	stopped := context.AfterFunc(ctx, func() { reportIf(report, closeListener(l)) })
	defer stopped()
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			if ended(ctx) { // closing the listener is how the desk ends
				return nil
			}
			return errors.Wrap(err, "taking a connection on the socket for files")
		}
		group.Go(func() {
			undo := context.AfterFunc(ctx, func() { reportIf(report, c.SetDeadline(time.Unix(1, 0))) })
			defer undo()
			reportIf(report, errors.Join(d.attend(ctx, c, wait, peer), c.Close()))
		})
	}
}

// attend handles one connection: it takes the file, and waits until the
// client goes away or the time is up.
func (d *Desk) attend(ctx context.Context, c *net.UnixConn, wait time.Duration, peer Peer) error {
	uid, err := peer(c)
	if err != nil {
		return err
	}
	if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return err
	}
	if ended(ctx) {
		return nil
	}
	t, f, err := receive(c)
	if err != nil {
		return err
	}
	k := key{uid, t}
	if err := d.put(k, f); err != nil {
		return errors.Join(err, f.Close())
	}
	if _, err := c.Write([]byte{accepted}); err != nil {
		return errors.Join(err, d.drop(k))
	}
	waitForEnd(c)
	return d.drop(k)
}

// ended tells whether ctx has ended.
func ended(ctx context.Context) bool { return ctx.Err() != nil }

// waitForEnd returns when the client disconnects, says anything more, or its
// time is up; each of these ends the wait in the same way.
func waitForEnd(c *net.UnixConn) {
	if _, err := c.Read(make([]byte, 1)); err != nil {
		return
	}
}

func closeListener(l *net.UnixListener) error {
	if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func reportIf(report func(error), err error) {
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		report(err)
	}
}
