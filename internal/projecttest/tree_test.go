package projecttest

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// modulePath is the path of the root module.
const modulePath = "github.com/vram-engine/vram-engine"

// source is one parsed Go file.
type source struct {
	path      string // from the repository root, with slashes
	dir       string // the folder of path; "" is the root
	module    string // the folder of the module it belongs to; "" is the root
	lines     int
	test      bool
	generated bool
	file      *ast.File
	fset      *token.FileSet
}

// parseSource parses one file; content may be nil to read it from disk.
func parseSource(root, rel, module string, content []byte) (source, error) {
	if content == nil {
		var err error
		content, err = os.ReadFile(filepath.Join(root, filepath.FromSlash(rel)))
		if err != nil {
			return source{}, err
		}
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, rel, content, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	dir := path.Dir(rel)
	if dir == "." {
		dir = ""
	}
	return source{
		path:      rel,
		dir:       dir,
		module:    module,
		lines:     strings.Count(string(content), "\n"),
		test:      strings.HasSuffix(rel, "_test.go"),
		generated: ast.IsGenerated(file),
		file:      file,
		fset:      fset,
	}, nil
}

// line is the line of a node, for messages.
func (s source) line(n ast.Node) int { return s.fset.Position(n.Pos()).Line }

// imports are the import paths of the file.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// tree is the repository: its root, all files, and the parsed Go files.
type tree struct {
	root    string
	files   []string // every file, from the root, with slashes
	sources []source
}

// ignored are folders that hold nothing of the repository's own.
var ignored = []string{".git", ".bin", "bin", "run", "node_modules"}

var repository = sync.OnceValues(func() (tree, error) {
	root, err := findRoot()
	if err != nil {
		return tree{}, err
	}
	return readTree(root)
})

// loadTree parses the repository once for all tests.
func loadTree(t *testing.T) tree {
	t.Helper()
	tr, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.sources) == 0 {
		t.Fatal("no Go file was found")
	}
	return tr
}

// findRoot goes up from the test's folder to the go.mod of the root module.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.Contains(string(data), "module "+modulePath+"\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fs.ErrNotExist
		}
		dir = parent
	}
}

func readTree(root string) (tree, error) {
	tr := tree{root: root}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a temporary file that another test removed meanwhile
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			for _, name := range ignored {
				if d.Name() == name && (path.Dir(rel) == "." || name != "run" && name != "bin") {
					return fs.SkipDir
				}
			}
			return nil
		}
		if d.Type().IsRegular() && rel != ".git" { // a file in a second work tree
			tr.files = append(tr.files, rel)
		}
		return nil
	})
	if err != nil {
		return tree{}, err
	}
	modules := tr.modules()
	for _, rel := range tr.files {
		if !strings.HasSuffix(rel, ".go") || strings.Contains("/"+rel, "/testdata/") {
			continue
		}
		s, err := parseSource(root, rel, moduleOf(rel, modules), nil)
		if err != nil {
			return tree{}, err
		}
		tr.sources = append(tr.sources, s)
	}
	return tr, nil
}

// modules are the folders with a go.mod, "" for the root.
func (tr tree) modules() []string {
	var dirs []string
	for _, rel := range tr.files {
		if path.Base(rel) == "go.mod" && !strings.Contains("/"+rel, "/testdata/") {
			dirs = append(dirs, strings.TrimSuffix(strings.TrimSuffix(rel, "go.mod"), "/"))
		}
	}
	return dirs
}

// moduleOf is the deepest module folder that holds the file.
func moduleOf(rel string, modules []string) string {
	best := ""
	for _, dir := range modules {
		if strings.HasPrefix(rel, dir+"/") && len(dir) > len(best) {
			best = dir
		}
	}
	return best
}

// matches reports whether a folder is meant by a pattern: the folder itself,
// or with "/..." at the end the folder and all below it.
func matches(dir, pattern string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return dir == base || strings.HasPrefix(dir, base+"/")
	}
	return dir == pattern
}

func matchesAny(dir string, patterns []string) bool {
	for _, p := range patterns {
		if matches(dir, p) {
			return true
		}
	}
	return false
}

// planted parses a made-up file for trying a check.
func planted(t *testing.T, rel, content string) source {
	t.Helper()
	s, err := parseSource("", rel, "", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
