package report

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
)

func TestReport(t *testing.T) {
	r := New(machine.Machine{CPU: "a processor", Commit: "c0ffee"})
	r.Add("digest", "one", "GB/s", 1, 2, 3)
	r.Compare("digest", "one over two", []float64{2, 4}, []float64{1, 2})
	r.AtMost("memory", "peak", "MiB", 95, 96)
	part := &Report{}
	part.Notef("a note of a part")
	r.Join(part)
	if !r.Passed() {
		t.Error("a figure below its limit did not pass")
	}
	r.AtMost("memory", "other peak", "MiB", 97, 96)
	if r.Passed() {
		t.Error("a figure above its limit passed")
	}
	other := &Report{}
	if other.KeepFailures(r); other.Passed() || len(other.Checks) != 1 {
		t.Errorf("kept %+v, want the one check that failed", other.Checks)
	}
	table := r.Table()
	for _, want := range []string{"a processor", "c0ffee", "2.00 GB/s", "1.20 … 2.80", "one over two", "a note of a part", "PASS  memory: peak is 95.0 MiB", "FAIL  memory: other peak"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	path, err := r.Save(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(content, &back); err != nil {
		t.Fatal(err)
	}
	if back.Schema != Schema || len(back.Rows) != 1 || back.Rows[0].Median != 2 || back.Checks[1].Pass {
		t.Errorf("read back: %+v", back)
	}
	if _, err := os.Stat(strings.TrimSuffix(path, ".json") + ".txt"); err != nil {
		t.Error(err)
	}
}
