package dynlib

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"
)

func TestOpenFindsTheSystemsLibraries(t *testing.T) {
	l, err := Open(nil, "libc.so.6")
	if err != nil {
		t.Fatal(err)
	}
	if l.Symbol("getpid") == 0 {
		t.Error("getpid is not found")
	}
	if l.Symbol("no_such_function") != 0 {
		t.Error("a function that does not exist is found")
	}
	if pid, _, _ := purego.SyscallN(l.Symbol("getpid")); int(pid) != os.Getpid() {
		t.Errorf("getpid answers %d, want %d", pid, os.Getpid())
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		if got := fmt.Sprintf(verb, l); got != "library libc.so.6" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.so")
	if err := os.WriteFile(broken, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	absent := filepath.Join(dir, "absent.so")
	tests := []struct {
		name     string
		paths    []string
		soname   string
		notFound bool
		says     string
	}{
		{"nothing", nil, "", true, "not on this machine"},
		{"absent", []string{absent}, "", true, "not on this machine"},
		{"absent everywhere", []string{absent}, "libvram-engine-none.so.9", true, "not on this machine"},
		{"broken", []string{absent, broken}, "", false, broken},
		{"relative", []string{"libc.so.6"}, "", false, "absolute path"},
	}
	for _, tt := range tests {
		_, err := Open(tt.paths, tt.soname)
		if err == nil || errors.Is(err, ErrNotFound) != tt.notFound || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	if l, err := Open([]string{broken, absent}, "libc.so.6"); err != nil || l.Path() != "libc.so.6" {
		t.Errorf("the name does not come last: %v, %v", l, err)
	}
}

func TestTextCopies(t *testing.T) {
	if got := Text(nil); got != "" {
		t.Errorf("nil is %q", got)
	}
	text := []byte("some text\x00more")
	got := Text(unsafe.Pointer(&text[0]))
	text[0] = 'S'
	if got != "some text" {
		t.Errorf("got %q", got)
	}
	long := make([]byte, 2*maxText)
	for i := range long {
		long[i] = 'a'
	}
	if got := Text(unsafe.Pointer(&long[0])); len(got) != maxText {
		t.Errorf("a text without an end has %d bytes", len(got))
	}
}
