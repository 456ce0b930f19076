package server

import (
	"context"
	"os"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/modelfile"
)

// Inspect checks a file before it is sealed as the shard id, and returns what
// an operator should know of it. A file that others can read is recorded in
// the engine's audit log, and refused with ErrPolicyViolation when private is
// set. It may block on the log. The caller keeps f.
func Inspect(ctx context.Context, engine Engine, f *os.File, id string, private bool) ([]string, error) {
	facts, err := modelfile.CheckPassed(f)
	if err != nil {
		return nil, err
	}
	finding := facts.Finding()
	if finding == "" {
		return nil, nil
	}
	noted := engine.Note(ctx, "model_file_shared", "shard "+id+": "+finding)
	if private {
		refused := failure.New(vram.ErrPolicyViolation, "%s; the engine was started with --require-private-models", finding)
		return nil, errors.Join(refused, noted)
	}
	return []string{finding}, noted
}
