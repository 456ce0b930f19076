package actors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// execute runs the callback over the shards as the device would.
func (r *rig) execute(ctx context.Context, fn func(context.Context, *Run) error, shards ...*shard) (Receipt, error) {
	r.t.Helper()
	c := r.env.calls.inner(ctx, "device-0", opExecute)
	r.do(newExecuteWork(c, shards, fn))
	if len(c.done) == 0 {
		if c.unit == incidentsUnit {
			return Receipt{}, errForwarded
		}
		r.t.Fatal("the call is not answered")
	}
	return await[Receipt](c)
}

// errForwarded says that the call waits for an incident's record.
var errForwarded = errors.New("the incident answers")

func TestRunChecksItsArguments(t *testing.T) {
	r := newRig(t)
	kernel := gpu.Kernel{Name: "nop", Go: func(_, _ gpu.Dim3, _ gpu.KernelArgs) error { return nil }, Params: []int{8, 8, 4, 8}}
	if err := r.rec.dev.Register(kernel); err != nil {
		t.Fatal(err)
	}
	s := r.sealed("a", 5000)
	var kept *Run
	var view, small View
	receipt, err := r.execute(t.Context(), func(ctx context.Context, run *Run) error {
		kept = run
		shardView, errShard := run.Shard("a")
		_, errOther := run.Shard("b")
		_, errZero := run.Scratch(0)
		_, errHuge := run.Scratch(gpu.MaxBytes)
		_, errMore := run.Scratch(1 << 30)
		scratch, errScratch := run.Scratch(100)
		second, errSecond := run.Scratch(5000)
		_, errExhausted := run.Scratch(8 << 20)
		view, small = shardView, scratch
		size, errSize := run.Size(shardView)
		_, errNone := run.Size(View{})
		_, errForged := run.Size(View{index: 99})
		_, errNegative := run.Size(View{index: -1})
		one := gpu.Dim3{X: 1}
		p := []byte{1, 2, 3}
		for what, row := range map[string]struct{ err, want error }{
			"shard": {errShard, nil}, "another shard": {errOther, ErrNotFound}, "no scratch": {errZero, ErrInvalid}, "huge scratch": {errHuge, ErrInvalid},
			"too much scratch": {errMore, errAny}, "scratch": {errScratch, nil}, "more scratch": {errSecond, nil}, "all scratch": {errExhausted, ErrInvalid},
			"size": {errSize, nil}, "no view": {errNone, ErrInvalid}, "forged view": {errForged, ErrInvalid}, "negative view": {errNegative, ErrInvalid},
			"write":          {run.Write(scratch, 97, p), nil},
			"write beyond":   {run.Write(scratch, 98, p), ErrInvalid},
			"write overflow": {run.Write(scratch, gpu.MaxBytes, p), ErrInvalid},
			"write shard":    {run.Write(shardView, 0, p), ErrInvalid},
			"read":           {run.Read(second, 4997, p), nil},
			"read beyond":    {run.Read(scratch, 100, p), ErrInvalid},
			"read shard":     {run.Read(shardView, 0, p), ErrInvalid},
			"read no view":   {run.Read(View{}, 0, p), ErrInvalid},
			"launch":         {run.Launch("nop", one, one, shardView, scratch, uint32(1), uint64(2)), nil},
			"launch int":     {run.Launch("nop", one, one, shardView, scratch, 1, uint64(2)), ErrInvalid},
			"launch nil":     {run.Launch("nop", one, one, nil), ErrInvalid},
			"launch no view": {run.Launch("nop", one, one, View{}), ErrInvalid},
			"launch unknown": {run.Launch("no", one, one), gpu.ErrNotFound},
		} {
			if !isWanted(row.err, row.want) {
				t.Errorf("%s: %v", what, row.err)
			}
		}
		if size != 5000 || !IsInsideRun(ctx) || fmt.Sprint(shardView) != "view(1)" {
			t.Errorf("size %v, inside %v, %v", size, IsInsideRun(ctx), shardView)
		}
		return nil
	}, s)
	if err != nil || receipt.CheckedBytes != 5000 || len(receipt.Shards) != 1 || receipt.Shards[0].Digest != hexDigest(s.handle.Digest) || receipt.Check != "before" || receipt.Kind != gpu.KindSimulated {
		t.Errorf("%+v, %v", receipt, err)
	}
	_, errSize := kept.Size(view)
	_, errShard := kept.Shard("a")
	_, errScratch := kept.Scratch(1)
	for what, err := range map[string]error{"size": errSize, "scratch": errScratch, "write": kept.Write(small, 0, nil), "read": kept.Read(small, 0, nil),
		"launch": kept.Launch("nop", gpu.Dim3{}, gpu.Dim3{})} {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s after the callback: %v", what, err)
		}
	}
	if !errors.Is(errShard, ErrNotFound) || IsInsideRun(t.Context()) {
		t.Errorf("after the callback: %v", errShard)
	}
	r.release(s)
	r.scratchless()
}

// errAny stands for any error.
var errAny = errors.New("any")

func isWanted(err, want error) bool {
	if errors.Is(want, errAny) {
		return err != nil
	}
	return errors.Is(err, want)
}

// scratchless gives the scratch memory back and checks that nothing is left.
func (r *rig) scratchless() {
	r.t.Helper()
	if err := r.dropScratch(); err != nil {
		r.t.Error(err)
	}
	r.empty()
}

// TestScratchIsZero for each callback, whatever the one before did.
func TestScratchIsZero(t *testing.T) {
	r := newRig(t)
	s := r.sealed("a", 5000)
	for n := range 3 {
		_, err := r.execute(t.Context(), func(_ context.Context, run *Run) error {
			v, err := run.Scratch(20_000)
			if err != nil {
				return err
			}
			p := make([]byte, 20_000)
			if err := run.Read(v, 0, p); err != nil {
				return err
			}
			if bytes.Count(p, []byte{0}) != len(p) {
				t.Errorf("callback %d sees what was there", n)
			}
			return run.Write(v, 0, bytes.Repeat([]byte{7}, len(p)))
		}, s)
		if err != nil {
			t.Error(err)
		}
	}
	if dirty, err := r.rec.dev.NonZero(r.rec.scratch.Span()); dirty || err != nil {
		t.Errorf("it is dirty: %v, %v", dirty, err)
	}
	r.release(s)
	r.scratchless()
}

// TestScratchThatIsNotCleaned takes the device out of use.
func TestScratchThatIsNotCleaned(t *testing.T) {
	for _, op := range []sim.Op{sim.OpZero, sim.OpNonZero} {
		r := newRig(t)
		s := r.sealed("a", 5000)
		_, err := r.execute(t.Context(), func(_ context.Context, run *Run) error {
			_, err := run.Scratch(100)
			r.control.Fail(op, 1, gpu.ErrUnknown, false)
			return err
		}, s)
		if !errors.Is(err, gpu.ErrUnknown) || r.rec.current() != DeviceQuarantined || s.pins != 0 {
			t.Errorf("%s: %v, the device is %s", op, err, r.rec.current())
		}
		r.release(s)
		r.scratchless()
	}
}
