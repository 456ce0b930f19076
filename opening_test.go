package vram

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// newScenario opens an engine on a hostile simulated device of its own.
func newScenario(t *testing.T, change ...func(*Options)) (*scenario, error) {
	t.Helper()
	o := Options{Simulated: &sim.Options{Memory: 32 * gpu.MiB, Faults: true, Hostile: true, Seed: 3}}
	s, err := startScenario(t, &o, change)
	if err != nil {
		return nil, err
	}
	m, err := simulatedOver(s.e.faults, *o.Simulated)
	if err != nil {
		t.Fatal(err)
	}
	s.m, s.faces = m, m.control
	return s, nil
}

// newScenarioOn opens an engine on the machine.
func newScenarioOn(t *testing.T, m machine, change ...func(*Options)) (*scenario, error) {
	t.Helper()
	var o Options
	m.under(&o)
	s, err := startScenario(t, &o, change)
	if err != nil {
		return nil, err
	}
	s.m = m
	if small := 3*m.granularity() + 17; small < gpu.BytesOf(len(s.large)) {
		s.large = s.large[:small]
	}
	return s, nil
}

func startScenario(t *testing.T, o *Options, change []func(*Options)) (*scenario, error) {
	t.Helper()
	s := &scenario{t: t, dir: quickDir(t), small: randomBytes(5000), large: randomBytes(3<<20 + 17)}
	o.DataDir, o.Token, o.PatrolInterval, o.Kernels = s.dir, []byte(testToken), -1, []gpu.Kernel{sumKernel()}
	for _, c := range change {
		c(o)
	}
	var err error
	if s.e, err = Open(t.Context(), *o); err != nil {
		return nil, err
	}
	s.allowed = func(step string, err error) bool { t.Errorf("%s: %v", step, err); return false }
	return s, nil
}

// quickDir is a directory that needs no disk, where there is one: the sweeps
// open hundreds of logs, which flush every record.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "vram-engine-test-")
	if err != nil {
		return filepath.Join(t.TempDir(), "data")
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "data")
}
