package wire

import (
	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/gpu"
)

// FromResult makes a message of the outcome of a check.
func FromResult(r vram.VerifyResult) *v1.VerifyResult {
	return &v1.VerifyResult{
		ShardId: r.ShardID, Ok: r.OK, Reason: r.Reason, FirstBadBlock: r.FirstBadBlock,
		Bytes: uint64(r.Bytes), DurationMs: r.DurationMS, BytesPerSecond: r.BytesPerSecond,
	}
}

// ToResults makes outcomes of messages. The result is never nil.
func ToResults(all []*v1.VerifyResult) []vram.VerifyResult {
	out := make([]vram.VerifyResult, 0, len(all))
	for _, r := range all {
		out = append(out, vram.VerifyResult{
			ShardID: r.GetShardId(), OK: r.GetOk(), Reason: r.GetReason(), FirstBadBlock: r.GetFirstBadBlock(),
			Bytes: gpu.Bytes(r.GetBytes()), DurationMS: r.GetDurationMs(), BytesPerSecond: r.GetBytesPerSecond(),
		})
	}
	return out
}
