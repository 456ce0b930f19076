package server

import (
	"context"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
)

// Engine is what the server asks of an engine; *vram.Engine fulfils it.
type Engine interface {
	Seal(ctx context.Context, r vram.SealRequest) (vram.Handle, error)
	Verify(ctx context.Context, ids ...string) ([]vram.VerifyResult, error)
	VerifyAll(ctx context.Context) ([]vram.VerifyResult, error)
	VerifyHandle(ctx context.Context, h vram.Handle) (vram.VerifyResult, error)
	Release(ctx context.Context, ids ...string) error
	ReleaseAll(ctx context.Context) (int, error)
	Shards() []vram.ShardInfo
	Shard(id string) (vram.ShardInfo, error)
	Status() vram.Status
	Devices() []vram.DeviceStatus
	Incidents() []vram.Incident
	Incident(id string) (vram.Incident, error)
	RestartWorker(ctx context.Context, operator string) error
	UnquarantineDevice(ctx context.Context, n int, operator string) error
	Events(ctx context.Context) <-chan vram.Event
	FlipBit(ctx context.Context, id string, byteOffset gpu.Bytes, bit uint) error
	Note(ctx context.Context, finding string, details string) error
}

// Source gives the engine that serves now, or an error that says why there is
// none. It does not block.
type Source func() (Engine, error)
