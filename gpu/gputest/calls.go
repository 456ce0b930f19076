package gputest

import (
	"slices"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// call is one way to use a device.
type call struct {
	name string
	run  func(d gpu.Device, id gpu.ExtentID) error
	// extent tells that it fails for an extent that is not mapped
	extent bool
}

// calls are all methods that can fail, but for Close and FreeHost.
func calls(d gpu.Device) []call {
	return slices.Concat(deviceCalls(), testerCalls(d), hostCalls(d))
}

func testerCalls(d gpu.Device) []call {
	tester, ok := d.(gpu.MemoryTester)
	if !ok {
		return nil
	}
	return []call{{"test memory", func(_ gpu.Device, id gpu.ExtentID) error {
		_, err := tester.TestMemory(gpu.Span{Extent: id, Size: 8}, 1)
		return err
	}, true}}
}

func hostCalls(d gpu.Device) []call {
	host, ok := d.(gpu.HostMemory)
	if !ok {
		return nil
	}
	return []call{{"allocate host memory", func(gpu.Device, gpu.ExtentID) error {
		_, err := host.AllocHost(4096)
		return err
	}, false}}
}

func deviceCalls() []call {
	first := func(id gpu.ExtentID) gpu.Span { return gpu.Span{Extent: id, Size: 1} }
	return []call{
		{"memory", func(d gpu.Device, _ gpu.ExtentID) error { _, err := d.Memory(); return err }, false},
		{"map", func(d gpu.Device, _ gpu.ExtentID) error { _, err := d.Map(d.Info().Granularity); return err }, false},
		{"unmap", func(d gpu.Device, id gpu.ExtentID) error { return d.Unmap(id) }, true},
		{"protect", func(d gpu.Device, id gpu.ExtentID) error { return d.Protect(id, gpu.ReadWrite) }, true},
		{"write", func(d gpu.Device, id gpu.ExtentID) error { return d.Write(first(id), []byte{1}) }, true},
		{"read", func(d gpu.Device, id gpu.ExtentID) error { return d.Read(first(id), make([]byte, 1)) }, true},
		{"zero", func(d gpu.Device, id gpu.ExtentID) error { return d.Zero(first(id)) }, true},
		{"nonzero", func(d gpu.Device, id gpu.ExtentID) error { _, err := d.NonZero(first(id)); return err }, true},
		{"digest", func(d gpu.Device, id gpu.ExtentID) error { return digestOf(d, first(id)) }, true},
		{"residency", func(d gpu.Device, id gpu.ExtentID) error { _, err := d.Residency(id); return err }, true},
		{"register", func(d gpu.Device, _ gpu.ExtentID) error { return d.Register(Kernels(nil)[0]) }, false},
		{"launch", func(d gpu.Device, id gpu.ExtentID) error { return d.Launch(fill(first(id), 1)) }, false},
		{"idle", func(d gpu.Device, _ gpu.ExtentID) error { _, err := d.Idle(time.Second); return err }, false},
	}
}

// digestOf digests a span and drops the result.
func digestOf(d gpu.Device, at gpu.Span) error {
	p, err := d.Digest([]gpu.DigestJob{{Span: at}})
	if err != nil {
		return err
	}
	_, err = finish(p)
	return err
}

// finish steps a pass to its end, closes it and returns its results.
func finish(p gpu.Pass) ([]gpu.DigestResult, error) {
	for {
		done, err := p.Step(time.Millisecond)
		if err != nil {
			return nil, closeAfter(p, err)
		}
		if done {
			break
		}
	}
	results, err := p.Results()
	return results, closeAfter(p, err)
}

// closeAfter closes the pass and returns the earlier of the errors.
func closeAfter(p gpu.Pass, err error) error {
	if closing := p.Close(); err == nil {
		return closing
	}
	return err
}
