package actors

import (
	"context"
	"slices"
	"time"

	"github.com/cockroachdb/errors"
)

// cleanUp is how long the part of Stop may take that runs whatever happens:
// scrubbing, and ending actors and threads.
const cleanUp = 30 * time.Second

// Stop refuses new requests, lets those under way finish until ctx ends and
// then answers them ErrClosed, scrubs and releases every shard, and ends
// actors, devices and threads. It reports what could not be done, such as a
// scrub on a lost device. It must be called once.
func (s *System) Stop(ctx context.Context) error {
	e := s.env
	e.calls.close()
	e.patrol.close()
	select {
	case <-e.calls.idle:
	case <-ctx.Done():
		e.calls.failAll(fail(ErrClosed, "", "the engine was closed before the request was done"))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	err := errors.CombineErrors(s.releaseAll(ctx), s.watch.end(ctx))
	if e.supervisor != nil {
		e.system.Root.Stop(e.supervisor)
		select {
		case <-s.stopped:
		case <-ctx.Done():
			err = errors.CombineErrors(err, fail(ErrDeviceLost, "", "an actor did not stop: a driver call or a callback hangs"))
		}
	}
	for _, d := range e.devices {
		d.queue.close(fail(ErrClosed, "", "the engine is closed"))
		e.closeChart(d)
	}
	err = errors.CombineErrors(err, e.closeDevices(ctx))
	e.hub.close()
	e.system.Shutdown()
	return err
}

// releaseAll scrubs and releases every shard there is.
func (s *System) releaseAll(ctx context.Context) error {
	e := s.env
	var all error
	for crowd := range slices.Chunk(e.shards.list(nil), auditCrowd) {
		all = errors.CombineErrors(all, e.releaseCrowd(ctx, crowd))
	}
	return all
}

func (e *env) releaseCrowd(ctx context.Context, shards []*shard) error {
	waiting := make([]*call, 0, len(shards))
	for _, rec := range shards {
		c := e.calls.inner(ctx, rec.unit, opRelease)
		waiting = append(waiting, c)
		e.request(rec, c, shardRelease{call: c, reason: fail(ErrClosed, rec.spec.ID, "the engine is closing")})
	}
	var all error
	for _, c := range waiting {
		if _, err := await[struct{}](c); err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrClosed) { // released, or without an actor
			all = errors.CombineErrors(all, err)
		}
	}
	e.relieve(ctx)
	return all
}
