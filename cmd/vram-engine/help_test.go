package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHelp compares the help of each command with its golden file.
func TestHelp(t *testing.T) {
	p := newPlace(t)
	for _, command := range []string{
		"", "serve", "seal", "shards", "verify", "release", "status", "devices", "worker", "worker restart",
		"device", "device unquarantine", "doctor", "incident", "incident list", "incident show", "digest", "audit",
		"audit verify", "bench", "bench digest", "bench engine", "sim", "sim flip", "version", "completion",
	} {
		args := append(strings.Fields(command), "--help")
		got := p.want(0, "", args...).out
		name := filepath.Join("testdata", "help", strings.ReplaceAll(strings.TrimSpace("vram-engine "+command), " ", "-")+".txt")
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatalf("%v; write it with: go test ./cmd/vram-engine -run TestHelp -update", err)
		}
		if got != string(want) {
			t.Errorf("the help of %q has changed; review it with -update\n%s", command, got)
		}
	}
}

// TestAbsent holds what must not exist yet.
func TestAbsent(t *testing.T) {
	p := newPlace(t)
	for _, command := range []string{"attest", "key", "audit tail", "audit export", "audit prove"} {
		p.want(2, "no command", strings.Fields(command)...)
	}
	p.want(2, "--harden", "serve", "--sim", "--harden", "report")
}

func TestCompletion(t *testing.T) {
	p := newPlace(t)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if out := p.want(0, "", "completion", shell).out; !strings.Contains(out, "vram-engine") {
			t.Errorf("completion %s: %q", shell, out)
		}
	}
	for typed, want := range map[string]string{"se": "seal", "worker ": "restart", "sim ": "flip"} {
		r := p.run(append([]string{"__complete"}, strings.Split(typed, " ")...)...)
		if !strings.Contains(r.out, want) {
			t.Errorf("%q completes to %q", typed, r.out)
		}
	}
	d := p.start()
	p.want(0, "", "seal", p.file("model", bytesOf(100)))
	if r := p.run("__complete", "verify", ""); !strings.Contains(r.out, "model\n") {
		t.Errorf("ids are not completed: %q", r.out)
	}
	d.stopWell()
}

func TestDigest(t *testing.T) {
	p := newPlace(t)
	a, b := p.file("a", bytesOf(4097)), p.file("b", nil)
	r := p.run("digest", a, p.in("none"), b)
	if r.status != 2 || strings.Count(r.out, "\n") != 2 || !strings.Contains(r.err, "none") {
		t.Errorf("got %+v", r)
	}
	const empty = "sha256:3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95 "
	if !strings.Contains(r.out, empty+b+"\n") {
		t.Errorf("the digest of nothing: %s", r.out)
	}
	stream := p.runWith(strings.NewReader(string(bytesOf(4097))), "digest", "-")
	if first, _, _ := strings.Cut(r.out, " "); stream.out != first+" -\n" {
		t.Errorf("standard input: %q, file: %q", stream.out, r.out)
	}
	if out := p.want(0, "", "version").out; !strings.HasPrefix(out, "vram-engine ") {
		t.Errorf("version: %q", out)
	}
}
