package vram

import (
	"context"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/internal/input"
)

// Release scrubs the shards' memory, proves on the device that it is zero, and
// gives it back. It waits for passes and callbacks that are reading it, and
// works on quarantined shards and on a stopped worker too. The first error
// does not keep the others from being released; ErrNotFound for an id that is
// not there, which a caller that retries may take for success.
func (e *Engine) Release(ctx context.Context, ids ...string) error {
	if err := e.enter(ctx, "release"); err != nil {
		return err
	}
	var all error
	for _, id := range ids {
		err := input.ShardID(id)
		if err == nil {
			err = e.sys.Release(ctx, id)
		}
		all = errors.CombineErrors(all, translate("release", id, err))
	}
	return all
}

// ReleaseAll releases every shard and returns how many it released.
func (e *Engine) ReleaseAll(ctx context.Context) (int, error) {
	if err := e.enter(ctx, "release"); err != nil {
		return 0, err
	}
	released := 0
	var all error
	for _, s := range e.sys.Shards() {
		err := translate("release", s.Handle.ShardID, e.sys.Release(ctx, s.Handle.ShardID))
		switch {
		case err == nil:
			released++
		case !errors.Is(err, ErrNotFound): // somebody else may have released it
			all = errors.CombineErrors(all, err)
		}
	}
	return released, all
}
