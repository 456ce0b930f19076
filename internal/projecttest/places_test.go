package projecttest

import (
	"fmt"
	"strings"
	"testing"
)

// place says where an import from outside this module may appear in code that
// is not a test. A pattern is a folder, a folder with "/...", or a file.
type place struct {
	path     string // the import path; it also stands for everything below
	in       []string
	tests    bool // tests of any package may import it too
	anywhere bool
}

var places = []place{
	{path: "github.com/ebitengine/purego", in: []string{"gpu/cuda/..."}},
	{path: "github.com/asynkron/protoactor-go", in: []string{"actors/..."}},
	{path: "github.com/hashicorp/go-hclog", in: []string{"", "actors/...", "cmd/..."}, tests: true},
	{path: "connectrpc.com/connect", in: []string{"api/...", "cmd/..."}},
	{path: "google.golang.org/protobuf", in: []string{"api/...", "cmd/..."}},
	{path: "github.com/spf13/cobra", in: []string{"cmd/..."}},
	{path: "github.com/spf13/pflag", in: []string{"cmd/..."}},
	{path: "github.com/vbauerster/mpb", in: []string{"cmd/vram-engine/internal/render"}},
	{path: "golang.org/x/sys", in: []string{"gpu/...", "seal", "seal/verity/internal/kernel", "audit", "cmd/..."}, tests: true},
	{path: "golang.org/x/sync", anywhere: true},
	{path: "github.com/cockroachdb/errors", anywhere: true},

	// Of the standard library. C is cgo: the binary is built without it.
	{path: "C"},
	{path: "errors", in: []string{"examples/...", "gpu/gputest"}, tests: true}, // gputest checks what the standard library sees
	{path: "log", in: []string{"examples/..."}},
	{path: "log/slog", in: []string{"", "actors/...", "seal"}, tests: true},                                                             // LogValue, and the adapter to hclog
	{path: "math/rand", in: []string{"gpu/sim/...", "internal/sample/...", "cmd/vram-engine/internal/cli/benchdigest.go"}, tests: true}, // never for secrets
	{path: "net", in: []string{"cmd/...", "examples/..."}, tests: true},
	{path: "os/exec", tests: true},
	{path: "plugin"},
	{path: "testing", in: []string{"gpu/gputest"}, tests: true},
	{path: "unsafe", in: unsafePlaces, tests: true},
}

// unsafePlaces are the packages of devices, and the single files that speak to
// the kernel. A new file is added here with its reason.
var unsafePlaces = []string{"gpu/cuda/...", "gpu/sim/..."}

// checkPlaces returns a message for each import that is not allowed here.
func checkPlaces(s source) []string {
	if s.generated {
		return nil
	}
	var wrong []string
	for _, imp := range s.imports() {
		if _, ours := cutModule(imp); ours {
			continue
		}
		p, known := placeOf(imp)
		switch {
		case !known && strings.Contains(imp, "."):
			wrong = append(wrong, fmt.Sprintf("%s: %s is not in the table of places; decide who may import it, and give it a line in docs/dependencies.md", s.path, imp))
		case !known || p.anywhere || s.test && p.tests:
		case !matchesAny(s.dir, p.in) && !matchesAny(s.path, p.in):
			wrong = append(wrong, fmt.Sprintf("%s: %s may be imported only in %q", s.path, imp, p.in))
		}
	}
	return wrong
}

// placeOf finds the longest row whose path is imp or lies above it.
func placeOf(imp string) (place, bool) {
	var best place
	found := false
	for _, p := range places {
		if matches(imp, p.path+"/...") && len(p.path) >= len(best.path) {
			best, found = p, true
		}
	}
	return best, found
}

func TestDependenciesStayInTheirPlaces(t *testing.T) {
	for _, s := range loadTree(t).sources {
		if s.module != "" {
			continue
		}
		for _, message := range checkPlaces(s) {
			t.Error(message)
		}
	}
}

func TestPlacesCheckFindsViolations(t *testing.T) {
	tests := []struct {
		path, imp string
		wrong     int
	}{
		{"actors/device.go", "github.com/asynkron/protoactor-go/actor", 0},
		{"engine.go", "github.com/asynkron/protoactor-go/actor", 1},
		{"engine_test.go", "github.com/asynkron/protoactor-go/actor", 1},
		{"gpu/cuda/driver.go", "github.com/ebitengine/purego", 0},
		{"gpu/sim/driver.go", "github.com/ebitengine/purego", 1},
		{"gpu/sim/map.go", "unsafe", 0},
		{"gpu/heap.go", "unsafe", 1},
		{"seal/handle.go", "log", 1},
		{"seal/handle.go", "log/slog", 0},
		{"ledger/book.go", "log/slog", 1},
		{"seal/handle.go", "errors", 1},
		{"seal/handle_test.go", "errors", 0},
		{"seal/handle.go", "github.com/cockroachdb/errors", 0},
		{"seal/handle.go", "net/http", 1},
		{"cmd/vram-engine/internal/server/server.go", "net/http", 0},
		{"seal/handle.go", "example.com/unheard/of", 1},
		{"seal/handle_test.go", "example.com/unheard/of", 1},
		{"seal/handle.go", "strings", 0},
		{"gpu/sim/map.go", "C", 1},
	}
	for _, tt := range tests {
		s := planted(t, tt.path, fmt.Sprintf("package x\nimport _ %q\n", tt.imp))
		if got := checkPlaces(s); len(got) != tt.wrong {
			t.Errorf("%s importing %s: got %q, want %d messages", tt.path, tt.imp, got, tt.wrong)
		}
	}
}
