package fdpass

import (
	"net"
	"os"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// oobSize has room for more than the one descriptor that is allowed, so that
// a message with several is seen, refused and closed.
var oobSize = unix.CmsgSpace(4 * 4)

// receive reads the one message of a connection. Whatever descriptors came
// with a message that is refused are closed.
func receive(c *net.UnixConn) (Ticket, *os.File, error) {
	buf := make([]byte, TicketSize+1)
	oob := make([]byte, oobSize)
	n, oobn, flags, _, err := c.ReadMsgUnix(buf, oob)
	if err != nil {
		return Ticket{}, nil, err
	}
	if oobn < 0 || oobn > len(oob) || n < 0 || n > len(buf) {
		return Ticket{}, nil, errors.AssertionFailedf("fdpass: impossible message lengths")
	}
	files, err := filesOf(oob[:oobn])
	if err != nil {
		return Ticket{}, nil, err
	}
	t, err := ParseTicket(buf[:n])
	if err == nil && flags&(unix.MSG_CTRUNC|unix.MSG_TRUNC) != 0 {
		err = errors.New("fdpass: the message was too long")
	}
	if err == nil && len(files) != 1 {
		err = errors.Newf("fdpass: %d descriptors in one message", len(files))
	}
	if err != nil {
		return Ticket{}, nil, errors.Join(err, closeAll(files))
	}
	return t, files[0], nil
}

// filesOf turns control messages into files. On an error nothing stays open.
func filesOf(oob []byte) ([]*os.File, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, errors.Wrap(err, "fdpass: unreadable control message")
	}
	var files []*os.File
	var bad error
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		bad = errors.Join(bad, err)
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "passed file"))
		}
	}
	if bad != nil {
		return nil, errors.Join(bad, closeAll(files))
	}
	return files, nil
}

func closeAll(files []*os.File) error {
	var all error
	for _, f := range files {
		all = errors.Join(all, f.Close())
	}
	return all
}
