package actors

import (
	"context"
	"log/slog"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// Shard returns a snapshot of the shard. ErrNotFound if there is none.
func (s *System) Shard(id string) (Shard, error) {
	rec, err := s.env.shards.get(id)
	if err != nil {
		return Shard{}, err
	}
	return rec.snapshot(), nil
}

// Shards returns snapshots of all shards, by id.
func (s *System) Shards() []Shard {
	recs := s.env.shards.list(nil)
	views := make([]Shard, 0, len(recs))
	for _, rec := range recs {
		views = append(views, rec.snapshot())
	}
	return views
}

// Devices returns snapshots of all devices, by index.
func (s *System) Devices() []Device {
	views := make([]Device, 0, len(s.env.devices))
	for _, d := range s.env.devices {
		views = append(views, d.snapshot())
	}
	return views
}

// Incidents returns all incidents since the start, oldest first.
func (s *System) Incidents() []Incident { return s.env.cases.list() }

// Worker returns "running" or "stopped", and why it is stopped.
func (s *System) Worker() (state, reason string) {
	if s.env.calls.refuses() {
		return "stopped", "the engine is closed"
	}
	return s.env.worker.state()
}

// Patrol returns what the last complete patrol found.
func (s *System) Patrol() Patrol { return s.env.patrol.snapshot() }

// Events returns a channel of what happens, which is closed when ctx ends or
// the system stops. A listener that is slow misses events and is told so.
func (s *System) Events(ctx context.Context) <-chan Event { return s.env.hub.listen(ctx) }

// Closed returns nil until Stop is called.
func (s *System) Closed() error {
	if s.env.calls.over() {
		return fail(ErrClosed, "", "open it again")
	}
	return nil
}

// Check compares ledger, heap and the device's own list of extents, on each
// device's thread, while nothing else runs there. A difference is a defect of
// ours. It is for tests and diagnosis; its cost grows with the shards.
func (s *System) Check(ctx context.Context) error {
	var all error
	for _, d := range s.env.devices {
		if d.current() == DeviceLost {
			continue
		}
		c := s.env.calls.inner(ctx, d.unit, opControl)
		d.submit(&controlWork{call: c, do: checkDevice})
		_, err := await[struct{}](c)
		all = errors.CombineErrors(all, err)
	}
	return all
}

func checkDevice(d *device) error {
	if err := d.rec.book.Check(); err != nil {
		return err
	}
	var extents gpu.Bytes
	for _, x := range d.rec.dev.Extents() {
		extents = extents.AddSat(x.Size)
	}
	heap, book := d.rec.heap.Mapped(), d.rec.book.Snapshot().Mapped
	if heap != extents || book != extents {
		return errors.AssertionFailedf("device %d maps %d bytes, its heap %d, its ledger %d",
			d.rec.index, uint64(extents), uint64(heap), uint64(book))
	}
	return nil
}

func newSystemLog(cfg Config) func(*actor.ActorSystem) *slog.Logger {
	return func(*actor.ActorSystem) *slog.Logger { return newSlog(cfg.Log.Named("actor")) }
}
