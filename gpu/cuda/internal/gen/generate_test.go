package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGeneratedFilesAreUpToDate(t *testing.T) {
	files, err := generate(apis())
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 11 {
		t.Errorf("%d files are generated", len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(cudaRoot, "../..", filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the list gives; run: make generate", name)
		}
	}
	dir := t.TempDir()
	if err := run([]string{dir}); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not written: %v", name, err)
		}
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	for _, args := range [][]string{nil, {"a", "b"}, {"/dev/null"}} {
		if err := run(args); err == nil {
			t.Errorf("%q is no error", args)
		}
	}
}

func TestListHasNothingTwice(t *testing.T) {
	seen := map[string]bool{}
	once := func(kind, name string) {
		if key := kind + " " + name; name == "" || seen[key] {
			t.Errorf("%s %q is there twice, or has no name", kind, name)
		} else {
			seen[key] = true
		}
	}
	for _, a := range apis() {
		for _, f := range a.functions {
			c, err := parse(f, a.result)
			if err != nil {
				t.Fatal(err)
			}
			once("function", c.name)
		}
		for _, e := range a.enums {
			once("type", e.c)
			numbers := map[int64]bool{}
			for _, v := range e.values {
				once("value", v.name)
				once(a.pkg, goConstant(e, v))
				if !strings.HasPrefix(v.name, e.prefix) || numbers[v.number] {
					t.Errorf("%s in %s: a wrong prefix, or a number twice", v.name, e.c)
				}
				numbers[v.number] = true
			}
		}
		for _, c := range a.constants {
			once("value", c.name)
			once(a.pkg, c.goName)
		}
		for _, l := range a.layouts {
			once("type", l.c)
		}
	}
}

func TestParse(t *testing.T) {
	got, err := parse(function{prototype: "const char *f(const void *a, unsigned int b,void **c)"}, "R")
	if err != nil {
		t.Fatal(err)
	}
	want := []param{{"const void *", "a"}, {"unsigned int", "b"}, {"void **", "c"}}
	if got.name != "f" || got.result != "const char *" || len(got.params) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i, p := range got.params {
		if p != want[i] {
			t.Errorf("parameter %d is %q, want %q", i, p, want[i])
		}
	}
	if got, err := parse(function{prototype: "f(void)"}, "R"); err != nil || got.result != "R" || len(got.params) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, wrong := range []string{"", "f", "f(int a", "(int a)", "f(a)", "f(int)", "f(int a) x", "f(int a,)"} {
		if got, err := parse(function{prototype: wrong}, "R"); err == nil {
			t.Errorf("%q gives %+v", wrong, got)
		}
	}
}

func TestUnknownTypesAreRefused(t *testing.T) {
	known := goTypes(api{})
	for _, c := range []string{"double", "CUwhatever *", "int **", "void ***", ""} {
		if got, err := goType(c, known); err == nil {
			t.Errorf("%q becomes %s", c, got)
		}
	}
	list := []api{{pkg: "p", result: "int", functions: []function{{prototype: "f(CUwhatever x)"}}}}
	if _, err := generate(list); err == nil {
		t.Error("a function of an unknown type is generated")
	}
}
