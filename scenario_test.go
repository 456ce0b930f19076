package vram

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"testing"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/gputest"
	"github.com/vram-engine/vram-engine/gpu/health"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// A scenario is the whole life of two shards: seal, verify, a report of the
// device's health, execute, a flipped bit that is found, release. The sweeps run it again and again, each time with
// another actor crashing or another driver call failing.

// scenario runs the steps on one engine and remembers what must hold.
type scenario struct {
	t     *testing.T
	e     *Engine
	dir   string
	m     machine
	faces *sim.Control // of a simulated machine
	// allowed judges an error that a step returned, and says whether the step
	// may be tried again.
	allowed func(step string, err error) (again bool)
	unwiped bool // memory of a lost device is left to its driver to be wiped
	small   []byte
	large   []byte
}

const (
	smallID = "small-shard"
	largeID = "large-shard"
)

// sumKernel writes a number that depends on all bytes of a span to another:
// sum(in, n, out). On a GPU it is their sum; see quickSum.
func sumKernel() gpu.Kernel {
	return gpu.Kernel{Name: "gputest_sum", Params: []int{8, 8, 8}, PTX: gputest.PTX(), Go: func(_, _ gpu.Dim3, args gpu.KernelArgs) error {
		binary.LittleEndian.PutUint64(args.Memory(2), quickSum(args.Memory(0)[:args.Uint64(1)]))
		return nil
	}}
}

// quickSum depends on all of p. It is quick under the race detector, which a
// loop over megabytes is not.
func quickSum(p []byte) uint64 { return uint64(crc32.ChecksumIEEE(p)) }

// try runs a step until it succeeds or its error may not be tried again.
func (s *scenario) try(step string, fn func() error) error {
	s.t.Helper()
	const patience = 6
	var err error
	for range patience {
		if err = fn(); err == nil || !s.allowed(step, err) {
			return err
		}
	}
	s.t.Errorf("%s: still failing after %d tries: %v", step, patience, err)
	return err
}

// steps is the life of the shards.
func (s *scenario) steps() {
	ctx := s.t.Context()
	all := []func() error{
		func() error { return s.try("seal small", s.seal(smallID, s.small)) },
		func() error { return s.try("seal large", s.seal(largeID, s.large)) },
		func() error { return s.try("verify", s.verify) },
		s.ache,
		func() error { return s.try("execute", s.execute) },
		func() error {
			return s.try("flip", func() error { return s.m.flip(ctx, s.e, smallID, s.small, 4097, 6) })
		},
		func() error { return s.try("verify after a flip", s.verifyFlipped) },
		func() error {
			return s.try("worker restart", func() error { return s.e.RestartWorker(ctx, "tester") })
		},
		func() error { return s.try("verify again", s.verifyFlipped) },
		func() error { return s.try("release small", s.release(smallID)) },
		func() error { return s.try("seal small again", s.seal(smallID, s.small)) },
		func() error { return s.try("execute again", s.execute) },
		func() error { return s.try("release large", s.release(largeID)) },
		func() error { return s.try("release small again", s.release(smallID)) },
	}
	for _, step := range all {
		if step() != nil {
			return
		}
	}
}

// ache has the driver report something that puts nothing out of use. What is
// resident is digested again while the steps go on.
func (s *scenario) ache() error {
	s.m.report(health.Report{Source: "xid", Code: 31, Action: health.Note, Detail: "scripted"})
	s.m.report(health.Report{Source: "remap", Code: 1, Action: health.Recheck, Detail: "scripted"})
	return nil
}

// seal returns a step.
func (s *scenario) seal(id string, p []byte) func() error {
	return func() error {
		_, err := s.e.Seal(s.t.Context(), SealRequest{ID: id, Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))})
		return err
	}
}

func (s *scenario) verify() error {
	results, err := s.e.Verify(s.t.Context(), smallID, largeID)
	if err == nil && (len(results) != 2 || !results[0].OK || !results[1].OK) {
		return fmt.Errorf("no error, and results %+v", results)
	}
	return err
}

// verifyFlipped expects that the flip is found, and named to its block.
func (s *scenario) verifyFlipped() error {
	results, err := s.e.Verify(s.t.Context(), smallID, largeID)
	switch {
	case err == nil:
		s.t.Errorf("changed bytes were verified: %+v", results)
		return nil
	case !errors.Is(err, ErrIntegrityViolation):
		return err
	case len(results) == 2 && results[0].FirstBadBlock < 0 && s.e.Devices()[0].State == "lost":
		return nil // found, and then the device was lost before the place was looked up
	case len(results) != 2 || results[0].OK || results[0].FirstBadBlock != 1 || !results[1].OK:
		return fmt.Errorf("the flip was not named: %+v", results)
	}
	ran := false
	_, err = s.e.Execute(s.t.Context(), ExecuteRequest{Shards: []string{smallID}}, func(context.Context, *Run) error { ran = true; return nil })
	if ran {
		s.t.Error("a callback ran on changed bytes")
	}
	if err == nil {
		s.t.Error("execute on changed bytes succeeded")
	}
	return nil
}

func (s *scenario) execute() error {
	want := map[string]uint64{smallID: s.m.sum(s.small), largeID: s.m.sum(s.large)}
	_, err := s.e.Execute(s.t.Context(), ExecuteRequest{Shards: []string{smallID, largeID}}, func(_ context.Context, r *Run) error {
		for id, sum := range want {
			got, err := s.sum(r, id)
			if err != nil {
				return err
			}
			if got != sum {
				s.t.Errorf("a callback saw other bytes of %s: sum %d, want %d", id, got, sum)
			}
		}
		return nil
	})
	return err
}

func (s *scenario) sum(r *Run, id string) (uint64, error) {
	w, err := r.Shard(id)
	if err != nil {
		return 0, err
	}
	n, err := r.Size(w)
	if err != nil {
		return 0, err
	}
	out, err := r.Scratch(4096)
	if err != nil {
		return 0, err
	}
	before := make([]byte, 4096)
	if err := r.Read(out, 0, before); err != nil {
		return 0, err
	}
	if !bytes.Equal(before, make([]byte, len(before))) {
		s.t.Error("scratch memory was handed out with contents")
	}
	if err := r.Launch("gputest_sum", gpu.Dim3{}, gpu.Dim3{}, w, uint64(n), out); err != nil {
		return 0, err
	}
	sum := make([]byte, 8)
	err = r.Read(out, 0, sum)
	return binary.LittleEndian.Uint64(sum), err
}

// release takes a shard that is gone for released: the answer may be what was lost.
func (s *scenario) release(id string) func() error {
	return func() error {
		err := s.e.Release(s.t.Context(), id)
		var driver *gpu.Error
		if errors.Is(err, ErrNotFound) && !errors.As(err, &driver) {
			return nil
		}
		return err
	}
}

// settled checks what must hold whatever happened: books and device agree, and
// nothing that was freed is dirty.
func (s *scenario) settled() {
	s.t.Helper()
	if err := s.e.sys.Check(context.Background()); err != nil {
		s.t.Errorf("books: %v", err)
	}
	if dirty, err := s.m.dirty(); err != nil || dirty != 0 {
		s.t.Errorf("%d bytes were freed and not scrubbed, %v", dirty, err)
	}
}

// gone checks that no shard and no memory but the scratch buffer is left.
func (s *scenario) gone() {
	s.t.Helper()
	if left := s.e.Shards(); len(left) != 0 {
		s.t.Errorf("shards are left: %+v", left)
	}
	for _, d := range s.e.Devices() {
		if d.Used != 0 || d.Mapped > scratchAtMost {
			s.t.Errorf("device %d holds %d bytes, %d mapped", d.Index, uint64(d.Used), uint64(d.Mapped))
		}
	}
}

// scratchAtMost is what a device may keep for callbacks.
const scratchAtMost = 8 * gpu.MiB

// close ends the engine and checks what it leaves.
func (s *scenario) close() error {
	s.t.Helper()
	err := s.e.Close(context.Background())
	if dirty, derr := s.m.dirty(); derr != nil || dirty != 0 && !s.unwiped {
		s.t.Errorf("after close %d bytes are not scrubbed, %v", dirty, derr)
	}
	if left := s.m.left(); left != nil {
		s.t.Errorf("after close: %v", left)
	}
	if _, aerr := audit.Verify(filepath.Join(s.dir, "audit"), audit.VerifyOptions{}); aerr != nil {
		s.t.Errorf("audit: %v", aerr)
	}
	return err
}

func TestScenarioWithoutFaults(t *testing.T) {
	onEach(t, shape{}, func(t *testing.T, m machine) {
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			start := m.calls()
			s.steps()
			t.Logf("%d driver calls", m.calls()-start)
			s.settled()
			s.gone()
			if err := s.close(); err != nil {
				t.Error(err)
			}
			t.Logf("%d driver calls", m.calls()-start)
		})
	})
}
