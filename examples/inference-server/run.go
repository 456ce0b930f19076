package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal"
)

// options are what the command line says.
type options struct {
	model, data, listen string
	out                 io.Writer
}

// grace is how long requests may take to finish when the server stops.
const grace = 10 * time.Second

// run serves until ctx ends or a device is lost.
func run(ctx context.Context, o options) (err error) {
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	engine, err := openEngine(ctx, o.data, false, func(err error) { lost(err) })
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err = errors.CombineErrors(err, engine.Close(closing))
	}()
	m, err := sealModel(ctx, engine, o.model)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(o.out, "the model is sealed: sha256:%s\nlistening on http://%s\n", m.digest, o.listen); err != nil {
		return err
	}
	if err := serve(ctx, o.listen, newServer(engine, m)); err != nil {
		return err
	}
	if cause := context.Cause(ctx); errors.Is(cause, vram.ErrDeviceLost) {
		return cause
	}
	return nil
}

// openEngine opens an engine on one simulated device. A server for GPUs would
// leave Simulated out, and give its kernel's PTX.
func openEngine(ctx context.Context, dir string, faults bool, fatal func(error)) (*vram.Engine, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "token")
	if err := seal.CreateTokenFile(name); err != nil && !errors.Is(err, seal.ErrFileExists) {
		return nil, err
	}
	token, err := seal.LoadTokenFile(name)
	if err != nil {
		return nil, err
	}
	return vram.Open(ctx, vram.Options{
		DataDir:   dir,
		Token:     token, // zeroed by Open
		Simulated: &sim.Options{Memory: 64 * gpu.MiB, Faults: faults},
		Kernels:   []gpu.Kernel{continueKernel()},
		OnFatal:   fatal,
	})
}

// sealModel reads the layout of the model from its header and seals the file.
func sealModel(ctx context.Context, engine *vram.Engine, name string) (m model, err error) {
	file, err := os.Open(name)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.CombineErrors(err, file.Close()) }()
	if m, err = readModel(file); err != nil {
		return m, err
	}
	handle, err := engine.Seal(ctx, vram.SealRequest{ID: m.id, Device: vram.AnyDevice, File: file})
	if err != nil {
		return m, err
	}
	m.digest = handle.Digest.String()
	return m, nil
}

// serve answers requests until ctx ends, and lets those under way finish.
func serve(ctx context.Context, address string, handler http.Handler) error {
	s := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- s.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return s.Shutdown(stopping)
}
