package cuda

import (
	"runtime"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// Write refuses a read-only extent: what the driver makes of such a copy is
// not documented. See gpu.Device.
func (d *device) Write(at gpu.Span, p []byte) error {
	const op = "write"
	m, to, err := d.copying(op, at, len(p), false)
	if err != nil || len(p) == 0 {
		return err
	}
	if m.prot == gpu.ReadOnly {
		return d.readOnly(op, m)
	}
	return d.upload(op, &d.lanes.copies, to, p)
}

// Read copies the span to p. See gpu.Device.
func (d *device) Read(at gpu.Span, p []byte) error {
	const op = "read"
	_, from, err := d.copying(op, at, len(p), true)
	if err != nil || len(p) == 0 {
		return err
	}
	return d.download(op, &d.lanes.copies, p, from)
}

// copying is the start of a copy of n bytes: it finds the span and waits for
// kernels that may use it.
func (d *device) copying(op string, at gpu.Span, n int, reads bool) (*mapping, driver.Ptr, error) {
	if err := d.begin(op); err != nil {
		return nil, 0, err
	}
	m, address, err := d.span(op, at)
	if err != nil {
		return nil, 0, err
	}
	if gpu.BytesOf(n) != at.Size {
		return nil, 0, d.refuse(op, gpu.ErrInvalidValue, "%d bytes for a span of %d", n, uint64(at.Size))
	}
	return m, address, d.settle(op, reads, m)
}

func (d *device) readOnly(op string, m *mapping) error {
	return d.refuse(op, gpu.ErrInvalidValue, "extent %d is read-only", m.id)
}

// upload copies bytes to the device, and returns when they are there.
func (d *device) upload(op string, l *lane, to driver.Ptr, p []byte) error {
	if err := d.queueUpload(op, l, to, p); err != nil {
		return err
	}
	err := d.wait(op, l, 0)
	runtime.KeepAlive(p)
	return err
}

// queueUpload queues a copy to the device. p must stay alive until the lane
// has done it.
func (d *device) queueUpload(op string, l *lane, to driver.Ptr, p []byte) error {
	l.pending = true
	return d.check(op, "cuMemcpyHtoDAsync", d.lib.CopyToDevice(to, p, l.stream))
}

// download fills p from the device.
func (d *device) download(op string, l *lane, p []byte, from driver.Ptr) error {
	if err := d.queueDownload(op, l, p, from); err != nil {
		return err
	}
	err := d.wait(op, l, 0)
	runtime.KeepAlive(p)
	return err
}

// queueDownload queues a copy from the device. p is not to be read, and must
// stay alive, until the lane has done it.
func (d *device) queueDownload(op string, l *lane, p []byte, from driver.Ptr) error {
	l.pending = true
	return d.check(op, "cuMemcpyDtoHAsync", d.lib.CopyToHost(p, from, l.stream))
}
