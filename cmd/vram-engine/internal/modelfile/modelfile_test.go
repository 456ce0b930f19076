package modelfile

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
	}{"private": {"abc", 0o600}, "group": {"abc", 0o640}, "world": {"abc", 0o604}, "empty": {"", 0o600}} {
		if err := errors.Join(os.WriteFile(in(name), []byte(c.content), 0o600), os.Chmod(in(name), c.mode)); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(in("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", in("s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		path   string
		shared bool
		text   string
	}{
		{in("private"), false, ""},
		{in("group"), true, ""},
		{in("world"), true, ""},
		{in("empty"), false, "is empty"},
		{in("fifo"), false, "is a FIFO"},
		{dir, false, "is a directory"},
		{in("s"), false, "no such device"},
		{"/dev/null", false, "is a device"},
		{in("none"), false, "no such file"},
		{in("private") + "\x00", false, "invalid argument"},
		{"", false, "no such file"},
	} {
		f, facts, err := Open(c.path)
		if c.text != "" {
			if !errors.Is(err, vram.ErrInvalidInput) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("Open(%q): %v, want %q", c.path, err, c.text)
			}
			continue
		}
		if err != nil {
			t.Errorf("Open(%q): %v", c.path, err)
			continue
		}
		if facts.Size != 3 || facts.Shared != c.shared || c.shared != (facts.Finding() != "") {
			t.Errorf("Open(%q): %+v, %q", c.path, facts, facts.Finding())
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestPassedFileMustBeReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	for flags, ok := range map[int]bool{
		os.O_RDONLY: true, os.O_RDONLY | unix.O_NONBLOCK: true,
		os.O_WRONLY: false, os.O_RDWR: false, unix.O_PATH: false,
	} {
		f, err := os.OpenFile(path, flags, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := CheckPassed(f); ok != (err == nil) || err != nil && !errors.Is(err, vram.ErrInvalidInput) {
			t.Errorf("flags %#x: %v", flags, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
