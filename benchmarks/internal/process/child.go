package process

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
)

// ChildVerb is the first argument of this program when it is its own child.
const ChildVerb = "child"

// Child runs a part of this program in a new process and decodes the JSON that
// it prints.
func Child[T any](ctx context.Context, part string, args ...string) (T, error) {
	return ChildOn[T](ctx, Anywhere(), part, args...)
}

// ChildOn is Child in a place of its own.
func ChildOn[T any](ctx context.Context, place Place, part string, args ...string) (T, error) {
	var answer T
	self, err := os.Executable()
	if err != nil {
		return answer, errors.Wrap(err, "this program's own path")
	}
	out, _, err := ProgramOn(ctx, place, self, append([]string{ChildVerb, part}, args...)...)
	if err != nil {
		return answer, err
	}
	return answer, errors.Wrapf(json.Unmarshal([]byte(out), &answer), "the answer of %s", part)
}

// Program runs a program and returns what it printed, its wall time from start
// to end, and its CPU time.
func Program(ctx context.Context, path string, args ...string) (string, measure.Sample, error) {
	return ProgramOn(ctx, Anywhere(), path, args...)
}

// ProgramOn is Program in a place of its own.
func ProgramOn(ctx context.Context, place Place, path string, args ...string) (string, measure.Sample, error) {
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // the programs are named in this folder
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	start := time.Now()
	err := place.start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	wall := time.Since(start)
	if err != nil {
		return "", measure.Sample{}, errors.Wrapf(err, "%s: %s", path, strings.TrimSpace(problem.String()))
	}
	state := cmd.ProcessState
	return out.String(), measure.Sample{Wall: wall, CPU: state.UserTime() + state.SystemTime()}, nil
}
