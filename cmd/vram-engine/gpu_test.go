package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// drivers are where a real driver would be, which programs find first.
var drivers = []string{"/usr/lib/*-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/nvidia/lib64", "/usr/lib/wsl/lib"}

// withoutDriver skips the test on a machine with a real driver.
func withoutDriver(t *testing.T) {
	t.Helper()
	for _, folder := range drivers {
		found, err := filepath.Glob(filepath.Join(folder, "libcuda.so.1"))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatal("the CUDA driver of this machine hides the fake one, and CI must run this test")
		}
		t.Skip("the CUDA driver of this machine hides the fake one")
	}
}

// onFake gives the programs of the place the devices of the fake driver.
func (p *place) onFake(config cudatest.Config) {
	p.t.Helper()
	withoutDriver(p.t)
	paths, err := cudatest.Build("")
	if errors.Is(err, cudatest.ErrNoCompiler) && os.Getenv("CI") == "" {
		p.t.Skip(err)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if config.Memory == 0 {
		config.Memory = 64 * gpu.MiB
	}
	config.Clean = true
	p.env = paths.Environment(config, "")
}

// reachable has the fake of the next program listen, where dial finds it.
func (p *place) reachable() { p.env = append(p.env, "FAKECUDA_SOCKET="+p.in("f")) }

func (p *place) dial() *cudatest.Control { return cudatest.Dial(p.t, p.in("f")) }

// serving starts a daemon on the devices of the fake driver.
func (p *place) serving(args ...string) *running {
	p.t.Helper()
	d := p.launch(append([]string{"--allow-root"}, args...)...)
	if d.ready == "" {
		p.t.Fatalf("the daemon is not ready: %v\n%s", <-d.ended, d.log)
	}
	return d
}

// listed is a device as devices lists it.
type listed struct {
	Index   int
	UUID    string
	Kind    string
	Usable  bool
	Problem string
	Staging string
	Notes   []string
}

// examined is what doctor says.
type examined struct {
	OK      bool
	Devices []listed
	Checks  []struct{ Check, Result, Finding string }
}

func (e examined) find(check, result, text string) bool {
	for _, c := range e.Checks {
		if c.Check == check && c.Result == result && strings.Contains(c.Finding, text) {
			return true
		}
	}
	return false
}

// unnamed runs the program without the name of an engine's socket.
func (p *place) unnamed() *place {
	q := *p
	q.env = append(append([]string{}, p.env...), "VRAM_ENGINE_SOCKET=")
	return &q
}

func TestMachineWithoutDriver(t *testing.T) {
	withoutDriver(t)
	p := newPlace(t).unnamed()
	r := p.want(0, "there is no NVIDIA driver", "devices")
	if r.out != "" || !strings.Contains(r.err, "--sim") {
		t.Errorf("%q, %q", r.out, r.err)
	}
	if out := p.want(0, "", "devices", "--json").out; out != "[]\n" {
		t.Errorf("%q", out)
	}
	if out := p.want(4, "problems above", "doctor").out; !strings.Contains(out, "there is no NVIDIA driver") {
		t.Errorf("%s", out)
	}
	got := decode[examined](t, p.run("doctor", "--json", "--data-dir", p.data))
	if got.OK || got.Devices == nil || !got.find("driver", "problem", "install it") || !got.find("data directory", "ok", "first start") {
		t.Errorf("%+v", got)
	}
	if out := p.want(0, "", "version").out; !strings.Contains(out, "GPU driver: none; GPU kernels: sha256:") {
		t.Errorf("%s", out)
	}
}

func TestMachineWithGPUs(t *testing.T) {
	p := newPlace(t)
	p.onFake(cudatest.Config{Devices: 2, NoECC: true})
	q := p.unnamed()
	list := decode[[]listed](t, q.want(0, "no engine is running", "devices", "--json"))
	if len(list) != 2 || !list[1].Usable || list[1].Index != 1 || list[1].Kind != "cuda" || list[1].UUID == list[0].UUID {
		t.Errorf("%+v", list)
	}
	if out := q.want(0, "", "devices").out; !strings.Contains(out, "GPU 1: ECC is off") {
		t.Errorf("%s", out)
	}
	got := decode[examined](t, q.want(0, "", "doctor", "--json", "--allow-root"))
	if !got.OK || !got.find("GPU 1", "ok", "passed their test") || !got.find("driver", "ok", "CUDA 12.4") || !got.find("surroundings", "note", "LD_LIBRARY_PATH") {
		t.Errorf("%+v", got)
	}
	if out := q.want(0, "", "version", "--json").out; !strings.Contains(out, `"cuda": "12.4"`) {
		t.Errorf("%s", out)
	}
	if os.Geteuid() == 0 {
		p.refuses(4, "--allow-root")
		q.want(4, "", "doctor")
	}
}

// TestGPUsThatAreRefused: what serve refuses, doctor finds.
func TestGPUsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config cudatest.Config
		env    string
		status int
		text   string
	}{
		"integrated": {config: cudatest.Config{Integrated: true}, status: 4, text: "integrated"},
		"coherent":   {config: cudatest.Config{ATS: true}, status: 4, text: "coherent"},
		"prohibited": {config: cudatest.Config{Mode: cudatest.ModeProhibited}, status: 7, text: "nvidia-smi -c DEFAULT"},
		"busy":       {config: cudatest.Config{Busy: true}, status: 7, text: "busy"},
		"no device":  {config: cudatest.Config{NoDevice: true}, status: 7, text: "modprobe nvidia"},
		"old driver": {config: cudatest.Config{Driver: 11040}, status: 7, text: "CUDA 11.4"},
		"injection":  {env: "CUDA_INJECTION64_PATH=/tmp/x.so", status: 4, text: "CUDA_INJECTION64_PATH"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.onFake(c.config)
			p.env = append(p.env, c.env)
			p.refuses(c.status, c.text, "--allow-root")
			q := p.unnamed()
			if out := q.want(4, "", "doctor", "--allow-root").out; !strings.Contains(out, c.text) {
				t.Errorf("doctor: %s", out)
			}
			r := q.want(0, "", "devices")
			if !strings.Contains(r.out+r.err, c.text) || !strings.Contains(r.err, "--sim") {
				t.Errorf("devices: %s%s", r.out, r.err)
			}
		})
	}
	p := newPlace(t)
	p.onFake(cudatest.Config{ATS: true})
	p.serving("--allow-coherent").stopWell()
	for _, args := range [][]string{{"--sim", "--gpu", "0"}, {"--sim", "--allow-coherent"}, {"--gpu", ""}, {"--gpu", "9"}, {"--staging", "x"}} {
		p.refuses(2, "", append(args, "--allow-root")...)
	}
}

// TestDoctorSeesTheDataDirectory finds what serve would refuse, and changes
// nothing.
func TestDoctorSeesTheDataDirectory(t *testing.T) {
	p := newPlace(t)
	p.onFake(cudatest.Config{})
	look := func(status int) examined {
		t.Helper()
		r := p.run("doctor", "--json", "--allow-root", "--data-dir", p.data)
		r.check(t, status, "")
		return decode[examined](t, r)
	}
	if got := look(0); !got.find("data directory", "ok", "made at the first start") {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(p.data); err == nil {
		t.Error("doctor made it")
	}
	p.serving().stopWell()
	if got := look(0); !got.find("data directory", "ok", `"token" is private`) || !got.find("data directory", "ok", `"identity" is private`) {
		t.Errorf("%+v", got)
	}
	if err := os.Chmod(filepath.Join(p.data, "token"), 0o640); err != nil {
		t.Fatal(err)
	}
	if got := look(4); !got.find("data directory", "problem", "chmod 600") {
		t.Errorf("%+v", got)
	}
	if err := os.Chmod(p.data, 0o750); err != nil {
		t.Fatal(err)
	}
	if got := look(4); !got.find("data directory", "problem", "chmod 0700") {
		t.Errorf("%+v", got)
	}
}

// TestEngineOnGPUs goes the way of a user.
func TestEngineOnGPUs(t *testing.T) {
	p := newPlace(t)
	p.onFake(cudatest.Config{Devices: 3})
	all := decode[[]listed](t, p.unnamed().want(0, "", "devices", "--json"))
	d := p.serving("--gpu", all[2].UUID, "--gpu", "0", "--staging", "pinned", "--seal", p.file("first.bin", bytesOf(70_000)))
	if !strings.Contains(d.ready, "GPUs: 2, shards sealed: 1") {
		t.Errorf("the ready line is %q", d.ready)
	}
	p.want(0, "", "seal", p.file("second", bytesOf(3_000_000)), "--device", "1")
	p.want(0, "", "verify", "--all")
	list := decode[[]listed](t, p.want(0, "", "devices", "--json"))
	if len(list) != 2 || list[0].UUID != all[2].UUID || list[1].UUID != all[0].UUID || list[0].Kind != "cuda" || list[0].Staging != "pinned" {
		t.Errorf("%+v", list)
	}
	if out := p.want(0, "", "status").out; !strings.Contains(out, "cuda devices") || !strings.Contains(out, "staging") {
		t.Errorf("%s", out)
	}
	if out := p.want(0, "", "devices").out; !strings.Contains(out, "devices 0, 1: LD_LIBRARY_PATH is set") {
		t.Errorf("%s", out)
	}
	p.want(0, "", "release", "second")
	d.stopWell()
	p.want(0, "", "audit", "verify", filepath.Join(p.data, "audit"))
}

// TestLossOfAGPU: the daemon exits with status 8, so that it is started again.
func TestLossOfAGPU(t *testing.T) {
	p := newPlace(t)
	p.onFake(cudatest.Config{Devices: 2})
	p.reachable()
	d := p.serving("--seal", p.file("model", bytesOf(70_000)))
	p.dial().Lose(0)
	if r := p.run("verify", "model"); r.status != 8 && r.status != 7 {
		t.Errorf("exit status %d: %s", r.status, r.err)
	}
	if status := d.wait(); status != 8 || strings.Count(d.log.String(), "vram-engine: the engine cannot go on") != 1 {
		t.Errorf("exit status %d, want 8\n%s", status, d.log)
	}
	p.want(0, "", "audit", "verify", filepath.Join(p.data, "audit"))
}
