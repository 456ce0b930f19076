package server

import (
	"context"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
)

// Verify implements the service's call.
func (s *Server) Verify(ctx context.Context, r *v1.VerifyRequest) (*v1.VerifyResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	results, err := verify(ctx, engine, r)
	if err != nil && !isVerdict(err) {
		return nil, err
	}
	res := &v1.VerifyResponse{}
	for _, v := range results {
		res.Results = append(res.Results, wire.FromResult(v))
	}
	if err != nil {
		res.Failure = info(err)
	}
	return res, nil
}

// isVerdict tells an answer to the check from a check that was not made.
func isVerdict(err error) bool {
	return errors.Is(err, vram.ErrIntegrityViolation) || errors.Is(err, vram.ErrSealVerificationFailed)
}

func verify(ctx context.Context, engine Engine, r *v1.VerifyRequest) ([]vram.VerifyResult, error) {
	ids, handle := r.GetShardIds(), r.GetHandle()
	switch {
	case r.GetAll() && len(ids) == 0 && len(handle) == 0:
		return engine.VerifyAll(ctx)
	case !r.GetAll() && len(ids) > 0 && len(handle) == 0:
		return engine.Verify(ctx, ids...)
	case !r.GetAll() && len(ids) == 0 && len(handle) > 0:
		result, err := engine.VerifyHandle(ctx, wire.ToHandle(handle))
		if err != nil && !isVerdict(err) {
			return nil, err
		}
		return []vram.VerifyResult{result}, err
	default:
		return nil, failure.Usage("name what to verify: shard ids, all, or a handle, and only one of them")
	}
}
