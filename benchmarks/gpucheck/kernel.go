package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"path/filepath"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// sum launches a kernel that adds up the bytes of a shard.
func sum(run *vram.Run, id string) (uint64, error) {
	shard, err := run.Shard(id)
	if err != nil {
		return 0, err
	}
	size, err := run.Size(shard)
	if err != nil {
		return 0, err
	}
	out, err := run.Scratch(8)
	if err != nil {
		return 0, err
	}
	if err := run.Launch("gputest_sum", gpu.Dim3{X: 1}, gpu.Dim3{X: 1}, shard, uint64(size), out); err != nil {
		return 0, err
	}
	answer := make([]byte, 8)
	err = run.Read(out, 0, answer)
	return binary.LittleEndian.Uint64(answer), err
}

// writeIntoSealed has a kernel write into a sealed shard, which must be stopped
// or at least detected. It spoils the device, and so has an engine of its own.
func writeIntoSealed(ctx context.Context, o *options, dir string, r *cudacheck.Recorder) error {
	const what = "a kernel that writes into a sealed shard"
	e, _, err := o.openEngine(ctx, filepath.Join(dir, "data-2"))
	if err != nil {
		return err
	}
	victim := bytes.Repeat([]byte("weights "), 9000)
	if _, err := e.Seal(ctx, vram.SealRequest{ID: "victim", Device: o.check.Device, Source: bytes.NewReader(victim), Size: gpu.BytesOf(len(victim)), TotalShards: 1}); err != nil {
		return errors.CombineErrors(err, e.Close(context.WithoutCancel(ctx)))
	}
	_, executed := e.Execute(ctx, vram.ExecuteRequest{Shards: []string{"victim"}}, func(_ context.Context, run *vram.Run) error {
		shard, err := run.Shard("victim")
		if err != nil {
			return err
		}
		return run.Launch("gputest_fill", gpu.Dim3{X: 4}, gpu.Dim3{X: 64}, shard, uint64(len(victim)), uint32(0x5a))
	})
	_, verified := e.Verify(ctx, "victim")
	switch {
	case executed != nil:
		r.Check(what, true, "is stopped: %v", executed)
	default:
		r.Check(what, errors.Is(verified, vram.ErrIntegrityViolation), "is not stopped; the next verify says: %s", well(verified))
	}
	if err := e.Close(context.WithoutCancel(ctx)); err != nil {
		r.Say("closing the engine afterwards", "%v", err)
	}
	return nil
}
