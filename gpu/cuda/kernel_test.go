package cuda_test

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
	"github.com/vram-engine/vram-engine/seal/verity"
)

func TestKernelsThatFailTheirTest(t *testing.T) {
	control := cudatest.Start(t, small())
	b := made(t, control, cuda.Options{})
	runtime.LockOSThread()
	for _, kernel := range []string{"ve_leaves_direct", "ve_compare", "ve_nonzero", "ve_memtest"} {
		control.SkipAlways(kernel)
		_, err := b.Open(0)
		if !errors.Is(err, gpu.ErrUnknown) || gpu.IsSticky(err) {
			t.Errorf("%s: %v", kernel, err)
		}
		control.Clear()
		if err := control.Leaks(); err != nil {
			t.Errorf("%s: %v", kernel, err)
		}
	}
}

// A check kernel that does not run must not be taken for clean memory.
func TestACheckThatDidNotRun(t *testing.T) {
	d, control := fresh(t, small(), cuda.Options{})
	at, _ := filled(t, d, 1)
	if err := d.Zero(at); err != nil {
		t.Fatal(err)
	}
	if dirty, err := d.NonZero(at); dirty || err != nil {
		t.Fatalf("zeroed memory: %t, %v", dirty, err)
	}
	control.SkipAlways("ve_nonzero")
	if dirty, err := d.NonZero(at); !errors.Is(err, gpu.ErrUnknown) {
		t.Errorf("the check did not run: %t, %v", dirty, err)
	}
	control.Clear()
}

func TestTheFastestKernel(t *testing.T) {
	d, _ := fresh(t, small(), cuda.Options{Kernel: cuda.Measured})
	all := strings.Join(d.Info().Notes, "\n")
	for _, v := range cuda.Variants() {
		if !strings.Contains(all, v+":") {
			t.Errorf("%s is not noted: %s", v, all)
		}
	}
}

func TestEveryVariant(t *testing.T) {
	for _, v := range cuda.Variants() {
		t.Run(v, func(t *testing.T) {
			config := small()
			config.Capability = 70
			d, _ := fresh(t, config, cuda.Options{Kernel: v})
			at, data := filled(t, d, 2)
			if r, err := digested(d, gpu.DigestJob{Span: at}); err != nil || r.Digest != verity.Sum(data) {
				t.Errorf("the digest is not fs-verity's, %v", err)
			}
		})
	}
}

func TestRegisterRefuses(t *testing.T) {
	d, control := fresh(t, small(), cuda.Options{})
	good := gputest.Kernels(gputest.PTX())[0]
	for name, c := range map[string]struct {
		change func(k *gpu.Kernel)
		code   gpu.Code
	}{
		"no PTX":         {func(k *gpu.Kernel) { k.PTX = []byte("nonsense") }, gpu.ErrInvalidValue},
		"a zero byte":    {func(k *gpu.Kernel) { k.PTX = append(k.PTX, 0) }, gpu.ErrInvalidValue},
		"no such entry":  {func(k *gpu.Kernel) { k.Name = "gputest_other" }, gpu.ErrInvalidValue},
		"fewer params":   {func(k *gpu.Kernel) { k.Params = k.Params[:2] }, gpu.ErrInvalidValue},
		"other params":   {func(k *gpu.Kernel) { k.Params = []int{8, 8, 8} }, gpu.ErrInvalidValue},
		"odd params":     {func(k *gpu.Kernel) { k.Params = []int{8, 8, 5} }, gpu.ErrInvalidValue},
		"a newer target": {func(k *gpu.Kernel) { k.PTX = bytes.Replace(k.PTX, []byte("sm_75"), []byte("sm_99"), 1) }, gpu.ErrNotSupported},
	} {
		k := good
		k.PTX = bytes.Clone(good.PTX)
		c.change(&k)
		if err := d.Register(k); !errors.Is(err, c.code) || gpu.IsSticky(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for code, advice := range map[int]string{221: "libnvidia-ptxjitcompiler", 222: "newer driver", 223: "CUDA_DISABLE_PTX_JIT", 209: "no code for this GPU"} {
		control.Fail("cuModuleLoadDataEx", 1, code)
		if err := d.Register(good); !errors.Is(err, gpu.ErrNotSupported) || !strings.Contains(err.Error(), advice) {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := register(d); err != nil {
		t.Error(err)
	}
	if n := control.Live().Modules; n != 2 {
		t.Errorf("%d modules for two PTX texts", n)
	}
}
