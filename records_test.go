package vram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

// logged is one line of an audit log.
type logged struct {
	Kind     string         `json:"kind"`
	Severity string         `json:"severity"`
	Fields   map[string]any `json:"fields"`
}

// has reports whether the line is of the kind and has all of the fields.
func (l logged) has(kind string, fields map[string]any) bool {
	if l.Kind != kind {
		return false
	}
	for name, want := range fields {
		if got, ok := l.Fields[name]; !ok || got != want {
			return false
		}
	}
	return true
}

func readLog(t *testing.T, dataDir string) []logged {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dataDir, "audit", "audit-*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no log: %v", err)
	}
	slices.Sort(files)
	var all []logged
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var l logged
			if err := json.Unmarshal(line, &l); err != nil {
				t.Fatal(err)
			}
			all = append(all, l)
		}
	}
	return all
}

// TestEveryEventIsInTheLog: what happens to an engine's shards is in its log,
// in order, with the fields that section 7 of the security specification names.
func TestEveryEventIsInTheLog(t *testing.T) {
	var dir string
	e := open(t, func(o *Options) {
		dir, o.PatrolInterval = o.DataDir, -1
		o.Kernels = []gpu.Kernel{{Name: "nothing", Go: func(gpu.Dim3, gpu.Dim3, gpu.KernelArgs) error { return nil }}}
	})
	control, err := e.faults.Control(0)
	if err != nil {
		t.Fatal(err)
	}
	p := randomBytes(70_000)
	huge := SealRequest{ID: "huge", Source: bytes.NewReader(nil), Size: gpu.GiB}
	if _, err := e.Seal(t.Context(), huge); !errors.Is(err, ErrInsufficientVRAM) {
		t.Fatal(err)
	}
	control.Lie(func(r *gpu.Residency) { r.Managed = true })
	elsewhere := SealRequest{ID: "elsewhere", Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))}
	if _, err := e.Seal(t.Context(), elsewhere); !errors.Is(err, ErrPolicyViolation) {
		t.Fatal(err)
	}
	control.Clear()
	h := sealBytes(t, e, "shard", p)
	if _, err := e.Verify(t.Context(), "shard"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Execute(t.Context(), ExecuteRequest{Shards: []string{"shard"}}, func(context.Context, *Run) error { return nil }); err != nil {
		t.Fatal(err)
	}
	forged := h
	forged.GPUDevice = 1
	if _, err := e.VerifyHandle(t.Context(), forged); !errors.Is(err, ErrSealVerificationFailed) {
		t.Fatal(err)
	}
	if err := e.FlipBit(t.Context(), "shard", 65_536, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Verify(t.Context(), "shard"); !errors.Is(err, ErrIntegrityViolation) {
		t.Fatal(err)
	}
	if err := e.RestartWorker(t.Context(), "an operator"); err != nil {
		t.Fatal(err)
	}
	if err := e.Release(t.Context(), "shard"); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	shard := func(more map[string]any) map[string]any {
		fields := map[string]any{"shard_id": "shard", "gpu_device": 0.0}
		for name, value := range more {
			fields[name] = value
		}
		return fields
	}
	digest, size := h.Digest.String(), float64(len(p))
	want := []struct {
		kind, severity string
		fields         map[string]any
	}{
		{"EngineStarted", "info", map[string]any{"backend": "simulated"}},
		{"VramAllocationFailed", "warning", map[string]any{"shard_id": "huge", "requested": float64(gpu.GiB)}},
		{"PolicyViolation", "critical", map[string]any{"violation": "vram_only_policy"}},
		{"VramAllocated", "info", shard(map[string]any{"requested": size, "used": size})},
		{"VramSealed", "info", shard(map[string]any{"vram_bytes": size, "digest": digest})},
		{"SealVerified", "info", shard(map[string]any{"result": "success", "check": "request"})},
		{"SealVerified", "info", shard(map[string]any{"result": "success", "check": "before"})},
		{"Executed", "info", map[string]any{"result": "success", "check": "before"}},
		{"HandleRefused", "warning", map[string]any{"shard_id": "shard"}},
		{"SealVerificationFailed", "critical", shard(map[string]any{"result": "failure", "reason": "digest", "digest": digest, "first_bad_block": 16.0})},
		{"Incident", "critical", shard(map[string]any{"action": "stopped", "first_bad_block": 16.0})},
		{"OperatorAction", "info", map[string]any{"operator": "an operator", "result": "success"}},
		{"VramDeallocated", "info", shard(map[string]any{"vram_bytes": size, "scrubbed": true, "used": 0.0})},
		{"EngineStopped", "info", map[string]any{"clean": true}},
	}
	lines := readLog(t, dir)
	at := 0
	for _, w := range want {
		found := slices.IndexFunc(lines[at:], func(l logged) bool { return l.has(w.kind, w.fields) && l.Severity == w.severity })
		if found < 0 {
			t.Fatalf("no %s %s with %v from line %d on", w.severity, w.kind, w.fields, at+1)
		}
		at += found + 1
	}
	violations := 0
	for _, l := range lines {
		if l.Kind == "PolicyViolation" {
			violations++
		}
	}
	if violations != 1 {
		t.Errorf("%d records of one violation", violations)
	}
}
