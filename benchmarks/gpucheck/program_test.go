package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// The program starts itself for each part, and here that is the test binary.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-part" {
		main()
		return
	}
	os.Exit(m.Run())
}

// fake gives the processes that the test starts the fake driver, and returns
// arguments for it.
func fake(t *testing.T) []string {
	t.Helper()
	paths, err := cudatest.Build("")
	if err != nil {
		t.Fatal(err)
	}
	config := cudatest.Config{Memory: 64 * gpu.MiB, Granularity: 64 * gpu.KiB, Clean: true}
	for _, line := range paths.Environment(config, "") {
		name, value, _ := strings.Cut(line, "=")
		t.Setenv(name, value)
	}
	return []string{"-libcuda", paths.CUDA, "-nvml", paths.NVML, "-quick", "-beside", t.TempDir()}
}

// written are the results that a run left.
func written(t *testing.T, dir string) *results {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "simulated-gpu-*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q: %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var r results
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(strings.TrimSuffix(files[0], ".json") + ".txt")
	if err != nil || !strings.HasPrefix(string(table), simulatedLine) || !strings.HasSuffix(string(table), simulatedLine) {
		t.Errorf("the table does not say that the driver is simulated: %v", err)
	}
	return &r
}

func TestAgainstTheFake(t *testing.T) {
	args, out := fake(t), t.TempDir()
	status, err := run(t.Context(), append(args, "-out", out))
	if status != statusPassed || err != nil {
		t.Errorf("status %d: %v", status, err)
	}
	r := written(t, out)
	if !r.Simulated || r.Schema != schema {
		t.Errorf("schema %q, simulated %t", r.Schema, r.Simulated)
	}
	for _, p := range parts() {
		if !slices.ContainsFunc(r.Rows, func(row cudacheck.Row) bool { return row.Part == p.name }) {
			t.Errorf("part %s found nothing", p.name)
		}
	}
	for _, f := range cudacheck.Figures() {
		if !slices.ContainsFunc(r.Rows, func(row cudacheck.Row) bool { return row.Name == f.Name && row.Verdict == cudacheck.NotMeasured }) {
			t.Errorf("the figure %q is not said to be not measured", f.Name)
		}
	}
}

// A part that fails spoils no other.
func TestPartsFail(t *testing.T) {
	args, out := fake(t), t.TempDir()
	t.Setenv("FAKECUDA_RULES", "fail cuMemHostAlloc 1 999")
	status, err := run(t.Context(), append(args, "-out", out, "-only", "load,flips"))
	if status != statusFailed || err == nil {
		t.Errorf("status %d: %v", status, err)
	}
	r := written(t, out)
	verdict := func(part string) (failed, passed bool) {
		for _, row := range r.Rows {
			failed = failed || row.Part == part && row.Verdict == cudacheck.Fail
			passed = passed || row.Part == part && row.Verdict == cudacheck.Pass
		}
		return failed, passed
	}
	if failed, _ := verdict("load"); !failed {
		t.Error("a part that failed is not on record")
	}
	if failed, passed := verdict("flips"); failed || !passed {
		t.Error("another part failed too")
	}
}

func TestNoGPU(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "libcuda.so.1")
	status, err := run(t.Context(), []string{"-libcuda", missing, "-out", t.TempDir()})
	if status != statusNoGPU || err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("status %d: %v", status, err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"surplus"}, {"-only", "nothing"}, {"-unknown"}} {
		if status, _ := run(t.Context(), args); status != statusUsage {
			t.Errorf("%q: status %d", args, status)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{{"", []string{""}}, {"a b c", []string{"a b", "c"}}, {"longer than", []string{"longer", "than"}}} {
		if got := wrap(tt.text, 4); !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q", tt.text, got)
		}
	}
	if got := oneLine("a\n\tb\x1b[1m"); got != "a b [1m" {
		t.Errorf("%q", got)
	}
}
