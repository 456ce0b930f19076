package vram

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// everyFault visits all positions of the sweeps, which takes minutes: see make
// faults-long.
var everyFault = flag.Bool("every-fault", false, "let every driver call of the sweeps fail, and not only some")

// TestEveryDriverCallMayFail runs the scenario once for each call of the
// simulated device, which fails there: with an error that it survives, and with
// one that it does not.
func TestEveryDriverCallMayFail(t *testing.T) {
	var plain swept
	t.Run("none", func(t *testing.T) { faultRun(t, newSimulated(t, shape{}), 0, faultUnknown, &plain) })
	if plain.calls < 60 {
		t.Fatalf("the scenario makes only %d driver calls", plain.calls)
	}
	for nth := 1; nth <= plain.calls; nth++ {
		for _, f := range []fault{faultUnknown, {name: "sticky", code: gpu.ErrUnknown, sticky: true}} {
			name := fmt.Sprintf("%d-%s", nth, f.name)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if testing.Verbose() {
					fmt.Fprintln(os.Stderr, "fault sweep:", name)
				}
				// How many calls a run makes depends on which checks share a pass.
				var run swept
				if faultRun(t, newSimulated(t, shape{}), nth, f, &run); !run.fired && nth <= run.calls {
					t.Errorf("the fault did not happen in %d calls", run.calls)
				}
			})
		}
	}
}

// everywhere stands for a sweep that only -every-fault asks for.
const everywhere = 0

// TestEveryDriverCallMayFailOnCUDA does the same with the calls that the CUDA
// backend makes of the fake driver, and with more ways to fail. Only with
// -every-fault it visits all positions.
func TestEveryDriverCallMayFailOnCUDA(t *testing.T) {
	for at, c := range []struct {
		fault
		stride int
	}{
		{faultUnknown, 13}, {faultRefused, everywhere}, {faultInvalid, everywhere}, {faultAbsent, everywhere}, {faultMemory, 23},
		{faultAddress, 13}, {faultECC, 23}, {faultLost, 23},
	} {
		t.Run(c.name, func(t *testing.T) {
			stride := c.stride
			if *everyFault {
				stride = 1
			}
			if stride == everywhere {
				return // TestEveryCallOfALifeMayFail visits most of it
			}
			m := fakeAs(t, sweptConfig())
			runs, start := 0, time.Now()
			for nth := 1 + at%stride; ; nth += stride {
				var run swept
				if !t.Run(fmt.Sprint(nth), func(t *testing.T) { faultRun(t, m, nth, c.fault, &run) }) {
					m.anew()
				}
				if !run.fired {
					break
				}
				runs++
			}
			t.Logf("backend: %s; %d runs, every %d of the driver calls, %v", m.name(), runs, stride, time.Since(start))
			if runs*stride < 300 {
				t.Errorf("only about %d driver calls", runs*stride)
			}
		})
	}
}

// swept is what one run of a sweep did. It is filled in when the run fails too.
type swept struct {
	calls int
	fired bool
}

// faultRun runs the scenario with one fault.
func faultRun(t *testing.T, m machine, nth int, f fault, run *swept) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m.clear()
		s, err := newScenarioOn(t, m)
		if err != nil {
			t.Fatal(err)
		}
		s.unwiped = f.sticky && m.abandons()
		before := m.calls()
		if nth > 0 {
			m.fail(nth, f)
		}
		hurt := false // the device will not serve again
		s.allowed = func(step string, err error) bool {
			named := false
			var driver *gpu.Error
			if errors.As(err, &driver) {
				named = driver.Op != "" && strings.Contains(err.Error(), driver.Op)
			}
			if driver != nil && (errors.Is(err, ErrNotFound) || errors.Is(err, ErrInvalidInput)) {
				t.Errorf("%s: a driver that fails is told as the caller's mistake: %v", step, err)
			}
			switch {
			case nth == 0:
				t.Errorf("%s: %v", step, err)
			case errors.Is(err, ErrDeviceLost) && f.sticky, errors.Is(err, ErrQuarantined) && !f.sticky:
				hurt = true
				return false
			case strings.HasPrefix(step, "release") && !f.sticky && named:
				hurt = true // it could not be proven zero
			case !named:
				t.Errorf("%s: the error does not name the driver's operation: %v", step, err)
			}
			return !hurt && nth > 0
		}
		s.steps()
		state := s.e.Devices()[0].State
		if !hurt && state != "active" {
			hurt = true // what was said of it was said of other steps
		}
		if hurt && state == "active" {
			t.Error("a device that did not scrub serves on")
		}
		if !f.sticky {
			s.settled()
		}
		switch {
		case !hurt:
			s.gone()
		default:
			if _, err := s.e.ReleaseAll(t.Context()); err != nil && !errors.Is(err, ErrQuarantined) && !errors.Is(err, ErrDeviceLost) {
				t.Errorf("releasing what is left: %v", err)
			}
		}
		closing := m.fired() == 0 // if it fires at all
		err = s.close()
		run.calls, run.fired = m.calls()-before, m.fired() > 0
		switch {
		case run.fired && closing && err == nil:
			t.Error("a call of close failed, and nobody was told")
		case err != nil && !hurt && !(run.fired && closing):
			t.Errorf("close: %v", err)
		}
		if t.Failed() {
			t.Logf("operations:\n%s", strings.Join(m.log(), "\n"))
		}
		time.Sleep(throttle)
	})
}
