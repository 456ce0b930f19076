package vram

import (
	"context"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// TestScratchMemoryMakesRoom: what callbacks leave behind for the next ones
// does not keep a shard out, and a small device has scratch memory too.
func TestScratchMemoryMakesRoom(t *testing.T) {
	e := open(t, func(o *Options) { o.Simulated = &sim.Options{Memory: 6 * gpu.MiB} })
	sealBytes(t, e, "small", randomBytes(1<<20))
	useScratch := func() error {
		_, err := e.Execute(t.Context(), ExecuteRequest{Shards: []string{"small"}}, func(_ context.Context, r *Run) error {
			_, err := r.Scratch(1)
			return err
		})
		return err
	}
	if err := useScratch(); err != nil {
		t.Fatal(err)
	}
	if err := e.sys.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	sealBytes(t, e, "large", randomBytes(4<<20))
	if err := useScratch(); err == nil {
		t.Error("a full device had scratch memory")
	}
	if err := e.Release(t.Context(), "large"); err != nil {
		t.Fatal(err)
	}
	if err := useScratch(); err != nil {
		t.Error(err)
	}
}
