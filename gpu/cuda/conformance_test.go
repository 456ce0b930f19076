package cuda_test

import (
	"fmt"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

// small is a device on which tests are fast.
func small() cudatest.Config {
	return cudatest.Config{Memory: 16 * gpu.MiB, Granularity: 64 * gpu.KiB}
}

func TestConformance(t *testing.T) {
	second := small()
	second.Devices = 2
	for name, c := range map[string]struct {
		config  cudatest.Config
		options cuda.Options
	}{
		// Memory that a failing Map gives back was never written to, and must
		// not count as dirty: here it is clean from the start.
		"default": {config: cudatest.Config{Memory: 64 * gpu.MiB, Clean: true}},
		"primary": {config: small(), options: cuda.Options{PrimaryContext: true}},
		"second":  {config: second, options: cuda.Options{Kernel: "tile"}},
		"old":     {config: cudatest.Config{Memory: 16 * gpu.MiB, Granularity: 64 * gpu.KiB, Capability: 75, Driver: 12000, Immediate: true}},
	} {
		t.Run(name, func(t *testing.T) {
			gputest.Conformance(t, func(t *testing.T) gputest.Harness { return harness(t, c.config, c.options) })
		})
	}
}

// harness offers the last device of the fake driver, with every ability.
func harness(t *testing.T, config cudatest.Config, o cuda.Options) gputest.Harness {
	t.Helper()
	control := cudatest.Start(t, config)
	b := &backend{Backend: made(t, control, o), control: control}
	index := max(config.Devices, 1) - 1
	return gputest.Harness{
		Backend: b, Index: index, PTX: gputest.PTX(), StaleContents: true, DriverScrubs: true,
		Flip: func(id gpu.ExtentID, offset gpu.Bytes, bit uint) error {
			serial, ok := b.serials[id]
			if !ok {
				return fmt.Errorf("extent %d is not mapped", id)
			}
			control.Flip(index, cudatest.Place{Serial: serial, Offset: offset}, int(bit))
			return nil
		},
		Fail: func(nth int, code gpu.Code, sticky bool) {
			if sticky {
				control.FailSticky("*", nth, number(code))
				return
			}
			control.Fail("*", nth, number(code))
		},
		Fired:  control.Fired,
		Mapped: func() gpu.Bytes { return control.Mapped(index).SubSat(b.overhead()) },
		Dirty:  func() (gpu.Bytes, error) { return control.Dirty(index), nil },
	}
}

// made is a backend on the fake driver.
func made(t *testing.T, control *cudatest.Control, o cuda.Options) *cuda.Backend {
	t.Helper()
	o.Libraries, o.NVML = []string{control.Paths().CUDA}, []string{control.Paths().NVML}
	b, err := cuda.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// number is the driver's code for one of the device's.
func number(code gpu.Code) int {
	switch code {
	case gpu.ErrNotSupported:
		return 801
	case gpu.ErrOutOfMemory:
		return 2
	case gpu.ErrECC:
		return 214
	case gpu.ErrIllegalAddress:
		return 700
	case gpu.ErrLaunchFailed:
		return 719
	case gpu.ErrLost:
		return 709
	default:
		return 999
	}
}

// backend knows which allocation of the fake each extent of its last device
// is.
type backend struct {
	gpu.Backend
	control *cudatest.Control
	last    device
	serials map[gpu.ExtentID]int
}

func (b *backend) Open(index int) (gpu.Device, error) {
	d, err := b.Backend.Open(index)
	if err != nil {
		return nil, err
	}
	all, ok := d.(device)
	if !ok {
		return nil, fmt.Errorf("the device lacks abilities: %T", d)
	}
	b.last, b.serials = all, map[gpu.ExtentID]int{}
	return watched{device: all, to: b}, nil
}

// overhead is what the last device has mapped for itself.
func (b *backend) overhead() gpu.Bytes {
	if b.last == nil {
		return 0
	}
	return b.last.Overhead()
}

// device is all that a CUDA device can do.
type device interface {
	gpu.Device
	gpu.HostMemory
	gpu.MemoryTester
	Overhead() gpu.Bytes
}

type watched struct {
	device
	to *backend
}

func (w watched) Map(size gpu.Bytes) (gpu.ExtentID, error) {
	id, err := w.device.Map(size)
	if list := w.to.control.List(w.Info().Index); err == nil && len(list) > 0 {
		w.to.serials[id] = list[len(list)-1].Serial
	}
	return id, err
}
