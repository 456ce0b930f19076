package cli

import (
	"strconv"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
	"github.com/vram-engine/vram-engine/gpu"
)

// printResults shows the outcome of checks, as a list or a table.
func (a *app) printResults(all []*v1.VerifyResult) error {
	if a.json {
		return render.JSON(a.Stdout, wire.ToResults(all))
	}
	rows := make([][]string, 0, len(all))
	for _, r := range all {
		result := "ok"
		if !r.GetOk() {
			result = "FAILED: " + r.GetReason()
		}
		block := ""
		if r.GetFirstBadBlock() >= 0 {
			block = strconv.FormatInt(r.GetFirstBadBlock(), 10)
		}
		rows = append(rows, []string{
			r.GetShardId(), result, block, gpu.Bytes(r.GetBytes()).String(), milliseconds(r.GetDurationMs()).String(), render.Rate(r.GetBytesPerSecond()),
		})
	}
	return render.Table(a.Stdout, []string{"SHARD", "RESULT", "FIRST BAD BLOCK", "SIZE", "TOOK", "RATE"}, rows)
}
