package vram

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestEveryCallOfALifeMayFail goes through the life of two shards again and
// again on one engine: seal, verify, execute, release. Each time the next driver
// call fails, with an error that a device survives. Who asked is told which
// operation failed, and afterwards the engine, its books and the driver are as
// they were. With -every-fault it does so in more ways.
func TestEveryCallOfALifeMayFail(t *testing.T) {
	ways := []fault{faultRefused, faultAbsent, faultMemory}
	if *everyFault {
		ways = append(ways, faultUnknown, faultInvalid)
	}
	for _, f := range ways {
		t.Run(f.name, func(t *testing.T) {
			onEach(t, shape{granularity: 64 << 10, memory: 2 << 20, clean: true}, func(t *testing.T, m machine) {
				bubbleOn(t, m, func(t *testing.T, s *scenario) {
					overhead := m.mapped(s.e)
					tried, told, quarantines := 0, 0, 0
					for nth, fired := 1, true; fired; nth++ {
						m.fail(nth, f)
						err := s.life()
						fired = m.fired() > 0
						m.clear()
						tried++
						if err != nil {
							told++
							s.blames(nth, err, fired)
						}
						if s.recovers(nth) {
							quarantines++
						}
						if d := s.e.Devices()[0]; d.Used != 0 || d.State != "active" || m.mapped(s.e) != overhead.AddSat(d.Mapped) {
							t.Fatalf("call %d: %v: %d bytes used, %d mapped, %d by the driver, %s", nth, err,
								uint64(d.Used), uint64(d.Mapped), uint64(m.mapped(s.e)), d.State)
						}
						s.settled()
						if t.Failed() {
							t.Fatalf("call %d, after which: %v", nth, err)
						}
					}
					t.Logf("%d driver calls failed; %d times the caller was told, %d times the device was quarantined", tried-1, told, quarantines)
					if told < 20 || quarantines == 0 {
						t.Error("that is too few")
					}
					s.ended()
				})
			})
		})
	}
}

// life seals, verifies, uses and releases, up to the first error.
func (s *scenario) life() error {
	for _, step := range []func() error{
		s.seal(smallID, s.small), s.seal(largeID, s.large), s.verify, s.execute, s.release(largeID), s.release(smallID),
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// blames checks the error of a life in which the nth driver call failed.
func (s *scenario) blames(nth int, err error, fired bool) {
	s.t.Helper()
	var driver *gpu.Error
	switch {
	case !fired:
		s.t.Errorf("call %d did not fail: %v", nth, err)
	case !errors.As(err, &driver) || driver.Op == "" || !strings.Contains(err.Error(), driver.Op):
		s.t.Errorf("call %d: the error does not name the operation: %v", nth, err)
	case strings.Contains(err.Error(), "\n"):
		s.t.Errorf("call %d: an error of more than one line: %v", nth, err)
	}
	for _, wrong := range []error{ErrNotFound, ErrInvalidInput, ErrConflict, ErrIntegrityViolation, ErrPolicyViolation, ErrDeviceLost} {
		if errors.Is(err, wrong) {
			s.t.Errorf("call %d: a driver call that failed is told as: %v", nth, err)
		}
	}
}

// recovers releases what a life that ended early has left, as an operator
// would, and tells whether the device had to be taken into use again.
func (s *scenario) recovers(nth int) bool {
	s.t.Helper()
	ctx := context.Background()
	if _, err := s.e.ReleaseAll(ctx); err != nil {
		s.t.Errorf("call %d: releasing what is left: %v", nth, err)
	}
	if s.e.Devices()[0].State != "quarantined" {
		return false
	}
	if err := s.e.UnquarantineDevice(ctx, 0, "tester"); err != nil {
		s.t.Errorf("call %d: %v", nth, err)
	}
	return true
}
