package cudatest_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ebitengine/purego"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestBuildMany has several builds race for one folder.
func TestBuildMany(t *testing.T) {
	cudatest.Start(t, cudatest.Config{}) // skips where there is no compiler
	dir := t.TempDir()
	var wait sync.WaitGroup
	paths, errs := make([]cudatest.Paths, 2), make([]error, 2)
	for i := range paths {
		wait.Go(func() { paths[i], errs[i] = cudatest.Build(dir) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if paths[0] != paths[1] {
		t.Errorf("two places: %v", paths)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d folders are left, %v", len(left), err)
	}
	info, err := os.Stat(paths[0].CUDA)
	if err != nil {
		t.Fatal(err)
	}
	again, err := cudatest.Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := os.Stat(again.CUDA); err != nil || !now.ModTime().Equal(info.ModTime()) {
		t.Errorf("built again, %v", err)
	}
}

func TestBuildWithoutCompiler(t *testing.T) {
	t.Setenv("CC", "no-such-compiler")
	if _, err := cudatest.Build(t.TempDir()); !errors.Is(err, cudatest.ErrNoCompiler) {
		t.Errorf("error %v", err)
	}
	t.Setenv("CC", "false")
	if _, err := cudatest.Build(t.TempDir()); err == nil || errors.Is(err, cudatest.ErrNoCompiler) {
		t.Errorf("a compiler that fails: %v", err)
	}
}

func TestOpenSomethingElse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "libcuda.so.1")
	if err := os.WriteFile(file, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, file + ".none", "libc.so.6"} {
		if _, err := cudatest.Open(cudatest.Paths{CUDA: path}); err == nil {
			t.Errorf("%s was opened", filepath.Base(path))
		}
	}
}

// TestFakeHasEveryFunction compares the libraries with the generated header.
func TestFakeHasEveryFunction(t *testing.T) {
	c := cudatest.Start(t, cudatest.Config{})
	header, err := os.ReadFile(filepath.Join("..", "testdata", "fakecuda", "abi_gen.h"))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for path, pattern := range map[string]string{c.Paths().CUDA: `X\((cu\w+)\)`, c.Paths().NVML: `X\((nvml\w+)\)`} {
		library, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(header), -1) {
			count++
			if _, err := purego.Dlsym(library, match[1]); err != nil {
				t.Errorf("%s is missing", match[1])
			}
		}
	}
	if count < 70 {
		t.Errorf("the header names %d functions only", count)
	}
}

// TestOtherCompilers compiles the fake, strictly, with every compiler that is there.
func TestOtherCompilers(t *testing.T) {
	c := cudatest.Start(t, cudatest.Config{})
	tried := 0
	for _, name := range []string{"clang", "clang-19", "gcc"} {
		if _, err := exec.LookPath(name); err != nil {
			continue
		}
		tried++
		t.Setenv("CC", name)
		if _, err := cudatest.Build(""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tried == 0 {
		t.Logf("only the compiler of %s is here", filepath.Dir(c.Paths().CUDA))
	}
}

// TestAnotherProcess rules the fake of a program from outside.
func TestAnotherProcess(t *testing.T) {
	if os.Getenv("CUDATEST_CHILD") != "" {
		child(t)
		return
	}
	paths := cudatest.Start(t, cudatest.Config{}).Paths()
	socket := filepath.Join(t.TempDir(), "s")
	program := exec.Command(os.Args[0], "-test.run=^TestAnotherProcess$", "-test.v")
	program.Env = slices.Concat(os.Environ(), paths.Environment(cudatest.Config{Devices: 3, Driver: 12010, Name: "Far GPU"}, socket),
		[]string{"CUDATEST_CHILD=1", "FAKECUDA_RULES=fail cuDriverGetVersion 2 802;latency cuInit 1"})
	in, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	program.Stderr = os.Stderr
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	await(t, out, &text, "ready")
	remote := cudatest.Dial(t, socket)
	if got := remote.List(2); len(got) != 0 {
		t.Errorf("allocations %v", got)
	}
	if _, ok := remote.Find(2, []byte("nothing")); ok {
		t.Error("found something")
	}
	if got := remote.Calls(); !slices.Contains(got, "cuDriverGetVersion = 802") {
		t.Errorf("calls %q", got)
	}
	remote.Fail("cuDriverGetVersion", 1, notReady)
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	await(t, out, &text, "failed as told")
	if err := program.Wait(); err != nil {
		t.Errorf("%v\n%s", err, text.String())
	}
}
