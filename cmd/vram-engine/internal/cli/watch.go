package cli

import (
	"context"
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
)

// watch shows the state, and shows it again at every event, until ctx ends or
// the engine stops. Ctrl-C is how it ends well.
func (a *app) watch(ctx context.Context) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	defer c.Close()
	stream, err := c.WatchEvents(ctx, &v1.WatchEventsRequest{})
	if err != nil {
		return c.Explain(err)
	}
	err = errors.Join(a.follow(ctx, stream), stream.Err())
	closed := stream.Close()
	if ctx.Err() != nil {
		return nil
	}
	if err := c.Explain(errors.Join(err, closed)); err != nil {
		return err
	}
	return failure.New(vram.ErrStopped, "the engine has stopped")
}

func (a *app) follow(ctx context.Context, stream *connect.ServerStreamForClient[v1.WatchEventsResponse]) error {
	screen := render.IsTerminal(a.Stdout) && !a.json
	for stream.Receive() {
		var err error
		if screen {
			err = a.redraw(ctx)
		} else {
			err = a.printEvent(ctx, stream.Msg().GetEvent())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// redraw shows the state on an empty screen.
func (a *app) redraw(ctx context.Context) error {
	s, err := a.status(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(a.Stdout, "\x1b[H\x1b[2J"); err != nil {
		return err
	}
	return a.printStatus(s)
}

// printEvent writes one event as a line; the first message has none, and
// shows the state instead.
func (a *app) printEvent(ctx context.Context, e *v1.Event) error {
	if e == nil {
		s, err := a.status(ctx)
		if err != nil {
			return err
		}
		if a.json {
			return render.JSONLine(a.Stdout, wire.ToStatus(s))
		}
		_, err = fmt.Fprintln(a.Stdout, summary(s))
		return err
	}
	if a.json {
		return render.JSONLine(a.Stdout, wire.ToEvent(e))
	}
	words := []string{timeOf(e.GetTime()), e.GetKind()}
	if id := e.GetShardId(); id != "" {
		words = append(words, id)
	}
	if device := index(int64(e.GetGpuDevice())); device != "" {
		words = append(words, "device="+device)
	}
	if detail := e.GetDetail(); detail != "" {
		words = append(words, detail)
	}
	_, err := fmt.Fprintln(a.Stdout, clean.Line(strings.Join(words, " ")))
	return err
}
