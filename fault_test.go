package vram

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// TestEveryDriverCallMayFail runs the scenario once for each call of the
// device, which fails there: with an error that it survives, and with one that
// it does not.
func TestEveryDriverCallMayFail(t *testing.T) {
	calls := 0
	t.Run("none", func(t *testing.T) { calls = faultRun(t, 0, false) })
	if calls < 60 {
		t.Fatalf("the scenario makes only %d driver calls", calls)
	}
	for nth := 1; nth <= calls; nth++ {
		for _, sticky := range []bool{false, true} {
			name := fmt.Sprintf("%d-sticky=%t", nth, sticky)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if testing.Verbose() {
					fmt.Fprintln(os.Stderr, "fault sweep:", name)
				}
				faultRun(t, nth, sticky)
			})
		}
	}
}

// faultRun runs the scenario with one fault and returns how many driver calls
// it made.
func faultRun(t *testing.T, nth int, sticky bool) (calls int) {
	synctest.Test(t, func(t *testing.T) {
		s, err := newScenario(t)
		if err != nil {
			t.Fatal(err)
		}
		before := s.faces.Calls()
		if nth > 0 {
			s.faces.Fail(sim.OpAny, nth, gpu.ErrUnknown, sticky)
		}
		hurt := false // the device will not serve again
		s.allowed = func(step string, err error) bool {
			named := false
			var driver *gpu.Error
			if errors.As(err, &driver) {
				named = driver.Op != "" && strings.Contains(err.Error(), driver.Op)
			}
			switch {
			case nth == 0:
				t.Errorf("%s: %v", step, err)
			case errors.Is(err, ErrDeviceLost) && sticky, errors.Is(err, ErrQuarantined) && !sticky:
				hurt = true
				return false
			case strings.HasPrefix(step, "release") && !sticky && named:
				hurt = true // it could not be proven zero
			case !named:
				t.Errorf("%s: the error does not name the driver's operation: %v", step, err)
			}
			return !hurt && nth > 0
		}
		s.steps()
		calls = s.faces.Calls() - before
		// How many calls a run makes depends on which checks share a pass.
		if nth > 0 && s.faces.Fired() == 0 && nth <= calls {
			t.Errorf("the fault did not happen in %d calls", calls)
		}
		s.faces.Clear()
		state := s.e.Devices()[0].State
		if hurt && state == "active" {
			t.Error("a device that did not scrub serves on")
		}
		if !sticky {
			s.settled()
		}
		switch {
		case !hurt && state != "lost":
			s.gone()
		case hurt:
			if _, err := s.e.ReleaseAll(t.Context()); err != nil && !errors.Is(err, ErrQuarantined) && !errors.Is(err, ErrDeviceLost) {
				t.Errorf("releasing what is left: %v", err)
			}
		}
		if err := s.close(); err != nil && !hurt {
			t.Errorf("close: %v", err)
		}
		if t.Failed() {
			t.Logf("operations:\n%s", strings.Join(s.faces.Log(), "\n"))
		}
		time.Sleep(throttle)
	})
	return calls
}
