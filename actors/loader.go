package actors

import (
	"context"
	"fmt"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

// Loader brings one shard's bytes into device memory. It belongs to one
// goroutine. It must end in Seal or Abort.
type Loader struct {
	sys   *System
	rec   *shard
	whole *call // the load is one request, from Load to the end of Seal or Abort
	ctx   context.Context
}

// Context ends with the caller's, and when the load is given up for another
// reason, which is then its cause.
func (l *Loader) Context() context.Context { return l.ctx }

// Load creates a shard on the device and gets its memory. The caller writes
// all bytes and calls Seal, or Abort. Errors: ErrConflict, what Serves returns,
// *ledger.InsufficientError, ErrQuarantined, ErrDeviceLost, ErrNotResident.
func (s *System) Load(ctx context.Context, device int, spec ShardSpec) (*Loader, error) {
	if err := s.Serves(); err != nil {
		return nil, err
	}
	if device < 0 || device >= len(s.env.devices) {
		return nil, fail(ErrNotFound, spec.ID, "there is no device %d", device)
	}
	age := s.env.lastUnit.Add(1)
	rec := &shard{
		spec: spec, device: s.env.devices[device], state: seal.StateLoading,
		unit: fmt.Sprintf("shard-%d", age), age: age,
	}
	if err := rec.device.serves(); err != nil {
		return nil, err
	}
	whole, err := s.env.calls.open(ctx, "", opLoad)
	if err != nil {
		return nil, err
	}
	l := &Loader{sys: s, rec: rec, whole: whole}
	var giveUp context.CancelCauseFunc
	l.ctx, giveUp = context.WithCancelCause(ctx)
	whole.then = func(_ any, err error) { giveUp(err) }
	// The supervisor answers whatever happens; a shard that it entered after
	// the caller had gone would keep its id for ever.
	spawn := s.env.calls.inner(context.WithoutCancel(ctx), rec.unit, opLoad)
	s.env.tell(s.env.supervisor, spawnShard{call: spawn, shard: rec})
	if _, err := await[struct{}](spawn); err != nil {
		whole.answer(nil, err)
		return nil, err
	}
	if _, err := l.ask(ctx, func(c *call) shardMessage { return shardLoad{c} }); err != nil {
		l.Abort(err)
		return nil, err
	}
	return l, nil
}

// ask tells the shard's actor a part of the load and waits for its answer.
func (l *Loader) ask(ctx context.Context, message func(*call) shardMessage) (any, error) {
	c := l.sys.env.calls.inner(ctx, l.rec.unit, opLoad)
	l.rec.tell(message(c))
	v, err := await[any](c)
	if errors.Is(err, ErrNotFound) {
		err = l.rec.refused(err) // its actor was gone: why is on record
	}
	return v, err
}

// Write copies p to the offset and returns when p may be used again, whatever
// ctx does. The write is refused when ctx has ended before it starts.
func (l *Loader) Write(ctx context.Context, p []byte, off gpu.Bytes) error {
	w := &writeWork{shard: l.rec, off: off, p: p, ctx: ctx, done: make(chan error, 1)}
	l.rec.device.submit(w)
	return <-w.done
}

// Seal makes the memory read-only where the device honours it, digests what is
// in it, compares that with what is expected, seals it, and returns when the
// audit record is on disk. On an error the shard is gone and its memory
// scrubbed: ErrUnexpected, ErrAuditFailed, ErrDeviceLost, or a driver's error.
func (l *Loader) Seal(ctx context.Context) (seal.Handle, error) {
	v, err := l.ask(ctx, func(c *call) shardMessage { return shardSeal{c} })
	if err != nil {
		l.Abort(err)
		return seal.Handle{}, err
	}
	l.whole.answer(struct{}{}, nil)
	h, ok := v.(seal.Handle)
	if !ok {
		return h, errors.AssertionFailedf("a seal was answered with a %T", v)
	}
	return h, nil
}

// Abort gives the load up for the reason and waits until its memory is
// scrubbed and given back. After Seal has succeeded it does nothing.
func (l *Loader) Abort(reason error) {
	defer l.whole.answer(nil, reason)
	e := l.sys.env
	if current, err := e.shards.get(l.rec.spec.ID); err != nil || current != l.rec {
		return
	}
	c := e.calls.inner(context.Background(), l.rec.unit, opRelease)
	e.request(l.rec, c, shardRelease{call: c, reason: reason})
	if _, err := await[struct{}](c); err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrClosed) {
		e.log.Error("a load that was given up left memory behind", "shard_id", l.rec.spec.ID, "error", err.Error())
	}
}
