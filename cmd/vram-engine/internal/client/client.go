package client

import (
	"context"
	"net"
	"net/http"

	"connectrpc.com/connect"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/api/vramengine/v1/vramenginev1connect"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
)

// Client calls the daemon on one socket.
type Client struct {
	vramenginev1connect.EngineServiceClient
	path      string
	transport *http.Transport
}

// New makes a client for the daemon whose socket is at path. It does not
// connect yet. The caller closes it.
func New(path string) *Client {
	t := &http.Transport{
		DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, path) },
		DisableCompression: true,
	}
	// The host's name is never looked up: every connection goes to the socket.
	service := vramenginev1connect.NewEngineServiceClient(&http.Client{Transport: t}, "http://vram-engine",
		connect.WithSendCompression(""), connect.WithReadMaxBytes(maxAnswer))
	return &Client{EngineServiceClient: service, path: path, transport: t}
}

// maxAnswer is the longest answer in bytes: a list of very many shards.
const maxAnswer = 256 << 20

// Close gives idle connections back. It does not block.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// dial connects to a daemon of this user, or of root.
func dial(ctx context.Context, path string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	uc, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(errors.AssertionFailedf("client: dialled a %T", conn), conn.Close())
	}
	if err := socket.CheckDaemon(uc); err != nil {
		return nil, errors.Join(err, uc.Close())
	}
	return uc, nil
}

// Call makes the call f of the client c and explains its error. It blocks
// until the daemon answers or ctx ends.
func Call[Q, A any](ctx context.Context, c *Client, f func(context.Context, *Q) (*A, error), request *Q) (*A, error) {
	answer, err := f(ctx, request)
	if err != nil {
		return nil, c.Explain(err)
	}
	return answer, nil
}
