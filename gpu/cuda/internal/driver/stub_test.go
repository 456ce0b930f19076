package driver

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/dynlib"
)

// build compiles a library from C files of testdata and returns its path.
func build(t *testing.T, name string, flags ...string) string {
	t.Helper()
	compiler := ""
	for _, candidate := range []string{os.Getenv("CC"), "gcc", "clang", "cc"} {
		if candidate == "" {
			continue
		}
		if path, err := exec.LookPath(candidate); err == nil {
			compiler = path
			break
		}
	}
	if compiler == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no C compiler; install gcc")
		}
		t.Skip("there is no C compiler, so the binding is not tried against a C library")
	}
	out := filepath.Join(t.TempDir(), name)
	args := append([]string{"-std=gnu11", "-Wall", "-Werror", "-shared", "-fPIC", "-O1", "-I../../testdata/fakecuda", "-o", out}, flags...)
	if text, err := exec.Command(compiler, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", compiler, err, text)
	}
	return out
}

// stub is a library of the binding's own functions and the means to see how
// it was called.
type stub struct {
	*Library
	t    *testing.T
	kept uintptr
}

func openStub(t *testing.T) stub {
	t.Helper()
	path := build(t, "stub.so", "testdata/stub.c", "testdata/rest.c")
	l, err := Open(Options{Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := dynlib.Open([]string{path}, "")
	if err != nil {
		t.Fatal(err)
	}
	return stub{Library: l, t: t, kept: loaded.Symbol("stub_kept")}
}

// saw checks with what the last call arrived in C.
func (s stub) saw(what string, want ...uint64) {
	s.t.Helper()
	var list [32]uint64
	n, _, _ := purego.SyscallN(s.kept, uintptr(unsafe.Pointer(&list)))
	if got := list[:n]; !slices.Equal(got, want) {
		s.t.Errorf("%s: C saw %x, want %x", what, got, want)
	}
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	sources := []string{"testdata/stub.c", "testdata/rest.c"}
	old := build(t, "old.so", append(sources, "-DcuFuncGetParamInfo=some_other", "-DcuFuncSetAttribute=another")...)
	l, err := Open(Options{Paths: []string{"/nonexistent/libcuda.so.1", old}})
	if err != nil {
		t.Fatal(err)
	}
	if l.Has("cuFuncGetParamInfo") || !l.Has("cuInit") || l.Has("getpid") {
		t.Error("Has does not know what the library has")
	}
	if _, _, r := l.ParamSize(0, 0); r != ErrorNotSupported {
		t.Errorf("a missing function answers %v", r)
	}
	if l.Path() != old {
		t.Errorf("Path is %s", l.Path())
	}
	broken := build(t, "broken.so", append(sources, "-DcuMemMap=some_other", "-DcuMemUnmap=another")...)
	_, err = Open(Options{Paths: []string{broken}})
	if !errors.Is(err, ErrIncomplete) || !endsWith(err, "has no cuMemMap, cuMemUnmap: "+ErrIncomplete.Error()) {
		t.Errorf("got %v", err)
	}
	if _, err := Open(Options{Paths: []string{"/nonexistent/libcuda.so.1"}}); !errors.Is(err, ErrNoLibrary) {
		t.Errorf("got %v", err)
	}
	if _, err := Open(Options{Paths: []string{"libcuda.so.1"}}); err == nil || errors.Is(err, ErrNoLibrary) {
		t.Errorf("a relative path: %v", err)
	}
}

func endsWith(err error, text string) bool {
	return len(err.Error()) >= len(text) && err.Error()[len(err.Error())-len(text):] == text
}
