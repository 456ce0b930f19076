package cli

import (
	"context"
	"io"
	"os"
	"os/signal"

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
}

// app is one command line: its environment and the global flags.
type app struct {
	Env
	socket   string
	json     bool
	logLevel string
	logJSON  bool
}

// Main runs the command line and returns the exit status. It blocks until the
// command has ended. The first SIGINT or SIGTERM ends it in an orderly way.
func Main(ctx context.Context, args []string, env Env) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, unix.SIGTERM)
	defer stop()
	// From the first signal on, the next one has its usual effect again.
	restore := context.AfterFunc(ctx, stop)
	defer restore()
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
	if render.ErrorLine(env.Stderr, failure.Line(err)) != nil && status == 0 {
		return 1
	}
	return status
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
