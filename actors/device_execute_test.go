package actors

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// TestExecuteAsksAgain whether the callback may run, when its turn comes.
func TestExecuteAsksAgain(t *testing.T) {
	for what, row := range map[string]struct {
		prepare func(r *rig, s *shard, cancel context.CancelFunc)
		want    error
	}{
		"given up":       {func(_ *rig, _ *shard, cancel context.CancelFunc) { cancel() }, context.Canceled},
		"worker stopped": {func(r *rig, _ *shard, _ context.CancelFunc) { r.env.worker.stop("x") }, ErrStopped},
		"device":         {func(r *rig, _ *shard, _ context.CancelFunc) { r.quarantine("x") }, ErrQuarantined},
		"released":       {func(_ *rig, s *shard, _ context.CancelFunc) { s.releasing() }, ErrNotFound},
		"failed":         {func(_ *rig, s *shard, _ context.CancelFunc) { s.failed(Failure{}) }, ErrIntegrity},
		"lost":           {func(_ *rig, s *shard, _ context.CancelFunc) { s.lose() }, ErrDeviceLost},
		"digest fails":   {func(r *rig, _ *shard, _ context.CancelFunc) { r.control.Fail(sim.OpDigest, 1, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"residency fails": {func(r *rig, _ *shard, _ context.CancelFunc) {
			r.control.Fail(sim.OpResidency, 1, gpu.ErrUnknown, false)
		}, gpu.ErrUnknown},
		"keys are gone": {func(r *rig, _ *shard, _ context.CancelFunc) { r.env.keys = nil }, errAny},
	} {
		r := newRig(t)
		s, other := r.sealed("a", 5000), r.sealed("b", 5000)
		ctx, cancel := context.WithCancel(t.Context())
		c := r.env.calls.inner(ctx, "device-0", opExecute)
		row.prepare(r, s, cancel)
		r.do(newExecuteWork(c, []*shard{other, s}, func(context.Context, *Run) error { t.Errorf("%s: it ran", what); return nil }))
		o := <-c.done
		if !isWanted(o.err, row.want) {
			t.Errorf("%s: %v", what, o.err)
		}
		if s.pins != 0 || other.pins != 0 || r.rec.runs != 0 {
			t.Errorf("%s: %d and %d pins, %d runs", what, s.pins, other.pins, r.rec.runs)
		}
		cancel()
	}
}

// TestExecuteOnAFlippedShard does not run; the first incident answers.
func TestExecuteOnAFlippedShard(t *testing.T) {
	r := newRig(t)
	well, bad, worse := r.sealed("well", 5000), r.sealed("bad", 5000), r.sealed("worse", 5000)
	for _, s := range []*shard{bad, worse} {
		if err := r.control.Flip(s.buffer.Span().Extent, s.buffer.Span().Offset, 0); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.execute(t.Context(), func(context.Context, *Run) error { t.Error("it ran"); return nil }, well, bad, worse)
	if !errors.Is(err, errForwarded) {
		t.Errorf("got %v", err)
	}
	for _, s := range []*shard{bad, worse} {
		if f := s.snapshot().Failure; f == nil || f.Reason != "digest" || s.serves() == nil {
			t.Errorf("%s: %+v", s.spec.ID, f)
		}
	}
	if len(r.env.calls.live) != 1 || well.serves() != nil {
		t.Error("the call does not wait for one incident")
	}
	r.env.calls.failUnit(incidentsUnit, errors.New("the end"))
	for _, s := range []*shard{well, bad, worse} {
		r.release(s)
	}
	r.empty()
}

// TestCallbacksThatFail tell what, and not what they held.
func TestCallbacksThatFail(t *testing.T) {
	r := newRig(t)
	s := r.sealed("a", 5000)
	mine := errors.New("mine")
	for what, row := range map[string]struct {
		fn    func(context.Context, *Run) error
		wants []error
	}{
		"error": {func(context.Context, *Run) error { return mine }, []error{ErrCallback, mine}},
		"ours":  {func(_ context.Context, run *Run) error { _, err := run.Shard("b"); return err }, []error{ErrNotFound}},
		"panic": {func(context.Context, *Run) error { panic("hunter2") }, []error{ErrCallback}},
	} {
		_, err := r.execute(t.Context(), row.fn, s)
		for _, want := range row.wants {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v is not %v", what, err, want)
			}
		}
		if err == nil || strings.Contains(err.Error(), "hunter2") || s.pins != 0 || s.serves() != nil {
			t.Errorf("%s: %v, %d pins", what, err, s.pins)
		}
	}
	r.release(s)
	r.empty()
}

// TestExecuteWaitsForKernels pins the shards while they run, and does not
// believe a device that will not say.
func TestExecuteWaitsForKernels(t *testing.T) {
	r := newRig(t)
	hold := make(chan struct{})
	kernel := gpu.Kernel{Name: "wait", Go: func(_, _ gpu.Dim3, _ gpu.KernelArgs) error { <-hold; return nil }}
	if err := r.rec.dev.Register(kernel); err != nil {
		t.Fatal(err)
	}
	s := r.sealed("a", 5000)
	c := r.env.calls.inner(t.Context(), "device-0", opExecute)
	w := newExecuteWork(c, []*shard{s}, func(_ context.Context, run *Run) error { return run.Launch("wait", gpu.Dim3{}, gpu.Dim3{}) })
	for !w.ran {
		w.step(r.device, time.Millisecond)
	}
	for range 5 {
		if w.step(r.device, time.Nanosecond) || s.pins != 1 || len(c.done) != 0 {
			t.Fatal("it is over while the kernel runs")
		}
	}
	close(hold)
	r.do(w)
	if _, err := await[Receipt](c); err != nil || s.pins != 0 {
		t.Errorf("%v, %d pins", err, s.pins)
	}
	r.control.FailAlways(sim.OpIdle, gpu.ErrUnknown, false)
	_, err := r.execute(t.Context(), func(context.Context, *Run) error { return nil }, s)
	if !errors.Is(err, gpu.ErrUnknown) || r.rec.current() != DeviceQuarantined {
		t.Errorf("%v, the device is %s", err, r.rec.current())
	}
	r.control.Clear()
	r.release(s)
	r.empty()
}
