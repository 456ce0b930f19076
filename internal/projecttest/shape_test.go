package projecttest

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	maxLines         = 300 // no hand-written file is longer
	maxMedianLines   = 120 // of hand-written files that are no tests
	maxExportedTypes = 15  // of one importable package
)

// manyTypes are the packages that may export more types, each with the reason.
var manyTypes = map[string]struct {
	most   int
	reason string
}{
	"":       {25, "the façade: one type for each request and each answer"},
	"actors": {25, "what the façade hands through: requests, answers, snapshots, events"},
	"gpu":    {30, "the contract that every backend fulfils: one small type for each idea of it"},
}

// headings stand in the documentation of every package, in this order.
var headings = []string{"What", "Not for", "Ownership", "Concurrency", "Units", "Failure"}

// emptyNames say nothing about the idea of a file.
var emptyNames = []string{"util", "utils", "type", "types", "helper", "helpers", "common", "misc", "base", "lib"}

// packages groups the hand-written sources of the root module by folder.
func packages(sources []source) map[string][]source {
	found := map[string][]source{}
	for _, s := range sources {
		if s.module == "" && !s.generated && !s.test {
			found[s.dir] = append(found[s.dir], s)
		}
	}
	return found
}

// checkDoc returns what is wrong with a package's documentation. A program
// needs a package comment only, in whichever file.
func checkDoc(dir string, files []source) []string {
	program := files[0].file.Name.Name == "main"
	for _, s := range files {
		if path.Base(s.path) != "doc.go" && !program || s.file.Doc == nil {
			continue
		}
		var got []string
		for line := range strings.Lines(s.file.Doc.Text()) {
			heading, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
			if ok && slices.Contains(headings, heading) {
				got = append(got, heading)
			}
		}
		if !program && !slices.Equal(got, headings) {
			return []string{fmt.Sprintf("%s: has the headings %q, want %q in this order", s.path, got, headings)}
		}
		return nil
	}
	return []string{fmt.Sprintf("package %s has no doc.go with a package comment", name(dir))}
}

func TestEveryPackageDocumentsItself(t *testing.T) {
	for dir, files := range packages(loadTree(t).sources) {
		for _, message := range checkDoc(dir, files) {
			t.Error(message)
		}
	}
}

// checkFile returns what is wrong with a file's length and name.
func checkFile(s source) []string {
	var wrong []string
	if s.lines > maxLines {
		wrong = append(wrong, fmt.Sprintf("%s: has %d lines; split it by idea, the limit is %d", s.path, s.lines, maxLines))
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(s.path), ".go"), "_test")
	if slices.Contains(emptyNames, stem) {
		wrong = append(wrong, fmt.Sprintf("%s: the name says nothing; name the file after its idea", s.path))
	}
	return wrong
}

func TestFilesAreShortAndNamed(t *testing.T) {
	var lengths []int
	for _, s := range loadTree(t).sources {
		if s.generated {
			continue
		}
		for _, message := range checkFile(s) {
			t.Error(message)
		}
		if !s.test && s.module == "" {
			lengths = append(lengths, s.lines)
		}
	}
	slices.Sort(lengths)
	if median := lengths[len(lengths)/2]; median > maxMedianLines {
		t.Errorf("the median file has %d lines; the aim is at most %d", median, maxMedianLines)
	}
}

// exportedTypes counts the exported types of a package; an alias counts too.
func exportedTypes(files []source) int {
	count := 0
	for _, s := range files {
		for _, decl := range s.file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() {
					count++
				}
			}
		}
	}
	return count
}

func TestPackagesExportFewTypes(t *testing.T) {
	for dir, files := range packages(loadTree(t).sources) {
		most := maxExportedTypes
		if exception, ok := manyTypes[dir]; ok {
			most = exception.most
		}
		if count := exportedTypes(files); count > most {
			t.Errorf("%s exports %d types, more than %d; split it, or give it a row with a reason in manyTypes", name(dir), count, most)
		}
	}
}

func TestShapeChecksFindViolations(t *testing.T) {
	good := "// Package a is.\n//\n// # What\n//\n// # Not for\n//\n// # Ownership\n//\n// # Concurrency\n//\n// # Units\n//\n// # Failure\n//\n// None.\npackage a\n"
	docs := []struct {
		path, content string
		wrong         int
	}{
		{"a/doc.go", good, 0},
		{"a/a.go", good, 1},
		{"a/doc.go", "package a\n", 1},
		{"a/doc.go", strings.Replace(good, "# Units", "# Sizes", 1), 1},
		{"a/main.go", "// Command a is.\npackage main\n", 0},
		{"a/main.go", "package main\n", 1},
	}
	for _, tt := range docs {
		if got := checkDoc("a", []source{planted(t, tt.path, tt.content)}); len(got) != tt.wrong {
			t.Errorf("%s %q: got %q, want %d messages", tt.path, tt.content, got, tt.wrong)
		}
	}
	for path, lines := range map[string]int{"a/long.go": maxLines, "a/utils.go": 1, "a/types_test.go": 1} {
		s := planted(t, path, "package a\n"+strings.Repeat("\n", lines))
		if got := checkFile(s); len(got) != 1 {
			t.Errorf("%s: got %q, want one message", path, got)
		}
	}
	s := planted(t, "a/a.go", "package a\ntype A int\ntype b int\ntype (C = A; D[T any] struct{})\n")
	if got := exportedTypes([]source{s}); got != 3 {
		t.Errorf("exportedTypes = %d, want 3", got)
	}
}
