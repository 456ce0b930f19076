package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// decode reads the JSON that the program wrote.
func decode[T any](t *testing.T, r result) T {
	t.Helper()
	var v T
	d := json.NewDecoder(strings.NewReader(r.out))
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, r.out)
	}
	return v
}

type verdict struct {
	ShardID       string `json:"shard_id"`
	OK            bool   `json:"ok"`
	Reason        string `json:"reason"`
	FirstBadBlock int64  `json:"first_bad_block"`
	Bytes         uint64 `json:"bytes"`
}

// TestStory is what a new user does: seal a file, verify it, break it, see
// that it is found, let the worker go on, and check the log.
func TestStory(t *testing.T) {
	p := newPlace(t)
	d := p.start("--sim-faults", "--patrol-interval", "1h")
	if !strings.Contains(d.ready, p.socket) || !strings.Contains(d.ready, "Ctrl-C") {
		t.Errorf("the ready line is %q", d.ready)
	}
	file := p.file("my model.bin", bytesOf(3<<20+5))
	digest, _, _ := strings.Cut(p.want(0, "", "digest", file).out, " ")

	handle := p.want(0, "", "seal", file, "--json", "--expect", digest, "--model-ref", "llama/3")
	h := decode[map[string]any](t, handle)
	if h["shard_id"] != "my-model-bin" || "sha256:"+h["digest"].(string) != digest || h["kind"] != "simulated" {
		t.Fatalf("the handle is %v", h)
	}
	handleFile := p.file("handle.json", []byte(handle.out))

	for _, args := range [][]string{{"my-model-bin"}, {"--all"}, {"--handle", handleFile}} {
		v := decode[[]verdict](t, p.want(0, "", append([]string{"verify", "--json"}, args...)...))
		if len(v) != 1 || !v[0].OK || v[0].Bytes != 3<<20+5 || v[0].FirstBadBlock != -1 || v[0].ShardID != "my-model-bin" {
			t.Fatalf("verify %v: %+v", args, v)
		}
	}
	forged := p.file("forged.json", bytes.Replace([]byte(handle.out), []byte("llama/3"), []byte("llama/4"), 1))
	p.want(3, "", "verify", "--handle", forged)
	p.want(0, "", "verify", "my-model-bin") // a forged handle stops nobody

	if out := p.want(0, "", "shards").out; !strings.Contains(out, "my-model-bin") {
		t.Errorf("shards: %s", out)
	}
	if out := p.want(0, "", "shards", "my-model-bin").out; !strings.Contains(out, digest) {
		t.Errorf("shards ID: %s", out)
	}

	p.want(0, "", "sim", "flip", "my-model-bin", "--byte", "8193", "--bit", "3")
	r := p.run("verify", "--json", "my-model-bin")
	r.check(t, 3, "my-model-bin", "verify")
	if v := decode[[]verdict](t, r); len(v) != 1 || v[0].OK || v[0].FirstBadBlock != 2 || v[0].Reason == "" {
		t.Fatalf("after the flip: %+v", v)
	}
	status := decode[map[string]any](t, p.want(0, "", "status", "--json"))
	if status["state"] != "stopped" || status["devices"] == nil || status["shards"] == nil || status["audit"] == nil {
		t.Fatalf("status: %v", status)
	}
	p.want(7, "worker restart", "seal", file, "--shard-id", "other")
	incidents := decode[[]map[string]any](t, p.want(0, "", "incident", "list", "--json"))
	if len(incidents) != 1 {
		t.Fatalf("incidents: %v", incidents)
	}
	id, _ := incidents[0]["id"].(string)
	if out := p.want(0, "", "incident", "show", id).out; !strings.Contains(out, "my-model-bin") {
		t.Errorf("incident show: %s", out)
	}
	p.want(0, "", "worker", "restart")
	p.want(3, "", "verify", "my-model-bin") // it stays refused, whoever found it
	p.want(0, "", "seal", file, "--shard-id", "other")
	p.want(0, "", "verify", "other")
	p.want(0, "", "release", "my-model-bin")
	p.want(2, "my-model-bin", "verify", "my-model-bin")
	p.want(0, "", "release", "--all")
	d.stopWell()
	for _, name := range []string{p.socket, p.socket + ".fd"} {
		if _, err := os.Lstat(name); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
	p.auditStory()
}

// auditStory checks the log that the daemon left, and changes one byte of it.
func (p *place) auditStory() {
	p.t.Helper()
	dir := filepath.Join(p.data, "audit")
	if out := p.want(0, "", "audit", "verify", dir).out; !strings.Contains(out, "intact") {
		p.t.Errorf("audit verify: %s", out)
	}
	key := filepath.Join(dir, "audit-key.pem")
	report := decode[map[string]any](p.t, p.want(0, "", "audit", "verify", dir, "--json", "--key", key))
	if report["key_pinned"] != true {
		p.t.Errorf("the report: %v", report)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "audit-*.jsonl"))
	if err != nil || len(segments) != 1 {
		p.t.Fatalf("segments: %v, %v", segments, err)
	}
	text, err := os.ReadFile(segments[0])
	if err != nil {
		p.t.Fatal(err)
	}
	changed := bytes.Replace(text, []byte("my-model-bin"), []byte("my-model-bim"), 1)
	if err := os.WriteFile(segments[0], changed, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.want(6, "tampered", "audit", "verify", dir)
	p.want(6, "", "serve", "--sim", "--data-dir", p.data)
}
