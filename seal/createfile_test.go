package seal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestLinkName covers file systems without RENAME_NOREPLACE.
func TestLinkName(t *testing.T) {
	dir := t.TempDir()
	temp, path := filepath.Join(dir, "temp"), filepath.Join(dir, "path")
	if err := writeNew(temp, []byte("content")); err != nil {
		t.Fatal(err)
	}
	if err := linkName(temp, path); err != nil {
		t.Fatal(err)
	}
	if content, err := readSecret(path); err != nil || string(content) != "content" {
		t.Errorf("%d bytes, %v", len(content), err)
	}
	if err := writeNew(temp, []byte("other")); err != nil {
		t.Fatal(err)
	}
	if err := linkName(temp, path); !errors.Is(err, os.ErrExist) {
		t.Errorf("over an existing file: %v", err)
	}
	if err := writeNew(temp, nil); !errors.Is(err, ErrFileUnusable) || !errors.Is(err, os.ErrExist) {
		t.Errorf("a temporary file that exists: %v", err)
	}
	if content, err := readSecret(path); err != nil || string(content) != "content" {
		t.Errorf("the file changed: %d bytes, %v", len(content), err)
	}
	if err := errors.Join(removeTemp(temp), removeTemp(temp)); err != nil {
		t.Error(err)
	}
}
