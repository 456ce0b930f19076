package vram

import (
	"context"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// simulatedMachine has hostile simulated devices.
type simulatedMachine struct {
	options sim.Options
	backend *sim.Backend
	control *sim.Control
	cleared int // what had fired at the last clear
}

// newSimulated makes the devices anew, and none of what was done to others
// concerns them.
func newSimulated(t *testing.T, s shape) machine {
	t.Helper()
	if s.memory == 0 {
		s.memory = 32 * gpu.MiB
	}
	o := sim.Options{Devices: s.devices, Memory: s.memory, Granularity: s.granularity, Faults: true, Hostile: true, Seed: 3}
	backend, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := simulatedOver(backend, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// simulatedOver is a machine of devices that are there.
func simulatedOver(backend *sim.Backend, o sim.Options) (*simulatedMachine, error) {
	control, err := backend.Control(0)
	if err != nil {
		return nil, err
	}
	o.EnsureDefaults()
	return &simulatedMachine{options: o, backend: backend, control: control}, nil
}

func (m *simulatedMachine) name() string              { return "simulated" }
func (m *simulatedMachine) granularity() gpu.Bytes    { return m.options.Granularity }
func (m *simulatedMachine) under(o *Options)          { o.Backend = m.backend }
func (m *simulatedMachine) sum(p []byte) uint64       { return quickSum(p) }
func (m *simulatedMachine) calls() int                { return m.control.Calls() }
func (m *simulatedMachine) fail(nth int, f fault)     { m.control.Fail(sim.OpAny, nth, f.code, f.sticky) }
func (m *simulatedMachine) fired() int                { return m.control.Fired() - m.cleared }
func (m *simulatedMachine) clear()                    { m.control.Clear(); m.cleared = m.control.Fired() }
func (m *simulatedMachine) lose()                     { m.control.Lose() }
func (m *simulatedMachine) deny()                     { m.control.FailAlways(sim.OpZero, gpu.ErrUnknown, false) }
func (m *simulatedMachine) lie()                      { m.control.Lie(func(r *gpu.Residency) { r.Managed = true }) }
func (m *simulatedMachine) dirty() (gpu.Bytes, error) { return m.control.Dirty() }
func (m *simulatedMachine) abandons() bool            { return false }
func (m *simulatedMachine) report(h health.Report)    { m.control.Raise(h) }
func (m *simulatedMachine) left() error               { return nil }
func (m *simulatedMachine) log() []string             { return m.control.Log() }

func (m *simulatedMachine) flip(ctx context.Context, e *Engine, id string, _ []byte, at gpu.Bytes, bit uint) error {
	return e.FlipBit(ctx, id, at, bit)
}

// mapped is what the engine's books say: that the devices agree with them is
// what settled checks.
func (m *simulatedMachine) mapped(e *Engine) gpu.Bytes { return e.Devices()[0].Mapped }
