package cuda

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/health"
)

var update = flag.Bool("update", false, "rewrite the tables in docs/cuda.md")

const errorDoc = "../../docs/cuda.md"

// renderOutcomes writes the table of results. Codes with the same text are
// one line.
func renderOutcomes() string {
	var b strings.Builder
	b.WriteString("| answer | meaning | error | sticky | what it is, what to do | source |\n| --- | --- | --- | --- | --- | --- |\n")
	yes := map[bool]string{true: "yes", false: "no"}
	all := allOutcomes()
	for i := 0; i < len(all); {
		row, names := all[i], []string{}
		for ; i < len(all) && all[i].text == row.text && all[i].meaning == row.meaning && all[i].code == row.code; i++ {
			names = append(names, fmt.Sprintf("%d `%s`", int32(all[i].result), strings.TrimPrefix(all[i].result.Name(), "CUDA_ERROR_")))
		}
		code := strings.TrimPrefix(string(row.code), "gpu: ")
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", strings.Join(names, ", "), row.meaning, code, yes[row.sticky], row.text, row.origin)
	}
	return b.String()
}

// renderXids writes the table of Xid errors.
func renderXids() string {
	var b strings.Builder
	b.WriteString("| Xid | meaning | what is done | what is resident is digested again | what it is | source |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, row := range xids() {
		again := "no"
		if row.action == health.Recheck {
			again = "yes"
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %s |\n", row.number, row.meaning, row.action, again, row.text, row.origin)
	}
	return b.String()
}

// renderRecoveries writes the table of actions that the driver asks for.
func renderRecoveries() string {
	var b strings.Builder
	b.WriteString("| value | what it is | what is done |\n| --- | --- | --- |\n")
	for _, row := range recoveries() {
		fmt.Fprintf(&b, "| %d `%s` | %s | %s |\n", int32(row.action), strings.TrimPrefix(row.action.Name(), "NVML_GPU_RECOVERY_ACTION_"), row.text, row.asks)
	}
	return b.String()
}

func TestErrorTablesAreDocumented(t *testing.T) {
	content, err := os.ReadFile(errorDoc)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for name, want := range map[string]string{"results": renderOutcomes(), "xids": renderXids(), "recovery actions": renderRecoveries()} {
		begin := "<!-- " + name + ": written by go test ./gpu/cuda -run TestErrorTablesAreDocumented -update -->\n"
		end := "<!-- end of " + name + " -->\n"
		head, rest, ok := strings.Cut(text, begin)
		got, tail, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Errorf("%s has no place for the table of %s, which lies between %q and %q", errorDoc, name, begin, end)
			continue
		}
		if got == want {
			continue
		}
		if !*update {
			t.Errorf("the table of %s in %s is not the one in the code; run this test with -update", name, errorDoc)
			continue
		}
		text = head + begin + want + end + tail
	}
	if *update {
		if err := os.WriteFile(errorDoc, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
