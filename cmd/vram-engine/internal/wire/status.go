package wire

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
)

// FromStatus makes a message of the engine's state.
func FromStatus(s vram.Status) *v1.Status {
	return &v1.Status{
		State: s.State, Reason: s.Reason, Backend: string(s.Backend), Version: s.Version,
		Devices: FromDevices(s.Devices), SealKeyFingerprint: s.Seals,
		Shards: &v1.ShardCounts{
			Total: Count(s.Shards.Total), Sealed: Count(s.Shards.Sealed), Loading: Count(s.Shards.Loading),
			Quarantined: Count(s.Shards.Quarantined), Lost: Count(s.Shards.Lost), Bytes: uint64(s.Shards.Bytes),
		},
		Audit: &v1.AuditStatus{
			Mode: string(s.Audit.Mode), Healthy: s.Audit.Healthy, Problem: s.Audit.Problem,
			LastSeq: s.Audit.LastSeq, Bytes: s.Audit.Bytes, Queued: Count(s.Audit.Queued),
			Dropped: s.Audit.Dropped, Failures: s.Audit.Failures, KeyFingerprint: s.Audit.KeyFingerprint,
		},
		Patrol: &v1.PatrolStatus{
			IntervalMs: s.Patrol.IntervalMS, Passes: s.Patrol.Passes, Started: stamp(s.Patrol.Started),
			TookMs: s.Patrol.TookMS, Shards: Count(s.Patrol.Shards), Failed: Count(s.Patrol.Failed), Bytes: uint64(s.Patrol.Bytes),
		},
	}
}

// ToStatus makes a state of a message.
func ToStatus(s *v1.Status) vram.Status {
	c, a, p := s.GetShards(), s.GetAudit(), s.GetPatrol()
	return vram.Status{
		State: s.GetState(), Reason: s.GetReason(), Backend: gpu.Kind(s.GetBackend()), Version: s.GetVersion(),
		Devices: ToDevices(s.GetDevices()), Seals: s.GetSealKeyFingerprint(),
		Shards: vram.ShardCounts{
			Total: int(c.GetTotal()), Sealed: int(c.GetSealed()), Loading: int(c.GetLoading()),
			Quarantined: int(c.GetQuarantined()), Lost: int(c.GetLost()), Bytes: gpu.Bytes(c.GetBytes()),
		},
		Audit: vram.AuditStatus{
			Mode: vram.AuditMode(a.GetMode()), Healthy: a.GetHealthy(), Problem: a.GetProblem(),
			Stats: audit.Stats{
				LastSeq: a.GetLastSeq(), Bytes: a.GetBytes(), Queued: int(a.GetQueued()),
				Dropped: a.GetDropped(), Failures: a.GetFailures(), KeyFingerprint: a.GetKeyFingerprint(),
			},
		},
		Patrol: vram.PatrolStatus{
			IntervalMS: p.GetIntervalMs(), Passes: p.GetPasses(), Started: timeOf(p.GetStarted()),
			TookMS: p.GetTookMs(), Shards: int(p.GetShards()), Failed: int(p.GetFailed()), Bytes: gpu.Bytes(p.GetBytes()),
		},
	}
}

// stamp is t, or nil if t is not set.
func stamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// timeOf is the time of a message, or the zero time.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
