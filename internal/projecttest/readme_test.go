package projecttest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// block is one piece of Go code in a Markdown file.
type block struct {
	file string
	line int
	code string
}

// goBlocks finds the code between ```go and ```.
func goBlocks(file, text string) []block {
	var blocks []block
	var open *block
	number := 0
	for line := range strings.Lines(text) {
		number++
		fence := strings.TrimSpace(line)
		switch {
		case open == nil && fence == "```go":
			open = &block{file: file, line: number + 1}
		case open != nil && fence == "```":
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.code += line
		}
	}
	if open != nil {
		blocks = append(blocks, *open) // not closed: what follows will not compile
	}
	return blocks
}

// compileBlocks compiles each block as a package of somebody who imports this
// module, offline, and returns the compiler's output when that fails.
func compileBlocks(t *testing.T, root string, blocks []block) error {
	t.Helper()
	dir := t.TempDir()
	for i, b := range blocks {
		if !strings.HasPrefix(strings.TrimSpace(b.code), "package ") && !strings.Contains(b.code, "\npackage ") {
			return fmt.Errorf("%s:%d: the block is no whole file: begin it with a package clause", b.file, b.line)
		}
		folder := filepath.Join(dir, fmt.Sprintf("block%d", i+1))
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
		// The line directive makes the compiler name the Markdown file.
		code := fmt.Sprintf("//line %s:%d\n%s", filepath.Join(root, b.file), b.line, b.code)
		if err := os.WriteFile(filepath.Join(folder, "block.go"), []byte(code), 0o644); err != nil {
			return err
		}
	}
	if err := writeModule(root, dir); err != nil {
		return err
	}
	vet := exec.CommandContext(t.Context(), "go", "vet", "./...")
	vet.Dir = dir
	vet.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := vet.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// writeModule makes a module that imports the root module from its folder,
// with the same versions of everything else, so that no network is needed.
func writeModule(root, dir string) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(mod), "\n")
	text := fmt.Sprintf("module example.com/embedder\n%s\nrequire %s v0.0.0\nreplace %s => %s\n", rest, modulePath, modulePath, root)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}

func TestCodeInDocumentsCompiles(t *testing.T) {
	tr := loadTree(t)
	var blocks []block
	inReadme := 0
	for _, rel := range tr.files {
		if rel != "README.md" && !(strings.HasPrefix(rel, "docs/") && strings.HasSuffix(rel, ".md")) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(tr.root, filepath.FromSlash(rel)))
		if err != nil {
			t.Fatal(err)
		}
		found := goBlocks(rel, string(text))
		if rel == "README.md" {
			inReadme = len(found)
		}
		blocks = append(blocks, found...)
	}
	if inReadme == 0 {
		t.Error("README.md has no ```go block; it must show how the package is used")
	}
	if len(blocks) == 0 {
		return
	}
	if err := compileBlocks(t, tr.root, blocks); err != nil {
		t.Error(err)
	}
}

func TestDocumentCodeCheckFindsViolations(t *testing.T) {
	root := loadTree(t).root
	text := "text\n```go\npackage main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n```\n```sh\nls\n```\n"
	good := goBlocks("README.md", text)
	if len(good) != 1 || good[0].line != 3 || !strings.HasPrefix(good[0].code, "package main\n") {
		t.Fatalf("goBlocks = %+v", good)
	}
	if err := compileBlocks(t, root, good); err != nil {
		t.Errorf("a good block: %v", err)
	}
	tests := []struct{ name, code, want string }{
		{"undefined name", "package main\n\nfunc main() { undefined() }\n", "README.md:9"},
		{"no package", "x := 1\n", "no whole file"},
		{"internal package", "package main\n\nimport _ \"" + modulePath + "/internal/projecttest\"\n\nfunc main() {}\n", "internal"},
		{"unclosed string", "package main\n\nvar x = \"\n", "README.md"},
	}
	for _, tt := range tests {
		err := compileBlocks(t, root, []block{{file: "README.md", line: 7, code: tt.code}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", tt.name, err, tt.want)
		}
	}
}
