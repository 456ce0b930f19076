package audit

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file under testdata, or below the repository.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run the test with -update once", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the test with -update and read the diff. Got:\n%s", path, got)
	}
}

// everyRecord is one record of each constructor.
func everyRecord() []Record {
	digest := strings.Repeat("ab", 32)
	took := 1500 * time.Microsecond
	return []Record{
		VramSealed("llama-0", 0, 4096, digest, "SIM-0", "hf://llama"),
		SealVerified("llama-0", 0, 4096, digest, "before", took),
		SealVerificationFailed("llama-0", 0, math.MaxUint64, digest, digest, "digest", 17),
		VramAllocated("llama-0", 0, 4096, 1<<30, 4096),
		VramAllocationFailed("llama-1", 1, 1<<40, 1<<30, 4096, "out of memory"),
		VramDeallocated("llama-0", 0, 4096, 1<<30, 0, true),
		VramDeallocated("llama-0", 0, 4096, 1<<30, 0, false),
		PolicyViolation("vram_only_policy", "Unified memory detected", NoDevice),
		PolicyFinding("model_file_permissions", "others can read the file", NoDevice),
		EngineStarted("0.1.0", "simulated", 2, "fail-closed"),
		EngineStopped("signal", true),
		EngineStopped("timeout", false),
		DeviceState(SeverityInfo, 0, "SIM-0", "starting", "active", ""),
		DeviceState(SeverityWarning, 0, "SIM-0", "quarantined", "active", ""),
		DeviceState(SeverityCritical, 0, "SIM-0", "active", "lost", "sticky error"),
		ActorRestarted("shard/llama-0", "panic", 1),
		Incident("inc-1", "llama-0", 0, "digest", "stopped", NoBlock, Counters{Corrected: 12, Uncorrected: 0, Failures: NotCounted}),
		OperatorAction("uid 0", "worker restart", "", ResultSuccess),
		PatrolPass(10, 0, 1<<20, digest, took),
		PatrolPass(10, 1, 1<<20, digest, took),
		auditRecovered(recovery{reason: recoveredCrash, cutBytes: 12, unacknowledged: 1, failures: 2}),
		auditDropped(5),
		HandleRefused("llama\n{\"seq\":1}", "seal", "uid 1000"),
		Executed("req-1", []string{"llama-0", "ll\"ma\\1"}, 0, "before", ResultSuccess, took),
		DeviceHealth(SeverityInfo, HealthReport{Device: 0, GPUUUID: "GPU-0", Source: "xid", Code: 31, Action: "note", Detail: "a kernel of an application\nfailed"}),
		DeviceHealth(SeverityWarning, HealthReport{Device: 0, GPUUUID: "GPU-0", Source: "remap", Code: math.MaxUint64, Action: "recheck", Detail: "a row was replaced", Unrecorded: 7}),
		DeviceHealth(SeverityCritical, HealthReport{Device: NoDevice, Source: "engine", Action: "lost", Detail: "gone"}),
	}
}

// encodeAll makes the lines of records as the log would.
func encodeAll(t *testing.T, records []Record) []byte {
	t.Helper()
	s := &store{clock: steadyClock(), chain: newChain()}
	b, err := s.encode(records)
	if err != nil {
		t.Fatal(err)
	}
	return b.text
}

func TestLinesGolden(t *testing.T) {
	golden(t, filepath.Join("testdata", "lines.jsonl"), encodeAll(t, everyRecord()))
}

// Every line is what encoding/json makes of the same values, read back in full.
func TestLinesAreCompactJSON(t *testing.T) {
	for line := range bytes.Lines(encodeAll(t, everyRecord())) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		e, err := parseLine(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if again := appendLine(nil, e); !bytes.Equal(again, line) {
			t.Errorf("got  %s\nwant %s", again, line)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, line); err != nil || !bytes.Equal(compact.Bytes(), line) {
			t.Errorf("not compact JSON: %s (%v)", line, err)
		}
		var generic struct{ Fields map[string]any }
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&generic); err != nil {
			t.Fatal(err)
		}
		for _, f := range e.fields {
			want := f.value()
			if l, ok := want.([]string); ok {
				items := []any{}
				for _, s := range l {
					items = append(items, s)
				}
				want = items
			}
			if got := generic.Fields[f.name]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: JSON has %v (%T), we have %v (%T)", f.name, got, got, want, want)
			}
		}
		if len(generic.Fields) != len(e.fields) {
			t.Errorf("JSON has %d fields, we have %d", len(generic.Fields), len(e.fields))
		}
	}
}

// No texts, however long and however odd, make a line that is too long, two
// lines, or one that cannot be read; and no estimate is below the truth.
func TestHostileTexts(t *testing.T) {
	for _, s := range []string{
		strings.Repeat(`"`, 5000), strings.Repeat(`\`, 5000), strings.Repeat("\n", 5000), strings.Repeat("\xff", 5000),
		strings.Repeat("\u202e", 5000), strings.Repeat("模", 5000), "\"},\"prev\":\"" + strings.Repeat("0", 64) + "\"}\n{", `"`, `\`, "\n", "\U0010ffff",
	} {
		many := make([]string, 1000)
		for i := range many {
			many[i] = s
		}
		for _, r := range []Record{
			Executed(s, many, 0, s, s, 0), SealVerificationFailed(s, 0, 0, s, s, s, 0), DeviceState(SeverityInfo, 0, s, s, s, s),
			Incident(s, s, 0, s, s, 0, Counters{}), DeviceHealth(SeverityInfo, HealthReport{GPUUUID: s, Source: s, Action: s, Detail: s}), OperatorAction(s, s, s, s), VramSealed(s, 0, 0, s, s, s),
		} {
			out := encodeAll(t, []Record{r})
			if bytes.Count(out, []byte("\n")) != 1 || len(out) > r.weight() {
				t.Fatalf("%d lines of %d bytes, estimated %d", bytes.Count(out, []byte("\n")), len(out), r.weight())
			}
			if _, err := parseLine(bytes.TrimSuffix(out, []byte("\n"))); err != nil {
				t.Fatalf("%.200s: %v", out, err)
			}
		}
	}
}

func TestParseLineRefuses(t *testing.T) {
	good := string(bytes.TrimSuffix(encodeAll(t, []Record{VramSealed("a", 0, 5, "", "", "")}), []byte("\n")))
	if _, err := parseLine([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new string }{
		{`{"seq":1,`, `{ "seq":1,`}, {`{"seq":1,`, `{"seq":01,`}, {`{"seq":1,`, `{"seq":-1,`}, {`{"seq":1,`, `{"seq":18446744073709551616,`},
		{`{"seq":1,`, `{"seq":1e0,`}, {`{"seq":1,`, `{"seq":,`}, {`.6Z"`, `.60Z"`}, {`.6Z"`, `.6+00:00"`}, {`.6Z"`, `.6z"`}, {"2026-01-02", "2026-02-30"},
		{`"VramSealed"`, `""`}, {`"VramSealed"`, `"Vram Sealed"`}, {`"VramSealed"`, `"` + strings.Repeat("V", 33) + `"`}, {`"info"`, `"debug"`},
		{`"vram_bytes":5`, `"vram_bytes":05`}, {`"vram_bytes":5`, `"vram_bytes":-0`}, {`"vram_bytes":5`, `"vram_bytes":5.0`}, {`"vram_bytes":5`, `"vram_bytes":null`},
		{`"vram_bytes":5`, `"vram_bytes":-9223372036854775809`}, {`"vram_bytes":5`, `"vram_bytes":{}`}, {`"vram_bytes":5`, `"vram_bytes":["a",]`}, {`"vram_bytes":5`, `"vram_bytes":[1]`},
		{`"vram_bytes":5`, `"vram_bytes":5,`}, {`"vram_bytes":5`, `"vram_bytes":5,"vram_bytes":5`}, {`"vram_bytes":5`, `"vram_bytes":5,"a":5`}, {`"vram_bytes"`, `"Vram_bytes"`},
		{`"shard_id":"a"`, `"shard_id":"\u0061"`}, {`"shard_id":"a"`, "\"shard_id\":\"\n\""}, {`"shard_id":"a"`, `"shard_id":"\/"`}, {`"shard_id":"a"`, "\"shard_id\":\"\u202e\""},
		{`"shard_id":"a"`, "\"shard_id\":\"\xff\""}, {`"shard_id":"a"`, `"shard_id":"` + strings.Repeat("a", 1025) + `"`}, {`"shard_id":"a"`, `"shard_id":"a`}, {`"shard_id":"a"`, `"shard_id":"\`},
		{strings.Repeat("0", 64), strings.Repeat("0", 63)}, {strings.Repeat("0", 64), strings.Repeat("0", 65)}, {strings.Repeat("0", 64), strings.Repeat("A", 64)},
		{`"}`, `"} `}, {`"prev"`, `"next"`}, {good, ""}, {good, "{}"}, {good, good[:len(good)-1]}, {good, strings.Repeat("x", maxLine+1)},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%q does not occur in %s", c.old, good)
		}
		if _, err := parseLine([]byte(bad)); err == nil {
			t.Errorf("accepted: %.300s", bad)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	s := &store{clock: steadyClock(), chain: newChain()}
	b, err := s.encode(everyRecord())
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(b.text) {
		f.Add(bytes.TrimSuffix(line, []byte("\n")))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := parseLine(line)
		if err != nil {
			return
		}
		if again := appendLine(nil, e); !bytes.Equal(again, line) {
			t.Fatalf("read %q, wrote %q", line, again)
		}
		if !json.Valid(line) {
			t.Fatalf("accepted what is no JSON: %q", line)
		}
	})
}
