package client

import (
	"context"
	"net"
	"os"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/fdpass"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
)

// PassFile passes f to the daemon under a fresh ticket. It blocks until the
// daemon holds it or ctx ends. The caller keeps f, and closes the connection
// when the request that names the ticket has ended.
func (c *Client) PassFile(ctx context.Context, f *os.File) (fdpass.Ticket, net.Conn, error) {
	t, err := fdpass.NewTicket()
	if err != nil {
		return t, nil, err
	}
	conn, err := fdpass.Send(ctx, socket.Files(c.path), f, t, socket.CheckDaemon)
	if errors.Is(err, fdpass.ErrRefused) && ctx.Err() == nil {
		return t, nil, failure.New(vram.ErrOverloaded, "%s", fdpass.ErrRefused.Error())
	}
	if err != nil {
		return t, nil, c.Explain(err)
	}
	return t, conn, nil
}
