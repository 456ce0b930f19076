package pagecache

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestResident(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, bytes.Repeat([]byte{1}, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, err := Resident(f)
	if errors.Is(err, ErrUnknown) {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if before != 1<<20 {
		t.Errorf("%d bytes are cached of a file that was just written, want all", before)
	}
	if err := Evict(f); err != nil {
		t.Fatal(err)
	}
	// A file system in memory keeps everything, and says so.
	if after, err := Resident(f); err != nil || after > before {
		t.Errorf("%d bytes are cached afterwards: %v", after, err)
	}
}
