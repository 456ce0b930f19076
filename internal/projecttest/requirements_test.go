package projecttest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const requirementsFile = "docs/requirements.md"

// series are the requirement numbers: a prefix and how many there are. S
// numbers stand for the sections of the security specification and D numbers
// for those of the dependency investigation that have no numbers of their own.
var series = []struct {
	prefix string
	count  int
}{
	{"MS-00", 7}, {"CI-00", 7}, {"VP-00", 6}, {"IV-00", 5}, {"RP-00", 5},
	{"S-3.", 7},    // vulnerabilities
	{"S-4.1.", 1},  // lint configuration
	{"S-4.2.", 7},  // forbidden patterns
	{"S-5.", 5},    // coding guidelines
	{"S-6.1.", 5},  // unit tests
	{"S-6.2.", 2},  // fuzz targets
	{"S-6.3.", 2},  // properties
	{"S-7.1.", 6},  // audit trail: five events, and what must not be logged
	{"S-8.1.", 3},  // process privileges
	{"S-8.2.", 3},  // file permissions
	{"S-8.3.", 3},  // containers
	{"S-9.1.", 6},  // response to a failed seal
	{"S-9.2.", 5},  // response to corrupted memory
	{"S-9.3.", 5},  // response to a policy violation
	{"S-10.1.", 9}, // code review
	{"S-10.2.", 5}, // testing before a release
	{"S-10.3.", 5}, // documentation before deployment
	{"D-1.", 5},    // dependencies by domain
	{"D-2.", 7},    // dependencies by vulnerability
	{"D-3.", 12},   // audit trail: seven events, five qualities
	{"D-4.", 8},    // tests: six subjects, two integrations
	{"D-7.", 3},    // supply chain
	{"D-8.", 2},    // updates
	{"D-10.1.", 9}, // before a dependency is added
	{"D-10.2.", 8}, // after a dependency was added
}

func wantedNumbers() []string {
	var numbers []string
	for _, s := range series {
		for i := 1; i <= s.count; i++ {
			numbers = append(numbers, fmt.Sprintf("%s%d", s.prefix, i))
		}
	}
	return numbers
}

// requirement is one row of the table.
type requirement struct {
	line   int
	number string
	code   []string
	tests  []string
	status string
	note   string
}

// parseRequirements reads every row that begins with a requirement number.
func parseRequirements(text string) (rows []requirement, wrong []string) {
	wanted := wantedNumbers()
	line := 0
	for raw := range strings.Lines(text) {
		line++
		if !strings.HasPrefix(raw, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(raw), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[0] == "No." || strings.HasPrefix(cells[0], "-") {
			continue
		}
		if !slices.Contains(wanted, cells[0]) {
			wrong = append(wrong, fmt.Sprintf("line %d: %q is no requirement number", line, cells[0]))
			continue
		}
		if len(cells) != 5 {
			wrong = append(wrong, fmt.Sprintf("line %d: %s has %d cells, want 5: number, what it asks, code, tests, status", line, cells[0], len(cells)))
			continue
		}
		status, note, _ := strings.Cut(cells[4], ":")
		rows = append(rows, requirement{line, cells[0], quoted(cells[2]), quoted(cells[3]), strings.TrimSpace(status), strings.TrimSpace(note)})
	}
	return rows, wrong
}

// quoted returns the texts between backquotes.
func quoted(cell string) []string {
	var refs []string
	for i, part := range strings.Split(cell, "`") {
		if i%2 == 1 {
			refs = append(refs, part)
		}
	}
	return refs
}

// checkRequirements returns what is wrong with the table: numbers that lack or
// come twice, a status that is not backed, references to what does not exist.
func checkRequirements(text string, symbols *symbols) []string {
	rows, wrong := parseRequirements(text)
	seen := map[string]int{}
	for _, r := range rows {
		report := func(format string, args ...any) {
			wrong = append(wrong, fmt.Sprintf("line %d: %s: ", r.line, r.number)+fmt.Sprintf(format, args...))
		}
		if first, twice := seen[r.number]; twice {
			report("stands on line %d too", first)
		}
		seen[r.number] = r.line
		switch r.status {
		case "fulfilled":
			if len(r.code) == 0 || len(r.tests) == 0 {
				report("fulfilled needs at least one reference to code and one to a test, in backquotes")
			}
		case "partly":
			if len(r.code) == 0 || r.note == "" {
				report("partly needs a reference to code, and what is missing after a colon")
			}
		case "not yet":
		default:
			report("status %q is none of: fulfilled, partly: what is missing, not yet", r.status)
		}
		for _, ref := range r.code {
			if err := symbols.code(ref); err != nil {
				report("code %s: %v", ref, err)
			}
		}
		for _, ref := range r.tests {
			if err := symbols.test(ref); err != nil {
				report("test %s: %v", ref, err)
			}
		}
	}
	for _, number := range wantedNumbers() {
		if _, ok := seen[number]; !ok {
			wrong = append(wrong, number+" has no row")
		}
	}
	return wrong
}

func TestRequirementsTableIsTrue(t *testing.T) {
	tr := loadTree(t)
	text, err := os.ReadFile(filepath.Join(tr.root, requirementsFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range checkRequirements(string(text), newSymbols(tr)) {
		t.Errorf("%s: %s", requirementsFile, message)
	}
}

func TestRequirementsCheckFindsViolations(t *testing.T) {
	var full strings.Builder
	for _, number := range wantedNumbers() {
		full.WriteString("| " + number + " | asks | `a/a.go#F` | `a/a_test.go#TestF` | fulfilled |\n")
	}
	known := newSymbols(tree{sources: []source{
		planted(t, "a/a.go", "package a\nfunc F() {}\ntype T struct{}\nfunc (t *T) M() {}\nconst C = 1\nvar V int\n"),
		planted(t, "a/a_test.go", "package a\nfunc TestF(t *testing.T) {}\nfunc helper() {}\n"),
	}})
	if got := checkRequirements(full.String(), known); len(got) != 0 {
		t.Fatalf("a true table: %q", got)
	}
	tests := []struct{ name, old, new, want string }{
		{"lacking row", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestF` | fulfilled |\n", "", "MS-003 has no row"},
		{"row twice", "| MS-003 |", "| MS-002 |", "stands on line"},
		{"unknown number", "| MS-003 |", "| MS-099 |", "no requirement number"},
		{"unknown function", "| MS-003 | asks | `a/a.go#F`", "| MS-003 | asks | `a/a.go#G`", "does not declare G"},
		{"unknown method", "| MS-003 | asks | `a/a.go#F`", "| MS-003 | asks | `a/a.go#T.N`", "does not declare T.N"},
		{"unknown file", "| MS-003 | asks | `a/a.go#F`", "| MS-003 | asks | `a/b.go#F`", "no such file"},
		{"no symbol", "| MS-003 | asks | `a/a.go#F`", "| MS-003 | asks | `a/a.go`", "name a symbol"},
		{"test as code", "| MS-003 | asks | `a/a.go#F`", "| MS-003 | asks | `a/a_test.go#TestF`", "is a test"},
		{"helper as test", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestF`", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#helper`", "no test"},
		{"unknown test", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestF`", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestG`", "does not declare TestG"},
		{"fulfilled without test", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestF`", "| MS-003 | asks | `a/a.go#F` | none", "fulfilled needs"},
		{"partly without note", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestF` | fulfilled", "| MS-003 | asks | `a/a.go#F` | - | partly", "partly needs"},
		{"unknown status", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestF` | fulfilled", "| MS-003 | asks | `a/a.go#F` | `a/a_test.go#TestF` | done", "is none of"},
		{"cells", "| MS-003 | asks |", "| MS-003 |", "has 4 cells"},
	}
	for _, tt := range tests {
		text := strings.Replace(full.String(), tt.old, tt.new, 1)
		if got := strings.Join(checkRequirements(text, known), "\n"); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want a message with %q", tt.name, got, tt.want)
		}
	}
}
