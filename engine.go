package vram

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/internal/input"
	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// Handle is what the holder of a sealed shard gets. It holds no address.
type Handle = seal.Handle

// Engine is a running engine. It is made by Open and must be closed.
type Engine struct {
	options Options // without the token
	backend gpu.Backend
	faults  *sim.Backend // set if faults can be injected
	keys    *seal.Keyring
	log     *audit.Log
	sys     *actors.System
	staging *stagings

	closing sync.Once
	closed  error
}

// Open starts an engine. It opens every device, the audit log in
// DataDir/audit (checking all of it), and the local identity DataDir/identity.
// It blocks on the disk and on the driver. On an error nothing is left open.
func Open(ctx context.Context, o Options) (_ *Engine, err error) {
	defer clear(o.Token)
	if err := guard(ctx, opOpen); err != nil {
		return nil, err
	}
	o.ensureDefaults()
	if err := o.validate(); err != nil {
		return nil, translate(opOpen, "", err)
	}
	var undo []func() error
	defer func() {
		if err == nil {
			return
		}
		for i := len(undo) - 1; i >= 0; i-- {
			err = errors.CombineErrors(err, undo[i]())
		}
		err = translate(opOpen, "", err)
	}()
	e := &Engine{options: o, staging: newStagings()}
	e.options.Token = nil
	if e.backend, e.faults, err = openBackend(o); err != nil {
		return nil, err
	}
	if err := dataDir(o.DataDir); err != nil {
		return nil, err
	}
	if e.keys, err = openKeys(o); err != nil {
		return nil, err
	}
	undo = append(undo, e.keys.Close)
	if warning := verity.ImplementationWarning(); warning != "" {
		o.Logger.Warn("digests", "finding", warning)
	}
	for _, note := range e.keys.Notes() {
		o.Logger.Warn("keys are less protected than they could be", "finding", note)
	}
	if err := e.openLog(); err != nil {
		return nil, err
	}
	undo = append(undo, func() error { return e.log.Close(context.WithoutCancel(ctx)) })
	e.sys, err = actors.Start(ctx, actors.Config{
		Backend: e.backend, Keys: e.keys, Audit: e.log, Log: o.Logger, Kernels: o.Kernels,
		PatrolInterval: o.PatrolInterval, OnIncident: o.OnIncident, AuditFailOpen: o.AuditMode == AuditFailOpen,
		MaxPending: o.MaxPending, OnFatal: e.fatal, Probe: o.probe,
	})
	if err != nil {
		return nil, notOpened(err)
	}
	undo = append(undo, func() error { return e.sys.Stop(context.WithoutCancel(ctx)) }, e.staging.close)
	if o.PinnedStaging {
		e.pinStaging(ctx)
	}
	_, err = e.log.Write(ctx, audit.EngineStarted(Version(), string(e.backend.Kind()), len(e.sys.Devices()), string(o.AuditMode)))
	if err != nil && o.AuditMode == AuditFailClosed {
		return nil, err
	}
	return e, nil
}

func (e *Engine) fatal(err error) {
	if e.options.OnFatal != nil {
		e.options.OnFatal(translate("engine", "", err))
	}
}

// enter refuses requests that come from inside an Execute callback, or after
// Close was called.
func (e *Engine) enter(ctx context.Context, op string) error {
	if err := guard(ctx, op); err != nil {
		return err
	}
	return translate(op, "", e.sys.Closed())
}

// dataDir creates the directory, or checks that nobody else can look into it.
func dataDir(dir string) error {
	if err := input.Path("data dir", dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return errors.Wrap(err, "the data directory cannot be created")
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return errors.Wrap(err, "the data directory cannot be used")
	case info.Mode().Perm()&0o077 != 0:
		return errors.Wrapf(ErrPolicyViolation, "others can look into the data directory %q: chmod 700 it", dir)
	}
	return nil
}

func openKeys(o Options) (*seal.Keyring, error) {
	identity, err := seal.LoadOrCreateIdentity(filepath.Join(o.DataDir, "identity"))
	if err != nil {
		return nil, err
	}
	return seal.NewKeyring(o.Token, identity, o.HardwareID)
}

func (e *Engine) openLog() error {
	signer, err := e.keys.Signer(seal.PurposeAuditHead)
	if err != nil {
		return err
	}
	log, recovered, err := audit.Open(audit.Options{Dir: filepath.Join(e.options.DataDir, "audit"), Signer: signer})
	if err != nil {
		return err
	}
	e.log = log
	e.options.Logger.Info("audit log opened", "records", recovered.Records, "new", recovered.Created,
		"cut_bytes", recovered.CutBytes, "unacknowledged", recovered.Unacknowledged)
	if recovered.Records == 0 || recovered.LastKind == audit.KindEngineStopped {
		return nil
	}
	const crashed = "it was killed or crashed; found at the next start"
	e.options.Logger.Warn("the engine before this one did not stop as it should: its shards are gone from device memory", "last_record", string(recovered.LastKind))
	if err := log.Emit(audit.EngineStopped(crashed, false)); err != nil {
		return errors.CombineErrors(err, log.Close(context.Background()))
	}
	return nil
}

// Close ends the engine: it refuses new requests, lets those under way finish
// until ctx ends, and then, for 30 seconds at most whatever ctx says, scrubs and
// releases every shard, closes devices and log. A callback that does not return
// holds up its device: what is on it is given back when the process ends. It
// is idempotent, and safe to call from several goroutines: all get the same
// result. It must not be called from inside an Execute callback.
func (e *Engine) Close(ctx context.Context) error {
	if err := guard(ctx, "close"); err != nil {
		return err
	}
	e.closing.Do(func() {
		err := e.staging.close() // what loads still have follows
		err = errors.CombineErrors(err, e.sys.Stop(ctx))
		ctx := context.WithoutCancel(ctx)
		if emit := e.log.Emit(audit.EngineStopped("closed", err == nil)); emit != nil {
			err = errors.CombineErrors(err, emit)
		}
		err = errors.CombineErrors(err, e.log.Close(ctx))
		err = errors.CombineErrors(err, e.keys.Close())
		e.closed = translate("close", "", err)
	})
	return e.closed
}
