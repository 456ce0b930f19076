package audit

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// The constructors make exactly the fields and severities of the table, and
// the table misses no kind.
func TestConstructorsMatchTheTable(t *testing.T) {
	type seen struct{ severities, fields map[string]bool }
	made := map[Kind]*seen{}
	for _, r := range everyRecord() {
		if !r.valid() {
			t.Errorf("%s is not valid", r.kind)
		}
		s, ok := made[r.kind]
		if !ok {
			s = &seen{map[string]bool{}, map[string]bool{}}
			made[r.kind] = s
		}
		s.severities[string(r.severity)] = true
		var names []string
		for _, f := range r.fields {
			names = append(names, f.name)
		}
		s.fields[strings.Join(names, " ")] = true
	}
	for _, k := range kindTable() {
		s, ok := made[k.kind]
		if !ok {
			t.Errorf("%s has no constructor in everyRecord", k.kind)
			continue
		}
		delete(made, k.kind)
		if want := strings.Join(k.fields, " "); len(s.fields) != 1 || !s.fields[want] {
			t.Errorf("%s: the constructor makes %v, the table has %q", k.kind, s.fields, want)
		}
		for _, severity := range k.severities {
			delete(s.severities, string(severity))
		}
		if len(s.severities) != 0 {
			t.Errorf("%s: severities %v are not in the table", k.kind, s.severities)
		}
		if k.message == "" || !slices.IsSorted(k.fields) {
			t.Errorf("%s: no message, or fields out of order", k.kind)
		}
	}
	if len(made) != 0 {
		t.Errorf("not in the table: %v", made)
	}
}

// The names that the requirements give to fields and events.
func TestRequiredNames(t *testing.T) {
	required := map[Kind][]string{
		"VramSealed":             {"shard_id", "gpu_device", "vram_bytes", "digest"},
		"SealVerified":           {"shard_id", "result"},
		"SealVerificationFailed": {"shard_id", "result"},
		"VramAllocated":          {"requested", "available", "used"},
		"VramAllocationFailed":   {"requested", "available", "used"},
		"VramDeallocated":        {"shard_id"},
		"PolicyViolation":        {"violation", "details"},
	}
	for _, k := range kindTable() {
		for _, name := range required[k.kind] {
			if !slices.Contains(k.fields, name) {
				t.Errorf("%s lacks %s", k.kind, name)
			}
		}
		delete(required, k.kind)
	}
	if len(required) != 0 {
		t.Errorf("missing kinds: %v", required)
	}
}

// docs/audit.md holds the table as it is here.
func TestDocumentedKinds(t *testing.T) {
	const path, begin, end = "../docs/audit.md", "<!-- kinds: begin -->\n", "<!-- kinds: end -->\n"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks %q and %q", path, begin, end)
	}
	golden(t, path, []byte(before+begin+kindsMarkdown()+end+after))
}

func kindsMarkdown() string {
	var b strings.Builder
	b.WriteString("| kind | meaning | severity | fields |\n|---|---|---|---|\n")
	for _, k := range kindTable() {
		var severities []string
		for _, s := range k.severities {
			severities = append(severities, string(s))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", k.kind, k.message, strings.Join(severities, ", "), strings.Join(k.fields, "`, `"))
	}
	return b.String()
}

func TestLogArgs(t *testing.T) {
	r := Executed("a\nb", []string{"x\x1b"}, 3, "before", ResultSuccess, 0)
	got := fmt.Sprintf("%s, %s, %s: %v", r.Kind(), r.Severity(), r.Message(), r.LogArgs())
	want := `Executed, info, Executed on sealed shards: [check before duration_us 0 gpu_device 3 request_id a\u{a}b result success shard_ids [x\u{1b}] shards 1]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if args := VramDeallocated("s", 0, 1, 2, 3, true).LogArgs(); !slices.Contains(args, any(true)) {
		t.Errorf("no truth value in %v", args)
	}
}

func TestZeroRecordIsRefused(t *testing.T) {
	l, _ := openMem(t, newMemFS(), testOptions())
	defer closeLog(t, l)
	if err := l.Emit(Record{}); err == nil {
		t.Error("emitted")
	}
	if _, err := l.Write(t.Context(), DeviceState("odd", 0, "", "", "", "")); err == nil {
		t.Error("written")
	}
}
