package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vram-engine/vram-engine/internal/sample"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	for range 2 { // the second time the file is there already
		if err := write(path); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sample.Load(raw); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	onlyFile(t, dir, "model.safetensors")
}

func TestWriteFailsAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := write(filepath.Join(dir, "missing", "model")); err == nil {
		t.Error("a missing directory was accepted")
	}
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(dir, "taken")); err == nil {
		t.Error("a directory was overwritten")
	}
	onlyFile(t, dir, "taken")
}

func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("entries %v, error %v; want only %s", entries, err, name)
	}
}
