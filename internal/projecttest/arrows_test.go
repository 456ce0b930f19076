package projecttest

import (
	"fmt"
	"strings"
	"testing"
)

// arrow says which packages of this module a package may import. Tests may
// import more.
type arrow struct {
	from  string
	to    []string
	tests []string
}

// arrows is the architecture: cmd → root → actors → {gpu, seal, ledger,
// audit} → internal. The first row that matches a package counts. Leaves
// import no sibling but for ledger → gpu and gpu → seal/verity.
var arrows = []arrow{
	{from: "cmd/...", to: []string{"", "api/...", "cmd/...", "gpu/...", "seal/...", "audit", "internal/..."}},
	{from: "examples/...", to: []string{"", "gpu", "gpu/sim", "seal"}},
	{from: "api/...", to: []string{"api/..."}},
	{from: "", to: []string{"actors/...", "gpu", "gpu/health", "gpu/sim", "gpu/cuda", "seal/...", "ledger", "audit", "internal/..."}, tests: []string{"gpu/cuda/cudatest", "gpu/gputest"}},
	{from: "actors/...", to: []string{"actors/...", "gpu", "gpu/health", "seal/...", "ledger", "audit", "internal/..."}, tests: []string{"gpu/sim"}},
	{from: "gpu/health", to: []string{"gpu"}},
	{from: "gpu", to: []string{"seal/verity", "internal/..."}, tests: []string{"gpu/sim", "gpu/gputest"}},
	{from: "gpu/gputest", to: []string{"gpu", "seal/verity", "internal/..."}},
	{from: "gpu/sim/...", to: []string{"gpu", "gpu/health", "gpu/sim/...", "seal/verity", "internal/..."}, tests: []string{"gpu/gputest"}},
	{from: "gpu/cuda/...", to: []string{"gpu", "gpu/health", "gpu/cuda/...", "seal/verity", "internal/..."}, tests: []string{"gpu/gputest"}},
	{from: "seal", to: []string{"seal/verity", "internal/..."}},
	{from: "seal/verity/...", to: []string{"seal/verity/internal/...", "internal/..."}},
	{from: "ledger", to: []string{"gpu", "internal/..."}},
	{from: "audit", to: []string{"internal/..."}},
	{from: "internal/...", to: []string{"internal/..."}},
}

// checkArrows returns a message for each import that the table does not allow.
func checkArrows(s source) []string {
	var row *arrow
	for i := range arrows {
		if matches(s.dir, arrows[i].from) {
			row = &arrows[i]
			break
		}
	}
	if row == nil {
		return []string{fmt.Sprintf("%s: package %s has no row in the table of arrows; decide which layer it belongs to", s.path, s.dir)}
	}
	var wrong []string
	for _, imp := range s.imports() {
		dir, ours := cutModule(imp)
		if !ours || matchesAny(dir, row.to) || s.test && (dir == s.dir || matchesAny(dir, row.tests)) {
			continue
		}
		wrong = append(wrong, fmt.Sprintf("%s: %s may not import %s; allowed are %s",
			s.path, name(s.dir), name(dir), strings.Join(row.to, ", ")))
	}
	return wrong
}

// cutModule turns an import path of the root module into its folder.
func cutModule(imp string) (string, bool) {
	if imp == modulePath {
		return "", true
	}
	return strings.CutPrefix(imp, modulePath+"/")
}

func name(dir string) string {
	if dir == "" {
		return "the root package"
	}
	return dir
}

func TestArrowsPointOneWay(t *testing.T) {
	for _, s := range loadTree(t).sources {
		if s.module != "" {
			continue
		}
		for _, message := range checkArrows(s) {
			t.Error(message)
		}
	}
}

func TestArrowsCheckFindsViolations(t *testing.T) {
	tests := []struct {
		path, imports string
		wrong         int
	}{
		{"ledger/book.go", "gpu", 0},
		{"ledger/book.go", "seal", 1},
		{"audit/log.go", "gpu", 1},
		{"audit/log_test.go", "audit", 0},
		{"gpu/sim/digest.go", "seal/verity", 0},
		{"gpu/sim/digest.go", "seal", 1},
		{"gpu/sim/digest.go", "gpu/gputest", 1},
		{"gpu/sim/sim_test.go", "gpu/gputest", 0},
		{"seal/mac.go", "gpu", 1},
		{"internal/input/id.go", "gpu", 1},
		{"actors/device.go", "", 1},
		{"actors/device.go", "cmd/vram-engine", 1},
		{"engine.go", "actors", 0},
		{"engine.go", "api/vramengine/v1", 1},
		{"cmd/vram-engine/main.go", "actors", 1},
		{"cmd/vram-engine/main.go", "", 0},
		{"unknown/x.go", "gpu", 1},
	}
	for _, tt := range tests {
		imp := strings.TrimSuffix(modulePath+"/"+tt.imports, "/")
		s := planted(t, tt.path, fmt.Sprintf("package x\nimport _ %q\n", imp))
		if got := checkArrows(s); len(got) != tt.wrong {
			t.Errorf("%s importing %s: got %q, want %d messages", tt.path, name(tt.imports), got, tt.wrong)
		}
	}
}
