package cli

import (
	"context"
	"io"
	"os"
	"os/signal"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
)

// Env is what a command line sees of the process.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	UID            int
	// Abort ends the process at once; nil does nothing.
	Abort func()
}

// interrupted is the exit status of what a signal ended: 128 + SIGINT, as
// shells say it.
const interrupted = 130

// app is one command line: its environment and the global flags.
type app struct {
	Env
	socket   string
	json     bool
	logLevel string
	logJSON  bool
}

// signalled returns a context that the first SIGINT or SIGTERM ends. The second
// aborts, also where whoever started the process had such signals ignored.
func signalled(ctx context.Context, abort func()) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, unix.SIGTERM)
	over := make(chan struct{})
	go func() {
		for range 2 {
			select {
			case <-signals:
			case <-over:
				return
			}
			if ctx.Err() != nil && abort != nil {
				abort()
			}
			cancel()
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}

// Main runs the command line and returns the exit status. It blocks until the
// command has ended. The first SIGINT or SIGTERM ends it in an orderly way, the
// second at once.
func Main(ctx context.Context, args []string, env Env) int {
	ctx, stop := signalled(ctx, env.Abort)
	defer stop()
	root := newRoot(&app{Env: env})
	root.SetArgs(append([]string{}, args...))
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	status := vram.ExitStatus(err)
	if ctx.Err() != nil && errors.Is(err, vram.ErrCanceled) {
		status = interrupted
	}
	if render.ErrorLine(env.Stderr, failure.Line(err)) != nil && status == 0 {
		return 1
	}
	return status
}

// screen is where progress is drawn: standard error, but not for a script that
// reads JSON.
func (a *app) screen() *render.Screen {
	if a.json {
		return render.NewQuietScreen(a.Stderr)
	}
	return render.NewScreen(a.Stderr)
}

// client makes a client for the daemon that the flags and the environment
// name. The caller closes it.
func (a *app) client() (*client.Client, error) {
	path, err := socket.Path(a.socket, a.Getenv, a.UID)
	if err != nil {
		return nil, err
	}
	return client.New(path), nil
}
