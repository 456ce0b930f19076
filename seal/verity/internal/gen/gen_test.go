package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The check for drift needs a generator that always writes the same.
func TestGeneratorIsDeterministic(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		if err := run([]string{dir}); err != nil {
			t.Fatal(err)
		}
	}
	names, err := filepath.Glob(filepath.Join(first, "*"))
	if err != nil || len(names) != 2*len(files) {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		a, errA := os.ReadFile(name)
		b, errB := os.ReadFile(filepath.Join(second, filepath.Base(name)))
		if errA != nil || errB != nil || len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s: %v, %v, or it differs", filepath.Base(name), errA, errB)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"a", "b"}, {filepath.Join(t.TempDir(), "missing")}} {
		if err := run(args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}
