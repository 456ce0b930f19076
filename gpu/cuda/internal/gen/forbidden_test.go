package main

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// cudaRoot is the folder gpu/cuda, from here.
const cudaRoot = "../.."

func TestNoForbiddenFunctionIsInTheList(t *testing.T) {
	bound := 0
	for _, a := range apis() {
		for _, f := range a.functions {
			c, err := parse(f, a.result)
			if err != nil {
				t.Fatal(err)
			}
			bound++
			if reason := banned(c.name); reason != "" {
				t.Errorf("%s is bound: it %s", c.name, reason)
			}
		}
	}
	if bound < 70 {
		t.Errorf("only %d functions are bound", bound)
	}
}

// driverName finds names of functions of the driver in a text.
var driverName = regexp.MustCompile(`\b(cu[A-Z]|nvml[A-Z])\w+`)

// forbiddenNames are the forbidden names in the code of a Go file, its
// comments left out.
func forbiddenNames(source []byte) []string {
	var found []string
	set := token.NewFileSet()
	var s scanner.Scanner
	s.Init(set.AddFile("", set.Base(), len(source)), source, nil, 0)
	for {
		_, tok, text := s.Scan()
		if tok == token.EOF {
			return found
		}
		if tok != token.IDENT && tok != token.STRING {
			continue
		}
		for _, name := range driverName.FindAllString(text, -1) {
			if banned(name) != "" {
				found = append(found, name)
			}
		}
	}
}

func TestNoForbiddenFunctionIsInTheSource(t *testing.T) {
	files := 0
	err := filepath.WalkDir(cudaRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasPrefix(d.Name(), "forbidden") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, name := range forbiddenNames(source) {
			t.Errorf("%s names %s, which must never be bound: it %s", path, name, banned(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 30 {
		t.Errorf("only %d files were found under %s", files, cudaRoot)
	}
}

func TestForbiddenNamesAreFound(t *testing.T) {
	tests := []struct {
		code string
		want int
	}{
		{`package a; var x = "cuMemAllocManaged"`, 1},
		{`package a; func f(l lib) { l.cuMemHostRegister_v2(nil) }`, 1},
		{`package a; var x = "cuMemAlloc_v2"; var y = "cuMemHostAlloc"`, 1},
		{`package a; var x = "cuIpcGetMemHandle cuMemPrefetchAsync_v2"`, 2},
		{`package a; var x = "nvmlDeviceSetComputeMode"`, 1},
		{`package a; var x = "cuMemCreate nvmlDeviceGetName myCuIpc"`, 0},
		{"package a // cuMemAllocManaged is not for us", 0},
	}
	for _, tt := range tests {
		if got := forbiddenNames([]byte(tt.code)); len(got) != tt.want {
			t.Errorf("%s: found %q, want %d", tt.code, got, tt.want)
		}
	}
}
