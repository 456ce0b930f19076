package projecttest

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// symbols answers whether a reference such as gpu/bytes.go#Bytes.Within names
// something that exists.
type symbols struct {
	tree     tree
	declared map[string][]string // the names declared in each Go file
}

func newSymbols(tr tree) *symbols {
	s := &symbols{tree: tr, declared: map[string][]string{}}
	for _, src := range tr.sources {
		s.declared[src.path] = declarations(src.file)
	}
	return s
}

// declarations are the names a file declares; methods are Type.Method.
func declarations(file *ast.File) []string {
	names := []string{}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			names = append(names, receiver(d)+d.Name.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	return names
}

// receiver is "Type." for a method and empty for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) != 1 {
		return ""
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}

// code checks a reference to what fulfils a requirement: a symbol of a Go
// file that is no test, a package's doc.go, a heading of a Markdown file, or
// any other file.
func (s *symbols) code(ref string) error {
	file, symbol, _ := strings.Cut(ref, "#")
	if strings.HasSuffix(file, "_test.go") {
		return fmt.Errorf("is a test; code is what fulfils the requirement")
	}
	if strings.HasSuffix(file, ".go") && (path.Base(file) != "doc.go" || symbol != "") {
		return s.declares(file, symbol)
	}
	if !slices.Contains(s.tree.files, file) {
		return fmt.Errorf("no such file; paths start at the repository root")
	}
	if symbol == "" {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(s.tree.root, filepath.FromSlash(file)))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		isHeading := path.Ext(file) == ".md" && strings.HasPrefix(line, "#") && strings.TrimSpace(strings.TrimLeft(line, "#")) == symbol
		isTarget := path.Base(file) == "Makefile" && strings.HasPrefix(line, symbol+":")
		if isHeading || isTarget {
			return nil
		}
	}
	return fmt.Errorf("the file has no heading or target %q", symbol)
}

// test checks a reference to a test, fuzz target or example, or to a case of
// the conformance suite.
func (s *symbols) test(ref string) error {
	file, symbol, _ := strings.Cut(ref, "#")
	isTest := strings.HasSuffix(file, "_test.go") &&
		(strings.HasPrefix(symbol, "Test") || strings.HasPrefix(symbol, "Fuzz") || strings.HasPrefix(symbol, "Example"))
	if !isTest && path.Dir(file) != "gpu/gputest" {
		return fmt.Errorf("is no test; write path_test.go#TestName")
	}
	return s.declares(file, symbol)
}

func (s *symbols) declares(file, symbol string) error {
	names, ok := s.declared[file]
	switch {
	case !ok:
		return fmt.Errorf("no such file; paths start at the repository root")
	case symbol == "":
		return fmt.Errorf("name a symbol after #")
	case !slices.Contains(names, symbol):
		return fmt.Errorf("the file does not declare %s", symbol)
	}
	return nil
}
