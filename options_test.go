package vram

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

func simulated() *sim.Options { return &sim.Options{Memory: 16 * gpu.MiB, Faults: true} }

func TestDefaults(t *testing.T) {
	var o Options
	o.ensureDefaults()
	if o.PatrolInterval != time.Minute || o.MaxShardSize != 100_000_000_000 || o.OnIncident != OnIncidentStop ||
		o.AuditMode != AuditFailClosed || o.MaxPending != 1024 || o.Logger == nil {
		t.Errorf("defaults: %v %v %v %v %v", o.PatrolInterval, o.MaxShardSize, o.OnIncident, o.AuditMode, o.MaxPending)
	}
	never := Options{PatrolInterval: -1}
	never.ensureDefaults()
	if never.PatrolInterval != -1 {
		t.Error("a patrol that is turned off was turned on")
	}
}

// TestOpenRefuses leaves nothing behind when it does: no goroutine, and a
// directory that a good engine can open.
func TestOpenRefuses(t *testing.T) {
	rows := map[string]struct {
		change func(*Options)
		kind   error
		says   string
	}{
		"no directory":        {func(o *Options) { o.DataDir = "" }, ErrInvalidInput, "DataDir"},
		"no device":           {func(o *Options) { o.Simulated, o.CUDA = nil, noDriver() }, ErrNoDevice, "--sim"},
		"no token":            {func(o *Options) { o.Token = nil }, ErrInvalidInput, ""},
		"short token":         {func(o *Options) { o.Token = []byte("fifteen bytes!!") }, ErrInvalidInput, ""},
		"long token":          {func(o *Options) { o.Token = make([]byte, 4097) }, ErrInvalidInput, ""},
		"incident":            {func(o *Options) { o.OnIncident = "shrug" }, ErrInvalidInput, "OnIncident"},
		"audit mode":          {func(o *Options) { o.AuditMode = "maybe" }, ErrInvalidInput, "AuditMode"},
		"negative pending":    {func(o *Options) { o.MaxPending = -1 }, ErrInvalidInput, "MaxPending"},
		"devices":             {func(o *Options) { o.Simulated.Devices = 65 }, ErrInvalidInput, "64"},
		"granularity":         {func(o *Options) { o.Simulated.Granularity = 5 }, ErrInvalidInput, ""},
		"same kernel twice":   {func(o *Options) { o.Kernels = []gpu.Kernel{sumKernel(), sumKernel()} }, ErrInvalidInput, "sum"},
		"kernel without code": {func(o *Options) { o.Kernels = []gpu.Kernel{{Name: "x"}} }, ErrInvalidInput, "x"},
		"open to others": {func(o *Options) {
			if err := os.Mkdir(o.DataDir, 0o755); err != nil {
				panic(err)
			}
			if err := os.Chmod(o.DataDir, 0o755); err != nil {
				panic(err)
			}
		}, ErrPolicyViolation, "chmod 700"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := Options{DataDir: filepath.Join(t.TempDir(), "data"), Token: []byte(testToken), PatrolInterval: -1, Simulated: simulated()}
				dir := o.DataDir
				row.change(&o)
				_, err := Open(t.Context(), o)
				if !errors.Is(err, row.kind) || !strings.Contains(err.Error(), row.says) {
					t.Errorf("got %v, want %v with %q", err, row.kind, row.says)
				}
				if _, err := os.Stat(dir); err == nil {
					if err := os.Chmod(dir, 0o700); err != nil {
						t.Fatal(err)
					}
				}
				e, err := Open(t.Context(), Options{DataDir: dir, Token: []byte(testToken), PatrolInterval: -1, Simulated: simulated()})
				if err != nil {
					t.Fatalf("afterwards: %v", err)
				}
				if err := e.Close(t.Context()); err != nil {
					t.Error(err)
				}
				time.Sleep(throttle)
			})
		})
	}
}

// TestOpenOnAFailingDevice fails at each call that opening makes.
func TestOpenOnAFailingDevice(t *testing.T) {
	for nth := 1; nth <= 2; nth++ {
		for _, sticky := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				backend, err := sim.New(*simulated())
				if err != nil {
					t.Fatal(err)
				}
				control, err := backend.Control(0)
				if err != nil {
					t.Fatal(err)
				}
				control.Fail(sim.OpAny, nth, gpu.ErrUnknown, sticky)
				o := Options{DataDir: filepath.Join(t.TempDir(), "data"), Token: []byte(testToken), Backend: backend, Kernels: []gpu.Kernel{sumKernel()}}
				if _, err := Open(t.Context(), o); err == nil || control.Fired() != 1 {
					t.Errorf("call %d: %v", nth, err)
				}
				o.Token = []byte(testToken)
				e, err := Open(t.Context(), o)
				if err != nil {
					t.Fatalf("again after call %d: %v", nth, err)
				}
				if err := e.Close(t.Context()); err != nil {
					t.Error(err)
				}
				time.Sleep(throttle)
			})
		}
	}
}
