package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
)

// printStatus shows the state of the engine and its devices.
func (a *app) printStatus(s *v1.Status) error {
	err := render.Fields(a.Stdout, [][2]string{
		{"state", stateOf(s)},
		{"version", fmt.Sprintf("%s, %s devices", s.GetVersion(), s.GetBackend())},
		{"shards", shardsOf(s.GetShards())},
		{"audit log", auditOf(s.GetAudit())},
		{"patrol", patrolOf(s.GetPatrol())},
		{"staging", stagingOf(s.GetDevices())},
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(a.Stdout); err != nil {
		return err
	}
	return a.deviceTable(s.GetDevices())
}

// summary is the state in one line.
func summary(s *v1.Status) string {
	return fmt.Sprintf("state=%s shards=%s audit=%s", stateOf(s), shardsOf(s.GetShards()), auditOf(s.GetAudit()))
}

func stateOf(s *v1.Status) string {
	if s.GetReason() == "" {
		return s.GetState()
	}
	return s.GetState() + ": " + s.GetReason()
}

func shardsOf(c *v1.ShardCounts) string {
	return fmt.Sprintf("%d (sealed %d, loading %d, quarantined %d, lost %d), %s sealed",
		c.GetTotal(), c.GetSealed(), c.GetLoading(), c.GetQuarantined(), c.GetLost(), gpu.Bytes(c.GetBytes()))
}

func auditOf(s *v1.AuditStatus) string {
	state := "healthy"
	if !s.GetHealthy() {
		state = "unavailable: " + s.GetProblem()
	}
	text := fmt.Sprintf("%s, %s", state, s.GetMode())
	if s.GetDropped() > 0 {
		text += fmt.Sprintf(", %s dropped", plural(s.GetDropped(), "record"))
	}
	return text
}

func patrolOf(s *v1.PatrolStatus) string {
	if s.GetIntervalMs() == 0 {
		return "off"
	}
	text := fmt.Sprintf("every %s, passes: %d", milliseconds(s.GetIntervalMs()), s.GetPasses())
	if last := timeOf(s.GetStarted()); last != "" {
		text += fmt.Sprintf(", last at %s (shards: %d, failed: %d, took %s)",
			last, s.GetShards(), s.GetFailed(), milliseconds(s.GetTookMs()))
	}
	return text
}

// stagingOf is the host memory that loads pass through.
func stagingOf(all []*v1.Device) string {
	var kinds []string
	for _, d := range all {
		if !slices.Contains(kinds, d.GetStaging()) {
			kinds = append(kinds, d.GetStaging())
		}
	}
	if len(kinds) < 2 {
		return strings.Join(kinds, "")
	}
	return strings.Join(kinds, " and ") + " memory, see: vram-engine devices"
}

func milliseconds(ms float64) time.Duration {
	return time.Duration(ms * float64(time.Millisecond)).Round(time.Microsecond)
}
