package suite

import (
	"context"

	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// Env is what suites work with.
type Env struct {
	Dir    string // on a disk, private, empty
	Shm    string // the same in memory, "" if there is none
	Engine string // path of the vram-engine program, "" if there is none
	CPU    int    // where cases on one core run, or pin.None
	Quick  bool   // few rounds: to try the suites, not to publish
}

// rounds is how often cases take turns.
func (e Env) rounds(full int) int {
	if e.Quick {
		return min(full, 3)
	}
	return full
}

// oneCore is the place of processes that use one core.
func (e Env) oneCore(env ...string) process.Place { return process.Place{CPU: e.CPU, Env: env} }

// Suite measures one group of figures and adds them to the report.
type Suite struct {
	Name string
	Run  func(ctx context.Context, e Env, r *report.Report) error
}

// Suites are all groups, in the order of the output.
func Suites() []Suite {
	return []Suite{
		{"kernels", kernels},
		{"digest", digest},
		{"threads", threads},
		{"programs", wholePrograms},
		{"cold", coldFile},
		{"sealing", sealing},
		{"execute", execute},
		{"verify", latency},
		{"batch", batch},
		{"shards", smallShards},
		{"audit", auditLog},
		{"keys", sealKeys},
	}
}

// Parts run in a process of their own, by name. What they return is printed as
// JSON.
func Parts() map[string]func(ctx context.Context, args []string) (any, error) {
	return map[string]func(context.Context, []string) (any, error){
		"kernel":   kernelPart,
		"hashers":  hashersPart,
		"digest":   digestPart,
		"hashfile": hashFilePart,
		"readfile": readFilePart,
		"seal":     sealPart,
		"copy":     copyPart,
		"latency":  latencyPart,
		"batch":    batchPart,
		"shards":   shardsPart,
	}
}
