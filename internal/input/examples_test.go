package input

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite the outcomes in testdata/examples.txt")

const examplesFile = "testdata/examples.txt"

// TestExamples runs every line of the table. The class must hold, whatever
// -update does; the outcome must be the one that is written down.
func TestExamples(t *testing.T) {
	raw, err := os.ReadFile(examplesFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	seen := map[string]map[string]bool{}
	for i, line := range lines {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		ex, err := parseExample(line)
		if err != nil {
			t.Fatalf("%s:%d: %v", examplesFile, i+1, err)
		}
		got, callErr := ex.run()
		class := "ok"
		if got == "" {
			got = "valid"
		}
		if callErr != nil {
			class, got = "refused", callErr.Error()
			checkRefusal(t, i+1, callErr)
		}
		if class != ex.class {
			t.Errorf("%s:%d: %s %s: %s (%s), want %s", examplesFile, i+1, ex.call, ex.source, class, got, ex.class)
			continue
		}
		if got != ex.outcome && !*update {
			t.Errorf("%s:%d: %s %s\n got %s\nwant %s", examplesFile, i+1, ex.call, ex.source, got, ex.outcome)
		}
		lines[i] = fmt.Sprintf("%-7s %s %s => %s", ex.class, ex.call, ex.source, got)
		if seen[ex.call] == nil {
			seen[ex.call] = map[string]bool{}
		}
		seen[ex.call][class] = true
	}
	for call := range calls {
		if !seen[call]["ok"] || !seen[call]["refused"] && call != "shard-id-from-file-name" {
			t.Errorf("%s: no good or no bad example of %s", examplesFile, call)
		}
	}
	if *update {
		if err := os.WriteFile(examplesFile, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// checkRefusal holds every refusal to what doc.go says of all of them.
func checkRefusal(t *testing.T, line int, err error) {
	t.Helper()
	if !errors.Is(err, ErrInvalid) {
		t.Errorf("%s:%d: %v is not ErrInvalid", examplesFile, line, err)
	}
	if text := err.Error(); !plainLine(text) || len(text) > 500 {
		t.Errorf("%s:%d: the error is no short line of ASCII: %q", examplesFile, line, text)
	}
}

// plainLine reports whether the text is one line of printable ASCII.
func plainLine(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == utf8.RuneError })
}
