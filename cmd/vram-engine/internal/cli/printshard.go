package cli

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
)

// printSealed shows what seal has made.
func (a *app) printSealed(s *v1.Shard) error {
	if a.json {
		return render.JSON(a.Stdout, json.RawMessage(s.GetHandle()))
	}
	_, err := fmt.Fprintf(a.Stdout, "sealed %s: %s on device %d, sha256:%s\n",
		s.GetShardId(), gpu.Bytes(s.GetVramBytes()), s.GetGpuDevice(), s.GetDigest())
	return err
}

// printShard shows one shard: its handle as JSON, or its fields.
func (a *app) printShard(s *v1.Shard) error {
	if a.json {
		return render.JSON(a.Stdout, json.RawMessage(s.GetHandle()))
	}
	return render.Fields(a.Stdout, [][2]string{
		{"shard id", s.GetShardId()},
		{"state", s.GetState()},
		{"device", fmt.Sprintf("%d (%s, %s)", s.GetGpuDevice(), s.GetGpuUuid(), s.GetKind())},
		{"size", fmt.Sprintf("%s (%d bytes)", gpu.Bytes(s.GetVramBytes()), s.GetVramBytes())},
		{"digest", digestOf(s)},
		{"sealed at", timeOf(s.GetSealedAt())},
		{"last verified at", verifiedOf(s)},
		{"failed because of", s.GetReason()},
		{"first bad block", index(s.GetFirstBadBlock())},
		{"incident", s.GetIncident()},
		{"model", s.GetModelRef()},
		{"part", partOf(s)},
	})
}

// printShards lists shards: their handles as JSON, or a table.
func (a *app) printShards(all []*v1.Shard) error {
	if a.json {
		handles := make([]json.RawMessage, 0, len(all))
		for _, s := range all {
			handles = append(handles, s.GetHandle())
		}
		return render.JSON(a.Stdout, handles)
	}
	rows := make([][]string, 0, len(all))
	for _, s := range all {
		rows = append(rows, []string{
			s.GetShardId(), s.GetState(), strconv.FormatUint(uint64(s.GetGpuDevice()), 10),
			gpu.Bytes(s.GetVramBytes()).String(), short(s.GetDigest()), timeOf(s.GetLastVerifiedAt()), s.GetModelRef(),
		})
	}
	return render.Table(a.Stdout, []string{"SHARD", "STATE", "DEVICE", "SIZE", "DIGEST", "LAST VERIFIED", "MODEL"}, rows)
}

// digestOf is the digest as digest prints it; a shard that loads has none.
func digestOf(s *v1.Shard) string {
	if s.GetDigest() == "" {
		return ""
	}
	return "sha256:" + s.GetDigest()
}

func verifiedOf(s *v1.Shard) string {
	last := timeOf(s.GetLastVerifiedAt())
	if s.GetUnverified() {
		last += " (a restart came after it; verified again before use)"
	}
	return last
}

func partOf(s *v1.Shard) string {
	if s.GetTotalShards() == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", uint64(s.GetShardIndex())+1, s.GetTotalShards())
}

// short is the beginning of a digest, enough to tell it from others.
func short(digest string) string {
	if len(digest) <= 16 {
		return digest
	}
	return digest[:16] + "…"
}

func timeOf(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().Format(time.RFC3339)
}
