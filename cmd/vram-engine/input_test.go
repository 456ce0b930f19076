package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestBadInput tries what must be refused, and that nothing stays allocated.
func TestBadInput(t *testing.T) {
	p := newPlace(t)
	d := p.start("--max-shard-size", "64MiB", "--patrol-interval", "1h")
	file := p.file("model", bytesOf(10000))
	empty := p.file("empty", nil)
	if err := syscall.Mkfifo(p.in("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	sparse := p.file("sparse", nil)
	if err := os.Truncate(sparse, 65<<20); err != nil {
		t.Fatal(err)
	}
	huge := p.file("huge", nil)
	if err := os.Truncate(huge, 1<<42); err != nil {
		t.Fatal(err)
	}
	other := strings.Repeat("0", 64)
	for _, c := range []struct {
		status int
		text   string
		args   []string
	}{
		{2, "shard id", []string{"seal", file, "--shard-id", ""}},
		{2, "shard id", []string{"seal", file, "--shard-id", strings.Repeat("a", 257)}},
		{2, "shard id", []string{"seal", file, "--shard-id", "../x"}},
		{2, "shard id", []string{"seal", file, "--shard-id", "a/b"}},
		{2, "shard id", []string{"seal", file, "--shard-id", "a\nb"}},
		{2, "shard id", []string{"seal", file, "--shard-id", "m\u043edel"}},
		{2, "directory", []string{"seal", p.dir}},
		{2, "FIFO", []string{"seal", p.in("fifo")}},
		{2, "empty", []string{"seal", empty}},
		{2, "no such file", []string{"seal", p.in("none")}},
		{2, "device", []string{"seal", "/dev/zero"}},
		{2, "digest", []string{"seal", file, "--expect", "sha256:abc"}},
		{2, "digest", []string{"seal", file, "--expect", strings.ToUpper(other[:63] + "a")}},
		{2, "digest", []string{"seal", file, "--expect", other[:63] + "g"}},
		{3, "", []string{"seal", file, "--expect", "sha256:" + other}},
		{2, "device", []string{"seal", file, "--device", "1"}},
		{2, "", []string{"seal", file, "--device", "-2"}},
		{2, "shard", []string{"seal", file, "--shard-index", "3", "--total-shards", "2"}},
		{2, "", []string{"seal", file, "--model-ref", "a\nb"}},
		{2, "67108864", []string{"seal", sparse}},
		{2, "", []string{"seal", huge}},
		{2, "no-such", []string{"verify", "no-such"}},
		{2, "no-such", []string{"release", "no-such"}},
		{2, "no-such", []string{"shards", "no-such"}},
		{2, "", []string{"verify"}},
		{2, "", []string{"verify", "a", "--all"}},
		{2, "", []string{"release"}},
		{2, "empty", []string{"verify", "--handle", empty}},
		{3, "", []string{"verify", "--handle", file}},
		{2, "", []string{"incident", "show", "x"}},
		{2, "", []string{"device", "unquarantine", "x"}},
		{2, "", []string{"device", "unquarantine", "9"}},
		{4, "sim-faults", []string{"sim", "flip", "a", "--byte", "0", "--bit", "0"}},
		{2, "bit", []string{"sim", "flip", "a", "--byte", "0", "--bit", "8"}},
		{2, "Did you mean \"seal\"?", []string{"seel"}},
		{2, "--nonsense", []string{"status", "--nonsense"}},
	} {
		p.want(c.status, c.text, c.args...)
	}
	devices := decode[[]map[string]any](t, p.want(0, "", "devices", "--json"))
	if len(devices) != 1 || devices[0]["used_bytes"] != 0.0 || devices[0]["kind"] != "simulated" {
		t.Errorf("something stayed allocated: %v", devices)
	}
	if s := decode[map[string]any](t, p.want(0, "", "status", "--json")); s["state"] != "running" {
		t.Errorf("the worker is %v", s["state"])
	}
	d.stopWell()
}

// TestNotEnoughMemory names both figures.
func TestNotEnoughMemory(t *testing.T) {
	p := newPlace(t)
	d := p.start("--patrol-interval", "1h")
	file := p.file("big", nil)
	if err := os.Truncate(file, 300<<20); err != nil {
		t.Fatal(err)
	}
	r := p.want(5, "314572800", "seal", file)
	if !strings.Contains(r.err, "available") {
		t.Errorf("the error names no figure of what is available: %s", r.err)
	}
	d.stopWell()
}

// TestHandles presents handles that were changed in every way.
func TestHandles(t *testing.T) {
	p := newPlace(t)
	d := p.start("--patrol-interval", "1h")
	handle := p.want(0, "", "seal", p.file("model", bytesOf(5000)), "--json").out
	for name, text := range map[string]string{
		"truncated": handle[:len(handle)/2],
		"one byte":  "{",
		"not JSON":  "hello",
		"no seal":   strings.Replace(handle, `"seal"`, `"sael"`, 1),
		"other id":  strings.Replace(handle, `"shard_id": "model"`, `"shard_id": "modem"`, 1),
		"size":      strings.Replace(handle, `"vram_bytes": 5000`, `"vram_bytes": 5001`, 1),
		"twice":     handle + handle,
	} {
		if text == handle {
			t.Fatalf("%s: the handle was not changed: %s", name, handle)
		}
		p.want(3, "", "verify", "--handle", p.file("h", []byte(text)))
	}
	p.want(2, "too long", "verify", "--handle", p.file("h", make([]byte, 65<<10)))
	p.runWith(strings.NewReader(handle), "verify", "--handle", "-").check(t, 0, "", "verify --handle -")
	d.stopWell()
}
