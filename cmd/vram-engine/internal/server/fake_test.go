package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/fdpass"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/server"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
	"github.com/vram-engine/vram-engine/gpu"
)

// fake is an engine that does what a test says. The methods that a test does
// not need are those of a nil engine, and would panic.
type fake struct {
	server.Engine
	seal   func(context.Context, vram.SealRequest) (vram.Handle, error)
	verify func() ([]vram.VerifyResult, error)
	events chan vram.Event

	mu    sync.Mutex
	notes []string
}

func (f *fake) Seal(ctx context.Context, r vram.SealRequest) (vram.Handle, error) {
	return f.seal(ctx, r)
}

func (f *fake) VerifyAll(context.Context) ([]vram.VerifyResult, error) { return f.verify() }

func (f *fake) Events(context.Context) <-chan vram.Event { return f.events }

func (f *fake) Note(_ context.Context, finding, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes = append(f.notes, finding)
	return nil
}

func (f *fake) FlipBit(context.Context, string, gpu.Bytes, uint) error { panic("secret 0xdeadbeef") }

// bench is a server on sockets of its own, and a client of it.
type bench struct {
	client *client.Client
	desk   *fdpass.Desk
	path   string
	dir    string
}

func serve(t *testing.T, source server.Source, private bool) *bench {
	t.Helper()
	dir, err := os.MkdirTemp("", "srv")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{desk: fdpass.NewDesk(0), path: filepath.Join(dir, "s"), dir: dir}
	pair, err := socket.Listen(b.path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := server.New(source, b.desk, private, hclog.NewNullLogger()).HTTP(ctx)
	var group sync.WaitGroup
	group.Go(func() {
		if err := h.Serve(pair.Calls); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	group.Go(func() {
		if err := b.desk.Serve(ctx, pair.Files, fdpass.Wait, socket.Caller, func(error) {}); err != nil {
			t.Error(err)
		}
	})
	b.client = client.New(b.path)
	t.Cleanup(func() {
		b.client.Close()
		cancel()
		err := errors.Join(h.Close(), b.desk.Close(), pair.Close())
		group.Wait()
		if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	return b
}

func with(f *fake) server.Source { return func() (server.Engine, error) { return f, nil } }

// open opens a file of some content and mode.
func (b *bench) open(t *testing.T, mode os.FileMode) *os.File {
	t.Helper()
	name := filepath.Join(b.dir, "model")
	if err := errors.Join(os.WriteFile(name, []byte("weights"), 0o600), os.Chmod(name, mode)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// pass passes a file and returns its ticket.
func (b *bench) pass(t *testing.T, f *os.File) []byte {
	t.Helper()
	ticket, conn, err := b.client.PassFile(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return ticket[:]
}

// read reads the file that a request names, as the engine does.
func read(r vram.SealRequest) (string, error) {
	text, err := io.ReadAll(io.NewSectionReader(r.File, 0, 1<<20))
	return string(text), err
}
