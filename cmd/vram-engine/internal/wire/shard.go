package wire

import (
	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/seal"
)

// FromHandle makes a message of a handle.
func FromHandle(h vram.Handle) (*v1.Shard, error) {
	text, err := h.MarshalJSON()
	if err != nil {
		return nil, err
	}
	digest := ""
	if !h.Digest.IsZero() {
		digest = h.Digest.String()
	}
	return &v1.Shard{
		ShardId: h.ShardID, GpuDevice: Count(h.GPUDevice), GpuUuid: h.GPUUUID, Kind: h.Kind,
		VramBytes: h.VRAMBytes, Digest: digest, State: string(h.State), SealedAt: stamp(h.SealedAt),
		ModelRef: h.ModelRef, ShardIndex: Count(h.ShardIndex), TotalShards: Count(h.TotalShards),
		FirstBadBlock: -1, Handle: text,
	}, nil
}

// FromShard makes a message of what an engine knows of a shard.
func FromShard(i vram.ShardInfo) (*v1.Shard, error) {
	s, err := FromHandle(i.Handle)
	if err != nil {
		return nil, err
	}
	s.LastVerifiedAt, s.Unverified = stamp(i.LastVerified), i.Unverified
	s.Reason, s.FirstBadBlock, s.Incident = i.Reason, i.FirstBad, i.Incident
	return s, nil
}

// ToHandle reads a handle that somebody presents. One that cannot be read
// becomes the zero handle, which the engine refuses and records like any other
// that is not its own.
func ToHandle(text []byte) vram.Handle {
	h, err := seal.ParseHandle(text)
	if err != nil {
		return vram.Handle{}
	}
	return h
}
