package server

import (
	"context"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
)

// ListShards implements the service's call.
func (s *Server) ListShards(context.Context, *v1.ListShardsRequest) (*v1.ListShardsResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	res := &v1.ListShardsResponse{}
	for _, i := range engine.Shards() {
		shard, err := wire.FromShard(i)
		if err != nil {
			return nil, err
		}
		res.Shards = append(res.Shards, shard)
	}
	return res, nil
}

// GetShard implements the service's call.
func (s *Server) GetShard(_ context.Context, r *v1.GetShardRequest) (*v1.GetShardResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	i, err := engine.Shard(r.GetShardId())
	if err != nil {
		return nil, err
	}
	shard, err := wire.FromShard(i)
	return &v1.GetShardResponse{Shard: shard}, err
}

// Release implements the service's call.
func (s *Server) Release(ctx context.Context, r *v1.ReleaseRequest) (*v1.ReleaseResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	ids := r.GetShardIds()
	switch {
	case r.GetAll() && len(ids) == 0:
		n, err := engine.ReleaseAll(ctx)
		return &v1.ReleaseResponse{Released: wire.Count(n)}, err
	case !r.GetAll() && len(ids) > 0:
		return &v1.ReleaseResponse{Released: wire.Count(len(ids))}, engine.Release(ctx, ids...)
	default:
		return nil, failure.Usage("name what to release: shard ids, or all, and only one of them")
	}
}
