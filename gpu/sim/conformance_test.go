package sim_test

import (
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/gputest"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

func TestConformance(t *testing.T) {
	for name, o := range map[string]sim.Options{
		"default": {Memory: 64 * gpu.MiB},
		"small":   small(),
		"hostile": {Memory: 16 * gpu.MiB, Granularity: 64 * gpu.KiB, Hostile: true, Seed: 7},
		"second":  {Memory: 16 * gpu.MiB, Granularity: 128 * gpu.KiB, Devices: 3},
	} {
		t.Run(name, func(t *testing.T) {
			gputest.Conformance(t, func(t *testing.T) gputest.Harness { return harness(t, o) })
		})
	}
}

// harness offers the last device of the options, with every ability.
func harness(t *testing.T, o sim.Options) gputest.Harness {
	t.Helper()
	o.Faults = true
	b, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	index := max(o.Devices, 1) - 1
	c, err := b.Control(index)
	if err != nil {
		t.Fatal(err)
	}
	return gputest.Harness{
		Backend: b, Index: index, StaleContents: !o.Hostile,
		Flip:   c.Flip,
		Fail:   func(nth int, code gpu.Code, sticky bool) { c.Fail(sim.OpAny, nth, code, sticky) },
		Fired:  c.Fired,
		Mapped: c.Mapped,
		Dirty:  c.Dirty,
		Stick:  c.Stick, HostInUse: c.HostMemory,
	}
}
