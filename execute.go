package vram

import (
	"context"
	"time"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/internal/input"
)

// Run is what an Execute callback works with.
type Run = actors.Run

// View stands for a range of device memory inside a callback.
type View = actors.View

// ExecuteRequest names the shards that a callback uses. All are on one device.
type ExecuteRequest struct {
	Shards []string
}

// Receipt says what was verified before a callback ran, and when.
type Receipt struct {
	Device       int            `json:"gpu_device"`
	Kind         gpu.Kind       `json:"kind"`
	Shards       []ReceiptShard `json:"shards"`
	Check        string         `json:"check"`         // "before": a full pass after the request arrived
	CheckStarted time.Time      `json:"check_started"` // when the pass over the shards began
	CheckedBytes gpu.Bytes      `json:"checked_bytes"`
	CheckTook    time.Duration  `json:"check_ns"`
	RunTook      time.Duration  `json:"run_ns"` // callback and its kernels
}

// ReceiptShard names a shard and the digest that it was verified to have.
type ReceiptShard struct {
	ID     string `json:"shard_id"`
	Digest string `json:"digest"` // 64 hexadecimal digits
}

// Execute verifies the shards in a pass that starts after the call and, if all
// are what was sealed, runs fn at once on the device's thread, with no other
// callback in between (CI-007). It returns when fn and what it launched have
// finished and its scratch memory is scrubbed.
//
// fn must not block: it holds up the device. Its context is ctx with a mark
// that makes calls of the engine's own methods ErrInvalidInput. An error of fn
// is ErrCallback and wraps it; so is its panic. When ctx ends before fn
// starts, fn does not run (ErrCanceled). When a shard fails verification, fn
// does not run, and the error is ErrIntegrityViolation.
func (e *Engine) Execute(ctx context.Context, r ExecuteRequest, fn func(ctx context.Context, r *Run) error) (Receipt, error) {
	receipt, err := e.execute(ctx, r, fn)
	return receipt, translate("execute", "", err)
}

func (e *Engine) execute(ctx context.Context, r ExecuteRequest, fn func(context.Context, *Run) error) (Receipt, error) {
	if err := e.enter(ctx, "execute"); err != nil {
		return Receipt{}, err
	}
	for _, id := range r.Shards {
		if err := input.ShardID(id); err != nil {
			return Receipt{}, err
		}
	}
	if fn == nil {
		return Receipt{}, &actors.Error{Code: actors.ErrInvalid, Detail: "there is no callback"}
	}
	done, err := e.sys.Execute(ctx, r.Shards, fn)
	if err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Device: done.Device, Kind: done.Kind, Check: done.Check, CheckStarted: done.CheckStarted.UTC(),
		CheckedBytes: done.CheckedBytes, CheckTook: done.CheckTook, RunTook: done.RunTook}
	for _, s := range done.Shards {
		receipt.Shards = append(receipt.Shards, ReceiptShard{ID: s.ID, Digest: s.Digest})
	}
	return receipt, nil
}
