package daemon

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/fdpass"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/server"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
)

// grace is how long work that runs may take to finish when the daemon stops.
const grace = 20 * time.Second

// front is what listens on the sockets.
type front struct {
	daemon *daemon
	http   *http.Server
	desk   *fdpass.Desk
	cancel context.CancelFunc
	group  sync.WaitGroup
}

// serve starts to answer on both sockets.
func (d *daemon) serve(pair *socket.Pair) *front {
	ctx, cancel := context.WithCancel(context.Background())
	f := &front{daemon: d, desk: fdpass.NewDesk(0), cancel: cancel}
	f.http = server.New(d.holder.get, f.desk, d.PrivateModels, d.Logger).HTTP(ctx)
	f.group.Go(func() {
		if err := f.http.Serve(pair.Calls); err != nil && !errors.Is(err, http.ErrServerClosed) {
			d.Logger.Error("the socket for calls failed", "error", err)
		}
	})
	f.group.Go(func() {
		refused := func(err error) { d.Logger.Debug("a file was not taken", "error", err) }
		if err := f.desk.Serve(ctx, pair.Files, fdpass.Wait, socket.Caller, refused); err != nil {
			d.Logger.Error("the socket for files failed", "error", err)
		}
	})
	return f
}

// stop ends the answers: the engine has closed by now, so every call that is
// left has its answer or gets one at once.
func (f *front) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := f.http.Shutdown(ctx); err != nil {
		f.daemon.Logger.Debug("some connections were cut", "error", err)
	}
	f.cancel()
	if err := errors.Join(f.http.Close(), f.desk.Close()); err != nil {
		f.daemon.Logger.Debug("closing the sockets", "error", err)
	}
	f.group.Wait()
}

// close closes the engine: what runs may finish for a while and is cancelled
// then.
func (d *daemon) close(ctx context.Context, engine *vram.Engine) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return engine.Close(ctx)
}
