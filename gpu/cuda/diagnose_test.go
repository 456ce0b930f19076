package cuda

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// machine is a root folder with files of a system.
func machine(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// loaded are the files of a machine with the driver's kernel module.
func loaded() map[string]string {
	return map[string]string{
		"proc/sys/kernel/osrelease":   "6.1.0-18-amd64\n",
		"proc/driver/nvidia/version":  "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15\n",
		"proc/driver/nvidia/params":   "RegistryDwords: \"\"\n",
		"proc/self/maps":              "",
		"etc/ld.so.preload":           "",
		"proc/driver/nvidia/gpus/one": "",
	}
}

func oneLine(text string) bool { return text != "" && !strings.Contains(text, "\n") }

// TestProblemsOfTheMachine: nothing can be used, and the one line says why and
// what to do.
func TestProblemsOfTheMachine(t *testing.T) {
	windows := map[string]string{"proc/sys/kernel/osrelease": "5.15.0-microsoft-standard-WSL2\n"}
	for name, c := range map[string]struct {
		config  cudatest.Config
		files   map[string]string
		environ string
		library string // instead of the fake
		fail    string // a function of the driver that fails
		code    int
		policy  bool
		text    []string
	}{
		"no driver":           {library: "/none/libcuda.so.1", text: []string{"no NVIDIA driver", "install"}},
		"container":           {library: "/none/libcuda.so.1", files: loaded(), text: []string{"libcuda.so.1 is not here", "container"}},
		"no kernel module":    {config: cudatest.Config{NoDevice: true}, text: []string{"kernel module is not loaded", "modprobe nvidia"}},
		"no device":           {config: cudatest.Config{NoDevice: true}, files: loaded(), text: []string{"finds no device", "nvidia-smi"}},
		"old driver":          {config: cudatest.Config{Driver: 11080}, files: loaded(), text: []string{"CUDA 11.8", "update it to 525"}},
		"windows":             {files: windows, policy: true, text: []string{"Windows", "run on Linux"}},
		"injection":           {files: loaded(), environ: "CUDA_INJECTION64_PATH=/tmp/secret.so", policy: true, text: []string{"CUDA_INJECTION64_PATH", "unset it"}},
		"mismatch of modules": {files: loaded(), fail: "cuInit", code: 803, text: []string{"different versions", "reboot"}},
		"does not start":      {files: loaded(), fail: "cuInit", code: 802, text: []string{"not ready"}},
	} {
		t.Run(name, func(t *testing.T) {
			control := cudatest.Start(t, c.config)
			if c.fail != "" {
				control.FailAlways(c.fail, c.code)
			}
			o := Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}}
			if c.library != "" {
				o.Libraries = []string{c.library}
			}
			o.EnsureDefaults()
			s, root := surrounded(map[string]string{}, c.environ), machine(t, c.files)
			d := diagnose(t.Context(), o, Look, s, root)
			if d.Problem == nil || d.Problem.Policy != c.policy || d.Usable() != 0 || len(d.Devices) != 0 {
				t.Fatalf("%+v", d)
			}
			_, err := selectIn(o, nil, s, root)
			for _, text := range c.text {
				if !oneLine(d.Problem.Text) || !strings.Contains(d.Problem.Text, text) || !strings.Contains(err.Error(), text) {
					t.Errorf("no %q in %q and %v", text, d.Problem.Text, err)
				}
			}
			if strings.Contains(d.Problem.Text, "secret") {
				t.Errorf("it shows the value of a variable: %s", d.Problem.Text)
			}
			if !errors.Is(err, ErrPolicy) == c.policy || errors.Is(err, ErrNoDevice) == c.policy {
				t.Errorf("%v, want policy: %v", err, c.policy)
			}
			if err := control.Leaks(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestProblemsOfADevice: one that is fine stands beside it, and is usable.
func TestProblemsOfADevice(t *testing.T) {
	for name, c := range map[string]struct {
		set    string
		code   int // with which kernels cannot be loaded
		depth  Depth
		policy bool
		usable bool
		skips  bool
		text   []string
	}{
		"busy":       {set: "busy=1", text: []string{"busy", "nvidia-smi"}},
		"prohibited": {set: "mode=prohibited", skips: true, text: []string{"prohibited mode", "nvidia-smi -c DEFAULT"}},
		"exclusive":  {set: "mode=exclusive", usable: true, text: []string{"exclusive mode"}},
		"integrated": {set: "integrated=1", policy: true, text: []string{"integrated", "own memory"}},
		"coherent":   {set: "ats=1", policy: true, text: []string{"coherent", "allow"}},
		"too old":    {set: "cc=61", skips: true, text: []string{"6.1", "Volta"}},
		"slice":      {set: "mig=1", usable: true, text: []string{"MIG"}},
		"no ECC":     {set: "ecc=0", usable: true, text: []string{"ECC is off"}},
		"HMM":        {set: "hmm=1", usable: true, text: []string{"HMM"}},
		"no JIT":     {code: 221, depth: Try, text: []string{"libnvidia-ptxjitcompiler.so.1", "install"}},
	} {
		t.Run(name, func(t *testing.T) {
			control := cudatest.Start(t, cudatest.Config{Devices: 2, Memory: 64 * gpu.MiB, Clean: true})
			if c.set != "" {
				control.Set(1, c.set)
			}
			if c.code != 0 {
				control.Fail("cuModuleLoadDataEx", 1, c.code)
			}
			o := Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}}
			o.EnsureDefaults()
			d := diagnose(t.Context(), o, c.depth, surrounded(map[string]string{}), machine(t, loaded()))
			if d.Problem != nil || len(d.Devices) != 2 || d.Driver.Version != 12040 || d.Driver.Management == "" {
				t.Fatalf("%+v", d)
			}
			bad, good := d.Devices[1], d.Devices[0]
			if c.code != 0 && good.Problem != nil {
				bad, good = good, bad // both were tried at once
			}
			said := strings.Join(bad.Info.Notes, "\n")
			if bad.Problem != nil {
				said = bad.Problem.Text
			}
			if good.Problem != nil || (bad.Problem == nil) != c.usable || bad.Problem != nil && (bad.Problem.Policy != c.policy || !oneLine(said)) {
				t.Fatalf("%+v, %+v", good, bad)
			}
			for _, text := range c.text {
				if !strings.Contains(said, text) {
					t.Errorf("no %q in %q", text, said)
				}
			}
			if bad.Skipped != c.skips || bad.Info.UUID == "" || bad.Info.Name == "" || good.Tried != (c.depth == Try) || good.Info.ReadOnlyMappings != good.Tried {
				t.Errorf("%+v, %+v", good, bad)
			}
			if err := control.Leaks(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSelect: which devices an engine gets.
func TestSelect(t *testing.T) {
	control := cudatest.Start(t, cudatest.Config{Devices: 4, Memory: 64 * gpu.MiB})
	control.Set(1, "mode=prohibited")
	o := Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}}
	o.EnsureDefaults()
	uuid := func(n int) string {
		return diagnose(t.Context(), o, Look, surrounded(map[string]string{}), machine(t, loaded())).Devices[n].Info.UUID
	}
	third, integrated := strings.ToUpper(uuid(2)), false
	for _, c := range []struct {
		integrated bool // device 0 is
		names      []string
		ordinals   []int
		want       error
		text       string
	}{
		{names: nil, ordinals: []int{0, 2, 3}},
		{names: []string{"3", "0", "3"}, ordinals: []int{3, 0}},
		{names: []string{third}, ordinals: []int{2}},
		{names: []string{"1"}, want: ErrNoDevice, text: "device 1"},
		{names: []string{"4"}, want: ErrInvalidOptions, text: "vram-engine devices"},
		{names: []string{""}, want: ErrInvalidOptions, text: `""`},
		{integrated: true, names: nil, want: ErrPolicy, text: "name the GPUs to be used"},
		{integrated: true, names: []string{"0"}, want: ErrPolicy, text: "integrated"},
		{integrated: true, names: []string{"2"}, ordinals: []int{2}},
	} {
		if c.integrated && !integrated {
			integrated = true
			control.Set(0, "integrated=1")
		}
		b, err := selectIn(o, c.names, surrounded(map[string]string{}), machine(t, loaded()))
		if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.text) || (err == nil) != (b != nil) {
			t.Errorf("%v: %v", c.names, err)
		}
		if b == nil {
			continue
		}
		list, err := b.Devices()
		if err != nil || len(list) != len(c.ordinals) {
			t.Fatalf("%v: %+v, %v", c.names, list, err)
		}
		for i, f := range b.devices {
			if list[i].Index != i || f.ordinal != c.ordinals[i] {
				t.Errorf("%v: device %d has the index %d and is the driver's %d", c.names, i, list[i].Index, f.ordinal)
			}
		}
	}
}

// TestAllDevicesAreRefused names them, policy first.
func TestAllDevicesAreRefused(t *testing.T) {
	control := cudatest.Start(t, cudatest.Config{Devices: 2, Mode: cudatest.ModeProhibited})
	o := Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}}
	_, err := Select(o, nil)
	if !errors.Is(err, ErrNoDevice) || !strings.Contains(err.Error(), "prohibited") {
		t.Errorf("%v", err)
	}
	control.Set(1, "integrated=1", "mode=default")
	if _, err = Select(o, nil); !errors.Is(err, ErrPolicy) || !strings.Contains(err.Error(), "device 1") {
		t.Errorf("%v", err)
	}
	if _, err = Select(Options{Kernel: "none"}, nil); !errors.Is(err, ErrInvalidOptions) {
		t.Errorf("%v", err)
	}
	if _, err = Diagnose(t.Context(), Options{Kernel: "none"}, Look); !errors.Is(err, ErrInvalidOptions) {
		t.Errorf("%v", err)
	}
}

func TestInstalled(t *testing.T) {
	control := cudatest.Start(t, cudatest.Config{})
	d := Installed(Options{Libraries: []string{control.Paths().CUDA}})
	if d.Library != control.Paths().CUDA || d.CUDA() != "12.4" {
		t.Errorf("%+v", d)
	}
	if d.askManager(Options{NVML: []string{control.Paths().NVML}}); d.Management == "" || d.Unmanaged != "" {
		t.Errorf("%+v", d)
	}
	if d.askManager(Options{NVML: []string{"/none/libnvidia-ml.so.1"}}); d.Unmanaged == "" {
		t.Errorf("%+v", d)
	}
	if d = Installed(Options{Libraries: []string{"/none/libcuda.so.1"}}); d != (Driver{}) || d.CUDA() != "" {
		t.Errorf("%+v", d)
	}
	if text, err := KernelsDigest(); err != nil || len(text) != 64 {
		t.Errorf("%q, %v", text, err)
	}
}
