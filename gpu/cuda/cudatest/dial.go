package cudatest

import (
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/errors"
)

// remote is the fake inside another process.
type remote struct {
	socket string
}

// Dial rules the fake of a program that runs with this socket in its
// [Paths.Environment]. It does not wait for the program: its methods fail the
// test until that has called the driver. Unlike after [Start], the fake keeps
// its state when the test ends.
func Dial(t testing.TB, socket string) *Control {
	return &Control{t: t, fake: remote{socket: socket}}
}

// Run gives the other process's fake one command.
func (r remote) Run(command string) (answer string, err error) {
	conn, err := net.Dial("unix", r.socket) //nolint:noctx // a local socket, in a test
	if err != nil {
		return "", errors.Wrap(err, "cudatest: the program has not called the driver yet, or ended")
	}
	defer func() { err = errors.CombineErrors(err, conn.Close()) }()
	if _, err := io.WriteString(conn, command+"\n"); err != nil {
		return "", errors.Wrap(err, "cudatest: a command")
	}
	text, err := io.ReadAll(io.LimitReader(conn, mostAnswer))
	if err != nil {
		return "", errors.Wrap(err, "cudatest: an answer")
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	code, err := strconv.Atoi(first)
	if err != nil {
		return "", errors.Wrap(err, "cudatest: an answer that is none")
	}
	if code != 0 {
		return "", refused(command, syscall.Errno(max(-code, 0)))
	}
	return rest, nil
}
