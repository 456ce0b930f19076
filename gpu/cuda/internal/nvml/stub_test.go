package nvml

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
	args = append(args, "testdata/stub.c", "testdata/rest.c")
	if text, err := exec.Command(compiler, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", compiler, err, text)
	}
	return out
}

func openStub(t *testing.T, flags ...string) *Library {
	t.Helper()
	l, err := Open(Options{Paths: []string{build(t, "stub.so", flags...)}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	l := openStub(t, "-DnvmlDeviceGetRemappedRows=some_other", "-DnvmlDeviceGetFieldValues=another")
	if l.Has("nvmlDeviceGetRemappedRows") || !l.Has("nvmlInit_v2") || l.Has("getpid") {
		t.Error("Has does not know what the library has")
	}
	if _, r := l.RemappedRows(1); r != ErrorFunctionNotFound {
		t.Errorf("a missing function answers %s", r.Name())
	}
	if _, r := l.RecoveryAction(1); r != ErrorFunctionNotFound {
		t.Errorf("a missing function answers %s", r.Name())
	}
	broken := build(t, "broken.so", "-DnvmlEventSetCreate=some_other")
	if _, err := Open(Options{Paths: []string{broken}}); !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), "has no nvmlEventSetCreate: ") {
		t.Errorf("got %v", err)
	}
	if _, err := Open(Options{Paths: []string{"/nonexistent/libnvidia-ml.so.1"}}); !errors.Is(err, ErrNoLibrary) {
		t.Errorf("got %v", err)
	}
}
