package daemon

import (
	"context"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
)

// Run runs the daemon until ctx ends. It blocks until everything has been
// given back. It returns nil when ctx ended, whatever the engine's state.
func Run(ctx context.Context, o Options) (err error) {
	if err := checkUser(o, deviceNodes, usable); err != nil {
		return err
	}
	if err := prepareDir(o.DataDir, o.UID); err != nil {
		return err
	}
	pair, err := socket.Listen(o.Socket)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pair.Close()) }()
	d := &daemon{Options: o, open: vram.Open}
	return d.run(ctx, pair)
}

// run serves on the sockets until ctx ends or the engine cannot go on.
func (d *daemon) run(ctx context.Context, pair *socket.Pair) error {
	front := d.serve(pair)
	err := d.live(ctx)
	front.stop()
	if ctx.Err() == nil {
		return err
	}
	d.logEnd(err)
	return nil
}

// daemon is a running daemon.
type daemon struct {
	Options
	open   func(context.Context, vram.Options) (*vram.Engine, error)
	holder holder
	said   bool // the ready line was written
}

// live opens the engine, and opens it anew after the loss of a device if that
// is what was asked for.
func (d *daemon) live(ctx context.Context) error {
	for {
		err := d.once(ctx)
		if ctx.Err() != nil || d.OnDeviceLoss != LossReopen || !errors.Is(err, vram.ErrDeviceLost) {
			return err
		}
		d.Logger.Warn("a device was lost; opening the engine anew")
	}
}

// once runs one engine until ctx ends or the engine cannot go on.
func (d *daemon) once(ctx context.Context) (err error) {
	token, err := loadToken(d.Options)
	if err != nil {
		return err
	}
	fatal := make(chan error, 1)
	engine, err := d.open(ctx, d.engineOptions(token, func(err error) {
		select {
		case fatal <- err:
		default: // the first is enough to end the engine
		}
	}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close(ctx, engine)) }()
	d.holder.set(engine)
	defer d.holder.set(nil)
	if err := d.sealFiles(ctx, engine); err != nil {
		return err
	}
	if err := d.ready(engine); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-fatal:
		return failure.Because(vram.ErrDeviceLost, err, "the engine cannot go on; start it again")
	}
}

func (d *daemon) engineOptions(token []byte, fatal func(error)) vram.Options {
	o := vram.Options{
		DataDir: d.DataDir, Token: token, Simulated: d.Simulated,
		PatrolInterval: d.PatrolInterval, MaxShardSize: d.MaxShardSize,
		OnIncident: vram.OnIncidentStop, AuditMode: d.AuditMode,
		PinnedStaging: d.PinnedStaging, Logger: d.Logger, OnFatal: fatal,
	}
	if d.Simulated == nil {
		o.CUDA, o.GPUs = &d.CUDA, d.GPUs
	}
	if d.OnIncident == string(vram.OnIncidentQuarantine) {
		o.OnIncident = vram.OnIncidentQuarantine
	}
	return o
}

// logEnd says how a stop by signal went. It succeeded even if something could
// not be given back: the process ends, and its device memory with it.
func (d *daemon) logEnd(err error) {
	if err != nil && !errors.Is(err, vram.ErrCanceled) && !errors.Is(err, context.Canceled) {
		d.Logger.Error("stopped, but not everything went well", "error", err)
		return
	}
	d.Logger.Info("stopped")
}
