package vram

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// fakeMachine has GPUs of the fake driver, behind the backend that real ones
// have.
type fakeMachine struct {
	t       *testing.T
	config  cudatest.Config
	backend *cuda.Backend
	control *cudatest.Control
	reports chan health.Report // to the engine that was opened last
}

// quiet is a backend whose reports of health come from the test, and not from
// the management library: a call that waits there would stop a bubble's time.
type quiet struct {
	gpu.Backend
	reports chan health.Report
}

// Watch implements health.Watcher.
func (q quiet) Watch(ctx context.Context, _ []int, tell func(health.Report)) error {
	for {
		select {
		case h := <-q.reports:
			tell(h)
		case <-ctx.Done():
			return nil
		}
	}
}

// newFake waits for the fake driver, of which a process has one.
func newFake(t *testing.T, s shape) *fakeMachine {
	t.Helper()
	return fakeAs(t, cudatest.Config{Devices: s.devices, Memory: s.memory, Granularity: s.granularity, Clean: s.clean})
}

// fakeAs gives the driver that configuration; zero memory and granularity are
// small ones, on which tests are fast.
func fakeAs(t *testing.T, config cudatest.Config) *fakeMachine {
	t.Helper()
	if config.Memory == 0 {
		config.Memory = 16 * gpu.MiB
	}
	if config.Granularity == 0 {
		config.Granularity = 64 * gpu.KiB
	}
	m := &fakeMachine{t: t, config: config, control: cudatest.Start(t, config)}
	m.backend = m.another()
	return m
}

func (m *fakeMachine) under(o *Options) {
	const most = 64 // a test raises fewer
	m.reports = make(chan health.Report, most)
	o.Backend = quiet{Backend: m.backend, reports: m.reports}
}

func (m *fakeMachine) report(h health.Report) { m.reports <- h }

// another is one more backend on the same GPUs, as a second engine has.
func (m *fakeMachine) another() *cuda.Backend {
	m.t.Helper()
	b, err := cuda.New(cuda.Options{Libraries: []string{m.control.Paths().CUDA}, NVML: []string{m.control.Paths().NVML}})
	if err != nil {
		m.t.Fatal(err)
	}
	return b
}

// anew drops everything that was made of the driver.
func (m *fakeMachine) anew() {
	m.t.Helper()
	m.control.Reset(m.config)
	m.backend = m.another()
}

func (m *fakeMachine) name() string              { return "cuda (fake driver)" }
func (m *fakeMachine) granularity() gpu.Bytes    { return m.config.Granularity }
func (m *fakeMachine) mapped(*Engine) gpu.Bytes  { return m.control.Mapped(0) }
func (m *fakeMachine) calls() int                { return m.control.Count() }
func (m *fakeMachine) fired() int                { return m.control.Fired() }
func (m *fakeMachine) clear()                    { m.control.Clear(); m.control.Truth() }
func (m *fakeMachine) lose()                     { m.control.Lose(0) }
func (m *fakeMachine) deny()                     { m.control.SkipAlways("cuMemsetD32Async") }
func (m *fakeMachine) lie()                      { m.control.Lie(attributeManaged, 1) }
func (m *fakeMachine) dirty() (gpu.Bytes, error) { return m.control.Dirty(0), nil }
func (m *fakeMachine) abandons() bool            { return true }
func (m *fakeMachine) left() error               { return m.control.Leaks() }
func (m *fakeMachine) log() []string             { return m.control.Calls() }

// attributeManaged is CU_POINTER_ATTRIBUTE_IS_MANAGED.
const attributeManaged = 8

func (m *fakeMachine) sum(p []byte) uint64 {
	sum := uint64(0)
	for _, b := range p {
		sum += uint64(b)
	}
	return sum
}

func (m *fakeMachine) fail(nth int, f fault) {
	if f.sticky {
		m.control.FailSticky("*", nth, f.number)
		return
	}
	m.control.Fail("*", nth, f.number)
}

// flip looks for what is around the byte in the device's memory: nobody but
// the device knows where it put the shard.
func (m *fakeMachine) flip(_ context.Context, _ *Engine, id string, p []byte, at gpu.Bytes, bit uint) error {
	const around = 48
	i, ok := at.Int()
	if !ok || i >= len(p) {
		return fmt.Errorf("shard %s has no byte %d", id, uint64(at))
	}
	if short := around - len(p); short > 0 { // the tail of a shard's last block is zero
		p = append(bytes.Clone(p), make([]byte, short)...)
	}
	first := min(i, len(p)-around)
	place, ok := m.control.Find(0, p[first:first+around])
	if !ok {
		return fmt.Errorf("the bytes of shard %s are not in device memory", id)
	}
	place.Offset = place.Offset.AddSat(gpu.BytesOf(i - first))
	m.control.Flip(0, place, int(bit))
	return nil
}

// holds tells whether the bytes are in memory of the device that is in use.
func (m *fakeMachine) holds(p []byte) bool {
	_, found := m.control.Find(0, bytes.Clone(p))
	return found
}

// sweptConfig is a GPU on which an engine's life is short.
func sweptConfig() cudatest.Config {
	return cudatest.Config{Memory: 2 * gpu.MiB, Granularity: 64 * gpu.KiB, Clean: true, Immediate: true}
}
