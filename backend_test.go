package vram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// noDriver are the options of a machine without a driver.
func noDriver() *cuda.Options { return &cuda.Options{Libraries: []string{"/none/libcuda.so.1"}} }

// onFake are options for an engine on the devices of the fake driver, and
// what it logs.
func onFake(t *testing.T, control *cudatest.Control) (Options, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	return Options{
		DataDir: filepath.Join(t.TempDir(), "data"), Token: []byte(testToken), PatrolInterval: -1,
		CUDA:   &cuda.Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}},
		Logger: hclog.New(&hclog.LoggerOptions{Output: log}),
	}, log
}

func smallGPUs(n int) cudatest.Config {
	return cudatest.Config{Devices: n, Memory: 64 * gpu.MiB, Clean: true}
}

// TestGPUsThatCannotBeUsed: the error has the kind that the command line turns
// into its exit status, says what to do, and leaves nothing behind.
func TestGPUsThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		set    string // of device 1 of 2
		change func(*Options)
		fail   string
		code   int
		kind   error
		exit   int
		says   string
	}{
		"no driver":          {change: func(o *Options) { o.CUDA = noDriver() }, kind: ErrNoDevice, exit: 7, says: "--sim"},
		"integrated":         {set: "integrated=1", kind: ErrPolicyViolation, exit: 4, says: "name the GPUs to be used"},
		"integrated, chosen": {set: "integrated=1", change: func(o *Options) { o.GPUs = []string{"1"} }, kind: ErrPolicyViolation, exit: 4, says: "integrated"},
		"no such GPU":        {change: func(o *Options) { o.GPUs = []string{"7"} }, kind: ErrInvalidInput, exit: 2, says: "vram-engine devices"},
		"kernel":             {change: func(o *Options) { o.CUDA.Kernel = "none" }, kind: ErrInvalidInput, exit: 2, says: "direct"},
		"busy":               {set: "busy=1", kind: ErrNoDevice, exit: 7, says: "busy"},
		"no compiler":        {fail: "cuModuleLoadDataEx", code: 221, kind: ErrNoDevice, exit: 7, says: "libnvidia-ptxjitcompiler.so.1"},
		"device full":        {fail: "cuMemCreate", code: 2, kind: ErrAllocationFailed, exit: 5, says: "full"},
		"simulated too":      {change: func(o *Options) { o.Simulated = simulated() }, kind: ErrInvalidInput, exit: 2, says: "Options.CUDA"},
		"kernel that fails its test": {
			change: func(o *Options) { o.CUDA.Kernel = "wide" }, fail: "skip ve_leaves_wide", kind: ErrNoDevice, exit: 7, says: "self-test",
		},
	} {
		t.Run(name, func(t *testing.T) {
			control := cudatest.Start(t, smallGPUs(2))
			o, _ := onFake(t, control)
			if c.set != "" {
				control.Set(1, c.set)
			}
			if c.change != nil {
				c.change(&o)
			}
			if kernel, skip := strings.CutPrefix(c.fail, "skip "); skip {
				control.SkipAlways(kernel)
			} else if c.fail != "" {
				control.FailAlways(c.fail, c.code)
			}
			_, err := Open(t.Context(), o)
			if !errors.Is(err, c.kind) || ExitStatus(err) != c.exit || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("exit status %d, want %d: %v", ExitStatus(err), c.exit, err)
			}
			if err := control.Leaks(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestGPUsThatAreChosen: one that the policy refuses is no obstacle when
// others are named, nor is one that cannot be used.
func TestGPUsThatAreChosen(t *testing.T) {
	control := cudatest.Start(t, smallGPUs(3))
	control.Set(0, "mode=prohibited")
	o, log := onFake(t, control)
	open := func(want int) *Engine {
		o.Token = []byte(testToken)
		e, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if d := e.Devices(); len(d) != want || d[0].Index != 0 || d[0].Kind != gpu.KindCUDA || d[0].Staging != stagingPageable {
			t.Errorf("%+v", d)
		}
		if s := e.Status(); s.Backend != gpu.KindCUDA {
			t.Errorf("%+v", s)
		}
		return e
	}
	e := open(2)
	last := e.Devices()[1].UUID
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "prohibited") {
		t.Errorf("nobody was told of the device that is not used: %s", log)
	}
	control.Set(0, "mode=default", "integrated=1")
	o.GPUs = []string{last}
	e = open(1)
	h, err := e.Seal(t.Context(), SealRequest{ID: "a", Device: AnyDevice, Source: bytes.NewReader(make([]byte, 10_000)), Size: 10_000})
	if err != nil || h.GPUUUID != last || h.GPUDevice != 0 || control.Mapped(2) == 0 || control.Mapped(1) != 0 {
		t.Errorf("%+v, %v", h, err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := control.Leaks(); err != nil {
		t.Error(err)
	}
}

// varied are n bytes that are not all the same.
func varied(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>9)
	}
	return b
}

// TestPinnedStaging loads through page-locked memory that holds nothing of
// the shard afterwards, and through pageable memory where there is none.
func TestPinnedStaging(t *testing.T) {
	for name, c := range map[string]struct {
		fail    int // the call of cuMemHostAlloc that fails; 0: none, -1: all
		staging string
		warns   string
	}{
		"there is":         {staging: stagingPinned},
		"there is none":    {fail: -1, staging: stagingPageable, warns: "cannot be had"},
		"half a pair":      {fail: 2, staging: stagingPageable, warns: "cannot be had"},
		"not for a second": {fail: 4, staging: stagingPinned, warns: "no more"},
	} {
		t.Run(name, func(t *testing.T) {
			control := cudatest.Start(t, smallGPUs(1))
			switch {
			case c.fail < 0:
				control.FailAlways("cuMemHostAlloc", 801)
			case c.fail > 0:
				control.Fail("cuMemHostAlloc", c.fail, 2)
			}
			o, log := onFake(t, control)
			o.PinnedStaging = true
			e, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			d := e.Devices()[0]
			if noted := strings.Contains(strings.Join(d.Notes, "\n"), "page-locked"); d.Staging != c.staging || noted != (c.staging == stagingPageable) {
				t.Errorf("%+v", d)
			}
			data := varied(2*int(pinnedBuffer) + 12_345)
			first, second := io.Pipe()
			blocked := make(chan error, 1)
			go func() { // has a pair while the others load
				_, err := e.Seal(t.Context(), SealRequest{ID: "slow", Device: 0, Source: first, Size: 100})
				blocked <- err
			}()
			if _, err := second.Write(data[:1]); err != nil {
				t.Fatal(err)
			}
			h, err := e.Seal(t.Context(), SealRequest{ID: "a", Device: 0, Source: bytes.NewReader(data), Size: gpu.BytesOf(len(data))})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.VerifyHandle(t.Context(), h); err != nil {
				t.Error(err)
			}
			if _, err := second.Write(data[1:100]); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(second.Close(), <-blocked); err != nil {
				t.Error(err)
			}
			if live := control.Live(); (live.Host > 0) != (c.staging == stagingPinned) {
				t.Errorf("%+v", live)
			}
			for _, pool := range e.staging.pinned {
				for range maxPinned { // until all loads have given back what they had
					pool.turns <- struct{}{}
				}
				for _, pair := range pool.idle {
					for _, s := range pair {
						if bytes.Count(s.Bytes(), []byte{0}) != int(pinnedBuffer) {
							t.Error("staging memory holds bytes of a shard")
						}
					}
				}
			}
			if err := e.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if !strings.Contains(log.String(), c.warns) || c.warns == "" && strings.Contains(log.String(), "page-locked") {
				t.Errorf("want %q in: %s", c.warns, log)
			}
			if err := control.Leaks(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPinnedSourceThatIsStuck does not return from Read until the engine has
// been closed: it then writes into memory that is still there.
func TestPinnedSourceThatIsStuck(t *testing.T) {
	control := cudatest.Start(t, smallGPUs(1))
	o, _ := onFake(t, control)
	o.PinnedStaging = true
	e, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	in, let, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	r := readerFunc(func(p []byte) (int, error) {
		defer close(done)
		close(in)
		<-let
		clear(p)
		return 0, os.ErrClosed
	})
	ctx, cancel := context.WithCancel(t.Context())
	sealed := make(chan error, 1)
	go func() {
		_, err := e.Seal(ctx, SealRequest{ID: "a", Device: 0, Source: r, Size: 5000})
		sealed <- err
	}()
	<-in
	cancel()
	if err := <-sealed; !errors.Is(err, ErrCanceled) {
		t.Errorf("%v", err)
	}
	if err := e.Close(t.Context()); !errors.Is(err, ErrDeviceLost) || !strings.Contains(err.Error(), "source") {
		t.Errorf("%v", err)
	}
	close(let)
	<-done
}
