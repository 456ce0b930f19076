package server

import (
	"context"
	"math"

	"connectrpc.com/connect"
	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/fdpass"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
	"github.com/vram-engine/vram-engine/gpu"
)

// Seal implements the service's call.
func (s *Server) Seal(ctx context.Context, r *v1.SealRequest, out *connect.ServerStream[v1.SealResponse]) (err error) {
	uid, err := callerOf(ctx)
	if err != nil {
		return err
	}
	ticket, err := fdpass.ParseTicket(r.GetTicket())
	if err != nil {
		return failure.Because(vram.ErrInvalidInput, err, "cannot seal")
	}
	f, err := s.desk.Claim(uid, ticket)
	if err != nil {
		return failure.Because(vram.ErrInvalidInput, err, "cannot seal")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	engine, err := s.engine()
	if err != nil {
		return err
	}
	warnings, err := Inspect(ctx, engine, f, r.GetShardId(), s.private)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		s.log.Warn("finding on a model file", "shard_id", r.GetShardId(), "finding", w)
	}
	request, err := sealRequest(r)
	if err != nil {
		return err
	}
	request.File = f
	shard, err := seal(ctx, engine, request, out)
	if err != nil {
		return err
	}
	return out.Send(&v1.SealResponse{
		DoneBytes: shard.GetVramBytes(), TotalBytes: shard.GetVramBytes(), Shard: shard, Warnings: warnings,
	})
}

// seal runs the engine's call in a goroutine of its own, which ends before
// seal returns, and sends the progress that it reports. A client that went
// away cancels the call.
func seal(ctx context.Context, engine Engine, r vram.SealRequest, out *connect.ServerStream[v1.SealResponse]) (*v1.Shard, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	progress := make(chan *v1.SealResponse, 1)
	r.Progress = func(done, total gpu.Bytes) {
		select {
		case progress <- &v1.SealResponse{DoneBytes: uint64(done), TotalBytes: uint64(total)}:
		default: // the last report was not sent yet; a later one will do
		}
	}
	type outcome struct {
		shard *v1.Shard
		err   error
	}
	ended := make(chan outcome, 1)
	go func() {
		h, err := engine.Seal(ctx, r)
		if err != nil {
			ended <- outcome{nil, err}
			return
		}
		shard, err := wire.FromHandle(h)
		ended <- outcome{shard, err}
	}()
	var gone error
	for {
		select {
		case p := <-progress:
			if gone == nil {
				gone = out.Send(p)
			}
			if gone != nil {
				cancel()
			}
		case o := <-ended:
			if o.err == nil && gone != nil {
				return nil, gone
			}
			return o.shard, o.err
		}
	}
}

func sealRequest(r *v1.SealRequest) (vram.SealRequest, error) {
	if r.GetShardIndex() > math.MaxInt32 || r.GetTotalShards() > math.MaxInt32 {
		return vram.SealRequest{}, failure.Usage("the shard's index and the number of shards must be below 2147483648")
	}
	return vram.SealRequest{
		ID: r.GetShardId(), Device: int(r.GetGpuDevice()),
		ExpectDigest: r.GetExpectDigest(), ExpectSHA256: r.GetExpectSha256(), ModelRef: r.GetModelRef(),
		ShardIndex: int(r.GetShardIndex()), TotalShards: int(r.GetTotalShards()),
	}, nil
}
