package suite

import (
	"context"

	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// Env is what suites work with.
type Env struct {
	Dir    string // on a disk, private, empty
	Shm    string // the same in memory, "" if there is none
	Engine string // path of the vram-engine program, "" if there is none
	Quick  bool   // few rounds: to try the suites, not to publish
}

// rounds is how often cases take turns.
func (e Env) rounds(full int) int {
	if e.Quick {
		return min(full, 3)
	}
	return full
}

// Suite measures one group of figures and adds them to the report.
type Suite struct {
	Name string
	Run  func(ctx context.Context, e Env, r *report.Report) error
}

// Suites are all groups, in the order of the output.
func Suites() []Suite {
	return []Suite{
		{"digest", digest},
		{"programs", wholePrograms},
		{"sealing", sealing},
		{"execute", execute},
		{"shards", smallShards},
		{"audit", auditLog},
		{"keys", sealKeys},
	}
}

// Parts run in a process of their own, by name. What they return is printed as
// JSON.
func Parts() map[string]func(ctx context.Context, args []string) (any, error) {
	return map[string]func(context.Context, []string) (any, error){
		"digest": digestPart,
		"seal":   sealPart,
		"copy":   copyPart,
		"shards": shardsPart,
	}
}
