package cuda_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// TestDevicesThatAreRefused looks for the reason in the error, and for what to
// do.
func TestDevicesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config cudatest.Config
		set    string // a setting of the device that a configuration lacks
		want   error
		text   string
	}{
		"integrated":  {config: cudatest.Config{Integrated: true}, want: cuda.ErrNoDevice, text: "integrated"},
		"coherent":    {config: cudatest.Config{ATS: true}, want: cuda.ErrNoDevice, text: "coherent"},
		"too old":     {config: cudatest.Config{Capability: 61}, want: cuda.ErrNoDevice, text: "compute capability is 6.1"},
		"prohibited":  {config: cudatest.Config{Mode: cudatest.ModeProhibited}, want: cuda.ErrNoDevice, text: "nvidia-smi -c DEFAULT"},
		"old driver":  {config: cudatest.Config{Driver: 11080}, want: cuda.ErrOldDriver, text: "CUDA 11.8"},
		"no device":   {config: cudatest.Config{NoDevice: true}, want: cuda.ErrNoDevice, text: "nvidia-smi"},
		"two of them": {config: cudatest.Config{Devices: 2, Integrated: true}, want: cuda.ErrNoDevice, text: "device 1"},
	} {
		t.Run(name, func(t *testing.T) {
			control := cudatest.Start(t, c.config)
			_, err := cuda.New(cuda.Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}})
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestARefusedDeviceIsPassedOver has a device that may not be used before one
// that may: devices are counted from 0, and named by their UUID.
func TestARefusedDeviceIsPassedOver(t *testing.T) {
	config := small()
	config.Devices = 3
	control := cudatest.Start(t, config)
	control.Set(1, "mode=prohibited")
	b := made(t, control, cuda.Options{})
	list, err := b.Devices()
	if err != nil || len(list) != 2 || list[1].Index != 1 || list[0].UUID == list[1].UUID {
		t.Fatalf("%+v, %v", list, err)
	}
	if refused := b.Refused(); len(refused) != 1 || refused[0].Ordinal != 1 || refused[0].UUID == "" || refused[0].Reason == "" {
		t.Errorf("%+v", refused)
	}
	runtime.LockOSThread()
	d, err := b.Open(1)
	if err != nil {
		t.Fatal(err)
	}
	id, err := d.Map(config.Granularity)
	if err != nil {
		t.Fatal(err)
	}
	if control.Mapped(2) < config.Granularity || control.Mapped(1) != 0 {
		t.Error("another device was opened than the one that was listed")
	}
	r, err := d.Residency(id)
	if v := r.Violations(1, config.Granularity); err != nil || len(v) > 0 {
		t.Errorf("%v, %v", v, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestCoherentDevicesByOption(t *testing.T) {
	config := small()
	config.ATS = true
	control := cudatest.Start(t, config)
	b := made(t, control, cuda.Options{AllowCoherent: true})
	notes(t, b, "coherent platform")
}

func TestNotes(t *testing.T) {
	config := small()
	config.MIG, config.NoECC, config.HMM, config.Confidential, config.Mode = true, true, true, true, cudatest.ModeExclusive
	control := cudatest.Start(t, config)
	control.Recovery(0, 1)
	control.Remap(0, 0, 1, true, false)
	control.Process(0, 77, gpu.MiB)
	b := made(t, control, cuda.Options{})
	notes(t, b, "MIG", "ECC is off", "HMM", "confidential computing", "exclusive", "reset of the GPU", "row of memory", "processes of others")
	list, err := b.Devices()
	if err != nil || !strings.HasPrefix(list[0].UUID, "MIG-") {
		t.Errorf("%+v, %v", list, err)
	}
}

// notes fails unless each text is in a note of the first device.
func notes(t *testing.T, b *cuda.Backend, want ...string) {
	t.Helper()
	list, err := b.Devices()
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	all := strings.Join(list[0].Notes, "\n")
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("%q is not noted:\n%s", w, all)
		}
	}
}

func TestWithoutAManagementLibrary(t *testing.T) {
	control := cudatest.Start(t, small())
	b, err := cuda.New(cuda.Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{"/nowhere/libnvidia-ml.so.1"}})
	if err != nil {
		t.Fatal(err)
	}
	notes(t, b, "memory errors are not reported")
	if _, err := b.Counters(0); !errors.Is(err, gpu.ErrNotSupported) {
		t.Errorf("counters: %v", err)
	}
	if err := b.Watch(t.Context(), []int{0}, func(health.Report) {}); err == nil {
		t.Error("nothing can be watched, and nobody is told")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []cuda.Options{{Kernel: "fastest"}, {Libraries: []string{"libcuda.so.1"}}, {NVML: []string{"./nvml"}}} {
		if _, err := cuda.New(o); !errors.Is(err, cuda.ErrInvalidOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := cuda.New(cuda.Options{Libraries: []string{"/nowhere/libcuda.so.1"}}); err == nil || !strings.Contains(err.Error(), "install the NVIDIA driver") {
		t.Errorf("no driver: %v", err)
	}
}

func TestUnsafeSurroundings(t *testing.T) {
	control := cudatest.Start(t, small())
	o := cuda.Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}}
	if _, err := cuda.NewIn(o, []string{"CUDA_INJECTION64_PATH=/x"}, t.TempDir()); !errors.Is(err, cuda.ErrEnvironment) {
		t.Errorf("injection: %v", err)
	}
	b, err := cuda.NewIn(o, []string{"LD_PRELOAD=/x"}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	notes(t, b, "LD_PRELOAD")
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "dev"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "dev", "dxg"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cuda.NewIn(o, nil, root); !errors.Is(err, cuda.ErrNoDevice) || !strings.Contains(err.Error(), "Windows") {
		t.Errorf("under Windows: %v", err)
	}
}

// TestABusyDevice is one that somebody else holds when it is opened.
func TestABusyDevice(t *testing.T) {
	control := cudatest.Start(t, small())
	b := made(t, control, cuda.Options{})
	control.Set(0, "busy=1")
	runtime.LockOSThread()
	_, err := b.Open(0)
	var e *gpu.Error
	if !errors.As(err, &e) || e.Op != "open" || !strings.Contains(e.Detail, "cuCtxCreate") {
		t.Errorf("%v", err)
	}
	control.Set(0, "busy=0")
	d, err := b.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(0); !errors.Is(err, gpu.ErrInvalidValue) {
		t.Errorf("opened twice: %v", err)
	}
	if err := errors.Join(d.Close(), control.Leaks()); err != nil {
		t.Error(err)
	}
}

// TestTwoBackendsOnOneGPU are two engines in one process, on threads of their
// own.
func TestTwoBackendsOnOneGPU(t *testing.T) {
	control := cudatest.Start(t, small())
	done := make(chan error, 2)
	for range 2 {
		b := made(t, control, cuda.Options{})
		go func() {
			runtime.LockOSThread()
			d, err := opened(t, b)
			if err == nil {
				err = errors.Join(life(d), life2(d), d.Close())
			}
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done, control.Leaks()); err != nil {
		t.Error(err)
	}
	if n := control.Mapped(0); n != 0 {
		t.Errorf("%d bytes are mapped", uint64(n))
	}
}

// life2 leaves an extent to Close.
func life2(d gpu.Device) error {
	id, err := d.Map(d.Info().Granularity)
	if err != nil {
		return err
	}
	return d.Write(gpu.Span{Extent: id, Size: 3}, []byte{1, 2, 3})
}
