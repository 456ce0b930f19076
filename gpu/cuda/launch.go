package cuda

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// limits are the numbers of the device that launches depend on.
type limits struct {
	capability      int // ten times the major number plus the minor
	multiprocessors int
	threads         int // in a block
	block, grid     [3]int
}

// readLimits asks for the limits.
func (d *device) readLimits(op string) error {
	l := &d.limits
	var major, minor int
	for _, q := range []struct {
		attribute driver.DeviceAttribute
		into      *int
	}{
		{driver.DeviceComputeCapabilityMajor, &major}, {driver.DeviceComputeCapabilityMinor, &minor},
		{driver.DeviceMultiprocessorCount, &l.multiprocessors}, {driver.DeviceMaxThreadsPerBlock, &l.threads},
		{driver.DeviceMaxBlockDimX, &l.block[0]}, {driver.DeviceMaxBlockDimY, &l.block[1]}, {driver.DeviceMaxBlockDimZ, &l.block[2]},
		{driver.DeviceMaxGridDimX, &l.grid[0]}, {driver.DeviceMaxGridDimY, &l.grid[1]}, {driver.DeviceMaxGridDimZ, &l.grid[2]},
	} {
		value, r := d.lib.DeviceAttribute(q.attribute, d.handle)
		if err := d.check(op, "cuDeviceGetAttribute", r); err != nil {
			return err
		}
		*q.into = value
	}
	l.capability = 10*major + minor
	return nil
}

// fits tells whether each component is within its limit.
func fits(size gpu.Dim3, limit [3]int) bool {
	for i, n := range []uint32{size.X, size.Y, size.Z} {
		if int64(max(n, 1)) > int64(limit[i]) {
			return false
		}
	}
	return true
}

// Launch queues the kernel behind those launched before it. Spans may be
// read-only: the hardware refuses the kernel's writes. See gpu.Device.
func (d *device) Launch(l gpu.Launch) error {
	const op = "launch"
	if err := d.begin(op); err != nil {
		return err
	}
	k, ok := d.kernels[l.Kernel]
	if !ok {
		return d.refuse(op, gpu.ErrNotFound, "kernel %q is not registered", l.Kernel)
	}
	if !fits(l.Grid, d.limits.grid) {
		return d.refuse(op, gpu.ErrInvalidValue, "the grid is too large for this GPU, which takes %v blocks", d.limits.grid)
	}
	most := min(k.threads, d.limits.threads)
	threads, ok := l.Block.Count()
	if !ok || threads > uint64(gpu.BytesOf(most)) || !fits(l.Block, d.limits.block) {
		return d.refuse(op, gpu.ErrInvalidValue, "a block of kernel %q has at most %d threads", l.Kernel, most)
	}
	params, over, err := d.arguments(op, l, k)
	if err != nil {
		return err
	}
	lane := &d.lanes.execute
	if err := d.follow(op, lane, false, over...); err != nil {
		return err
	}
	lane.pending = true
	for _, m := range over {
		lane.touched[m.id] = true
	}
	return d.check(op, "cuLaunchKernel", d.lib.Launch(k.function, l.Grid, l.Block, 0, lane.stream, params))
}

// arguments checks a launch's arguments against the kernel's parameters, and
// turns spans into addresses.
func (d *device) arguments(op string, l gpu.Launch, k *kernel) ([]uint64, []*mapping, error) {
	if len(l.Args) != len(k.params) {
		return nil, nil, d.refuse(op, gpu.ErrInvalidValue, "kernel %q takes %d arguments and got %d", l.Kernel, len(k.params), len(l.Args))
	}
	var params []uint64
	var over []*mapping
	for i, want := range k.params {
		a := l.Args[i]
		if a.ParamSize() != want {
			return nil, nil, d.refuse(op, gpu.ErrInvalidValue, "argument %d of kernel %q has %d bytes and must have %d", i, l.Kernel, a.ParamSize(), want)
		}
		if at, ok := a.Span(); ok {
			m, address, err := d.span(op, at)
			if err != nil {
				return nil, nil, err
			}
			params, over = append(params, uint64(address)), append(over, m)
			continue
		}
		value, _ := a.Scalar()
		params = append(params, value)
	}
	return params, over, nil
}
