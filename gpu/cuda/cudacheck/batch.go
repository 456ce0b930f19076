package cudacheck

import (
	"fmt"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// batches compares many shards in one batch with one shard of the same size,
// and times the one shard that has a target.
func batches(s *session, b *bed, x *region, name string) error {
	f, err := b.load(name)
	if err != nil {
		return err
	}
	const shards = 1000
	each := min(8*gpu.MiB, x.size/shards)
	each -= each % gpu.BlockSize
	if each == 0 {
		s.NoFigure(figureBatch, "needs 8 GB of free memory")
	} else if err := batch(s, b, x, f[name], shards, each); err != nil {
		return err
	}
	if x.size < oneShard {
		s.NoFigure(figureShard, "needs 64 MiB of free memory")
		return nil
	}
	took, err := s.treeTimes(b, []piece{{x.base, oneShard}}, f[name])
	if err != nil {
		return err
	}
	s.Figure(figureShard, milliseconds(took)...)
	return nil
}

func batch(s *session, b *bed, x *region, leaves driver.Function, shards int, each gpu.Bytes) error {
	all := each * gpu.BytesOf(shards)
	var pieces []piece
	for i := range shards {
		pieces = append(pieces, piece{x.at(each * gpu.BytesOf(i)), each})
	}
	many, err := s.treeTimes(b, pieces, leaves)
	if err != nil {
		return err
	}
	one, err := s.treeTimes(b, []piece{{x.base, all}}, leaves)
	if err != nil {
		return err
	}
	s.Number(fmt.Sprintf("%d shards of %s in one batch", shards, each), "GB/s", rates(all, many)...)
	s.Number(fmt.Sprintf("one shard of %s", all), "GB/s", rates(all, one)...)
	ratio := median(milliseconds(one)) / max(median(milliseconds(many)), 1e-9)
	if each == 8*gpu.MiB {
		s.Figure(figureBatch, ratio)
		return nil
	}
	s.Number(fmt.Sprintf("%d shards of %s, against one of the same size", shards, each), "", ratio)
	s.NoFigure(figureBatch, "needs 8 GB of free memory")
	return nil
}

func (s *session) treeTimes(b *bed, pieces []piece, leaves driver.Function) ([]time.Duration, error) {
	t, err := b.tree(pieces)
	if err != nil {
		return nil, err
	}
	took, err := s.samples(b, func() error { return t.queue(leaves) })
	return took, errors.CombineErrors(err, t.free())
}
