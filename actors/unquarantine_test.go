package actors

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// TestUnquarantineDuringAReport is refused: the memory test may have been what
// the driver reports of.
func TestUnquarantineDuringAReport(t *testing.T) {
	ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
		control.Raise(report(health.Quarantine, 48))
		synctest.Wait()
		for _, id := range []string{"a", "b"} {
			if err := s.Release(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		control.Delay(sim.OpTestMemory, time.Second)
		time.AfterFunc(time.Second, func() { control.Raise(report(health.Quarantine, 95)) })
		if err := s.Unquarantine(t.Context(), 0, "me"); !errors.Is(err, ErrQuarantined) {
			t.Errorf("unquarantine: %v", err)
		}
		if state := s.Devices()[0].State; state != DeviceQuarantined {
			t.Errorf("the device is %s", state)
		}
		if n := len(j.lines("Operator action", `"result":"failure"`)); n != 1 {
			t.Errorf("%d refusals are on record", n)
		}
		control.Clear()
		if err := s.Unquarantine(t.Context(), 0, "me"); err != nil {
			t.Error(err)
		}
		if err := loadAll(t, s, "c", 5000); err != nil {
			t.Error(err)
		}
	})
}

// TestUnquarantineJustBeforeAReport takes the device out of use again: the
// report that is underway finds it quarantined still, and does nothing.
func TestUnquarantineJustBeforeAReport(t *testing.T) {
	var rec *deviceRecord
	probe := func(_ string, m any) {
		if w, ok := m.(auditWrite); ok && rec != nil && w.record.Kind() == audit.KindOperatorAction {
			rec.chart.take(report(health.Quarantine, 95))
		}
	}
	live(t, func(t *testing.T, s *System, _ *sim.Control) {
		s.env.changeDevice(s.env.devices[0], DeviceQuarantined, "test")
		rec = s.env.devices[0]
		if err := s.Unquarantine(t.Context(), 0, "me"); !errors.Is(err, ErrQuarantined) || rec.current() != DeviceQuarantined {
			t.Errorf("%v, the device is %s", err, rec.current())
		}
	}, func(c *Config) { c.Probe = probe })
}

// wrapping is a backend whose devices are wrapped.
type wrapping struct {
	gpu.Backend
	wrap func(gpu.Device) gpu.Device
}

func (b wrapping) Open(index int) (gpu.Device, error) {
	d, err := b.Backend.Open(index)
	if err != nil {
		return nil, err
	}
	return b.wrap(d), nil
}

// TestUnquarantineWithAStuckBit is refused, however the memory is tested: by
// the device itself, through the host, and through the host because the device
// cannot.
func TestUnquarantineWithAStuckBit(t *testing.T) {
	for what, wrap := range map[string]func(gpu.Device) gpu.Device{
		"kernel": func(d gpu.Device) gpu.Device { return d },
		"host":   func(d gpu.Device) gpu.Device { return struct{ gpu.Device }{d} },
		"unable": func(d gpu.Device) gpu.Device { return unable{d} },
	} {
		for _, one := range []bool{false, true} {
			live(t, func(t *testing.T, s *System, control *sim.Control) {
				if err := control.StickPhysical(9*gpu.MiB+77, 5, one); err != nil {
					t.Fatal(err)
				}
				s.env.changeDevice(s.env.devices[0], DeviceQuarantined, "test")
				for range 2 {
					if err := s.Unquarantine(t.Context(), 0, "me"); !errors.Is(err, ErrQuarantined) {
						t.Errorf("%s, stuck at %v: %v", what, one, err)
					}
					if state := s.Devices()[0].State; state != DeviceQuarantined {
						t.Errorf("%s, stuck at %v: the device is %s", what, one, state)
					}
					if err := s.Check(t.Context()); err != nil {
						t.Error(err)
					}
				}
				control.Clear()
				if err := s.Unquarantine(t.Context(), 0, "me"); err != nil || s.Devices()[0].State != DeviceActive {
					t.Errorf("%s, a bit that moves again: %v", what, err)
				}
			}, func(c *Config) { c.Backend = wrapping{c.Backend, wrap} })
		}
	}
}
