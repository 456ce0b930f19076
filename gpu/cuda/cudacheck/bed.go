package cudacheck

import (
	"runtime"
	"slices"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// bed is a context of the calling thread, and what measurements need of it.
type bed struct {
	lib        *driver.Library
	handle     driver.Device
	context    driver.Context
	stream     driver.Stream
	begin, end driver.Event
	unit       gpu.Bytes // granularity
	total      gpu.Bytes
	capability int
	processors int // multiprocessors
	clock      int // kHz, the highest
	undo       []func() error
}

// answered turns what a function answered into an error, or nil.
func answered(call string, r driver.Result) error {
	if r == driver.Success {
		return nil
	}
	return errors.Newf("cudacheck: %s answered %s", call, spell(r))
}

// bed makes a context on the device that the options name.
func (s *session) bed() (*bed, error) {
	checked, err := s.backend(cuda.Direct)
	if err != nil {
		return nil, err
	}
	b := &bed{}
	if b.lib, err = driver.Open(driver.Options{Paths: s.options.Libraries}); err != nil {
		return nil, err
	}
	if err := b.find(usableOrdinal(checked, s.options.Device)); err != nil {
		return nil, err
	}
	if err := b.prepare(); err != nil {
		return nil, errors.CombineErrors(err, b.close())
	}
	return b, nil
}

// usableOrdinal is the driver's number of a usable device.
func usableOrdinal(b *cuda.Backend, index int) int {
	refused := b.Refused()
	ordinal := 0
	for ; ; ordinal++ {
		if slices.ContainsFunc(refused, func(r cuda.Refusal) bool { return r.Ordinal == ordinal }) {
			continue
		}
		if index == 0 {
			return ordinal
		}
		index--
	}
}

func (b *bed) find(ordinal int) error {
	var r driver.Result
	if b.handle, r = b.lib.Device(ordinal); r != driver.Success {
		return answered("cuDeviceGet", r)
	}
	if b.unit, r = b.lib.Granularity(b.handle); r != driver.Success {
		return answered("cuMemGetAllocationGranularity", r)
	}
	if b.total, r = b.lib.DeviceMemory(b.handle); r != driver.Success {
		return answered("cuDeviceTotalMem", r)
	}
	var major, minor int
	for attribute, into := range map[driver.DeviceAttribute]*int{
		driver.DeviceComputeCapabilityMajor: &major, driver.DeviceComputeCapabilityMinor: &minor,
		driver.DeviceMultiprocessorCount: &b.processors, driver.DeviceClockRate: &b.clock,
	} {
		if *into, r = b.lib.DeviceAttribute(attribute, b.handle); r != driver.Success {
			return answered("cuDeviceGetAttribute", r)
		}
	}
	b.capability = 10*major + minor
	return nil
}

// prepare makes the context and what belongs to it.
func (b *bed) prepare() error {
	var r driver.Result
	if b.context, r = b.lib.CreateContext(b.handle); r != driver.Success {
		return answered("cuCtxCreate", r)
	}
	b.later(func() error { return answered("cuCtxDestroy", b.lib.DestroyContext(b.context)) })
	if b.stream, r = b.lib.CreateStream(0); r != driver.Success {
		return answered("cuStreamCreateWithPriority", r)
	}
	b.later(func() error { return answered("cuStreamDestroy", b.lib.DestroyStream(b.stream)) })
	for _, event := range []*driver.Event{&b.begin, &b.end} {
		if *event, r = b.lib.CreateEvent(true); r != driver.Success {
			return answered("cuEventCreate", r)
		}
		b.later(func() error { return answered("cuEventDestroy", b.lib.DestroyEvent(*event)) })
	}
	return nil
}

func (b *bed) later(undo func() error) { b.undo = append(b.undo, undo) }

// close undoes everything, the newest first.
func (b *bed) close() error {
	var err error
	for _, undo := range slices.Backward(b.undo) {
		err = errors.CombineErrors(err, undo())
	}
	b.undo = nil
	return err
}

// wait waits for the stream.
func (b *bed) wait() error {
	return answered("cuStreamSynchronize", b.lib.SynchronizeStream(b.stream))
}

// timed is how long the GPU needs for what is queued.
func (b *bed) timed(queue func() error) (time.Duration, error) {
	if err := answered("cuEventRecord", b.lib.Record(b.begin, b.stream)); err != nil {
		return 0, err
	}
	if err := queue(); err != nil {
		return 0, err
	}
	if err := answered("cuEventRecord", b.lib.Record(b.end, b.stream)); err != nil {
		return 0, err
	}
	if err := answered("cuEventSynchronize", b.lib.SynchronizeEvent(b.end)); err != nil {
		return 0, err
	}
	took, r := b.lib.Elapsed(b.begin, b.end)
	return took, answered("cuEventElapsedTime", r)
}

// upload copies bytes to the device and waits.
func (b *bed) upload(to driver.Ptr, p []byte) error {
	if err := answered("cuMemcpyHtoDAsync", b.lib.CopyToDevice(to, p, b.stream)); err != nil {
		return err
	}
	err := b.wait()
	runtime.KeepAlive(p)
	return err
}

// download copies bytes from the device and waits.
func (b *bed) download(p []byte, from driver.Ptr) error {
	if err := answered("cuMemcpyDtoHAsync", b.lib.CopyToHost(p, from, b.stream)); err != nil {
		return err
	}
	err := b.wait()
	runtime.KeepAlive(p)
	return err
}
