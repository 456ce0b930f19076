package cudacheck

import (
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

const (
	copyBuffer = 64 * gpu.MiB
	copyTotal  = 4 * gpu.GiB
)

// copyRates measures copies with nothing around them.
func copyRates(s *session) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	err = copyRatesOn(s, b)
	return errors.CombineErrors(err, b.close())
}

func copyRatesOn(s *session, b *bed) error {
	spare, err := b.spare()
	if err != nil {
		return err
	}
	x, err := b.region(copyShare(s, spare))
	if err != nil {
		return err
	}
	size := min(copyBuffer, x.size)
	begin := time.Now()
	pinned, r := b.lib.AllocateHost(size)
	if r != driver.Success {
		s.Missing("page-locked memory", "cuMemHostAlloc answered %s", spell(r))
		pinned = nil
	} else {
		b.later(func() error { return answered("cuMemFreeHost", b.lib.FreeHost(pinned)) })
		s.Number("allocating "+size.String()+" of page-locked memory", "ms", time.Since(begin).Seconds()*1e3)
	}
	pageable, err := gpu.NewStaging(size)
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		name   string
		memory []byte
	}{{"pinned", pinned}, {"pageable", pageable.Bytes()}} {
		if len(kind.memory) == 0 {
			continue
		}
		if err := copyKind(s, b, x, kind.name, kind.memory); err != nil {
			return errors.CombineErrors(err, pageable.Close())
		}
	}
	return pageable.Close()
}

// copyShare is how much is copied for one sample.
func copyShare(s *session, spare gpu.Bytes) gpu.Bytes {
	if s.Simulated {
		return min(spare, 4*gpu.MiB)
	}
	return min(spare, copyTotal)
}

func copyKind(s *session, b *bed, x *region, name string, memory []byte) error {
	if err := randomInto(memory); err != nil {
		return err
	}
	down, err := s.wall(func() error { return b.send(x, memory, x.size) })
	if err != nil {
		return err
	}
	up, err := s.wall(func() error {
		for at := gpu.Bytes(0); at+gpu.BytesOf(len(memory)) <= x.size; at += gpu.BytesOf(len(memory)) {
			if err := answered("cuMemcpyDtoHAsync", b.lib.CopyToHost(memory, x.at(at), b.stream)); err != nil {
				return err
			}
		}
		return b.wait()
	})
	if err != nil {
		return err
	}
	s.Number("host to device, "+name, "GB/s", rates(x.size, down)...)
	s.Number("device to host, "+name, "GB/s", rates(x.size-x.size%gpu.BytesOf(len(memory)), up)...)
	return nil
}

// send queues copies of the memory, again and again, until the first total
// bytes of the region are written, and waits.
func (b *bed) send(x *region, memory []byte, total gpu.Bytes) error {
	n := gpu.BytesOf(len(memory))
	for at := gpu.Bytes(0); at < total; at += n {
		part := memory[:min(n, total-at)]
		if err := answered("cuMemcpyHtoDAsync", b.lib.CopyToDevice(x.at(at), part, b.stream)); err != nil {
			return err
		}
	}
	return b.wait()
}

// wall measures by the host's clock: once without counting, then some times.
func (s *session) wall(do func() error) ([]time.Duration, error) {
	var all []time.Duration
	for i := -1; i < s.fewer(5, 1) && s.ctx.Err() == nil; i++ {
		begin := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		if i >= 0 {
			all = append(all, time.Since(begin))
		}
	}
	return all, s.ctx.Err()
}
