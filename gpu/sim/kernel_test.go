package sim_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// secret must not appear in any error.
const secret = "model-bytes-0xc000123456"

func TestKernelsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		kernel func(mem []byte) error
		code   gpu.Code
		sticky bool
	}{
		"panics":               {func([]byte) error { panic(secret) }, gpu.ErrLaunchFailed, true},
		"panics with an error": {func([]byte) error { panic(errors.New(secret)) }, gpu.ErrLaunchFailed, true},
		"indexes too far":      {func(mem []byte) error { mem[len(mem)] = 1; return nil }, gpu.ErrLaunchFailed, true},
		"dereferences nil":     {func([]byte) error { var p *[4]byte; p[1] = 2; return nil }, gpu.ErrLaunchFailed, true},
		"exits":                {func([]byte) error { runtime.Goexit(); return nil }, gpu.ErrLaunchFailed, true},
		"stores behind":        {func(mem []byte) error { *beyond(mem, 64<<10) = 1; return nil }, gpu.ErrIllegalAddress, true},
		"stores before":        {func(mem []byte) error { *beyond(mem, -1) = 1; return nil }, gpu.ErrIllegalAddress, true},
		"returns an error":     {func([]byte) error { return errors.New(secret) }, gpu.ErrLaunchFailed, false},
	} {
		t.Run(name, func(t *testing.T) {
			d, ctl := opened(t, small())
			at := mapped(t, d, 1, make([]byte, 100))
			ok(t, d.Register(gpu.Kernel{Name: "bad", Params: []int{8}, Go: func(_, _ gpu.Dim3, args gpu.KernelArgs) error {
				return c.kernel(args.Memory(0))
			}}))
			ok(t, d.Launch(gpu.Launch{Kernel: "bad", Args: []gpu.Arg{gpu.SpanArg(at)}}))
			err := d.Read(at, make([]byte, 100))
			fails(t, err, c.code, c.sticky)
			_, again := d.Memory()
			if c.sticky {
				fails(t, again, c.code, true)
			} else {
				ok(t, again)
			}
			for _, text := range append(ctl.Log(), err.Error()) {
				if strings.Contains(text, secret) || strings.Contains(text, "0x") {
					t.Errorf("%q shows what a kernel said, or an address", text)
				}
			}
		})
	}
}

// endless registers and launches a kernel that ends when the channel closes.
func endless(t *testing.T, d gpu.Device) chan struct{} {
	t.Helper()
	end := make(chan struct{})
	ok(t, d.Register(gpu.Kernel{Name: "endless", Go: func(_, _ gpu.Dim3, _ gpu.KernelArgs) error {
		<-end
		return nil
	}}))
	ok(t, d.Launch(gpu.Launch{Kernel: "endless"}))
	return end
}

func TestIdleWaitsForAWhile(t *testing.T) {
	d, _ := opened(t, small())
	end := endless(t, d)
	for _, wait := range []time.Duration{-1, 0, 1, time.Millisecond} {
		if idle, err := d.Idle(wait); idle || err != nil {
			t.Errorf("idle %t, %v while a kernel runs", idle, err)
		}
	}
	close(end)
	for idle := false; !idle; {
		var err error
		idle, err = d.Idle(time.Minute)
		ok(t, err)
	}
}

func TestALostDeviceDoesNotWaitForItsKernel(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	end := endless(t, d)
	c.Lose()
	fails(t, d.Read(at, []byte{0}), gpu.ErrLost, true)
	_, err := d.Idle(0)
	fails(t, err, gpu.ErrLost, true)
	if list := d.Extents(); len(list) != 1 {
		t.Errorf("%d extents on a lost device", len(list))
	}
	close(end)
	ok(t, d.Close())
}

func TestArgumentsOutOfRange(t *testing.T) {
	d, _ := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	result := make(chan bool, 1)
	ok(t, d.Register(gpu.Kernel{Name: "look", Params: []int{8, 4}, Go: func(grid, block gpu.Dim3, a gpu.KernelArgs) error {
		result <- a.Len() == 2 && a.Memory(-1) == nil && a.Memory(2) == nil && a.Memory(1) == nil && a.Uint64(0) == 0 &&
			a.Uint64(1) == 7 && a.Uint64(9) == 0 && len(a.Memory(0)) == 1 && cap(a.Memory(0)) == 1 && grid.X == 3 && block.Y == 2
		return nil
	}}))
	ok(t, d.Launch(gpu.Launch{Kernel: "look", Grid: gpu.Dim3{X: 3}, Block: gpu.Dim3{Y: 2}, Args: []gpu.Arg{gpu.SpanArg(at), gpu.Uint32Arg(7)}}))
	if !<-result {
		t.Error("the kernel saw other arguments than were given")
	}
}

func TestRegisterRefusesOddParameters(t *testing.T) {
	d, _ := opened(t, small())
	none := func(_, _ gpu.Dim3, _ gpu.KernelArgs) error { return nil }
	for _, size := range []int{-1, 0, 1, 3, 16} {
		fails(t, d.Register(gpu.Kernel{Name: "odd", Params: []int{size}, Go: none}), gpu.ErrInvalidValue, false)
	}
}

func TestKernelsRunWithAnyThread(t *testing.T) {
	o := small()
	o.AnyThread = true
	b, err := sim.New(o)
	ok(t, err)
	d, err := b.Open(0)
	ok(t, err)
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		_, err := d.Memory()
		done <- err
	}()
	ok(t, <-done)
	ok(t, d.Close())
}
