package projecttest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const dependenciesFile = "docs/dependencies.md"

// modFile is what the test needs of a go.mod.
type modFile struct {
	required []string // every required module
	direct   []string // those that go.mod does not call indirect
	tools    []string // the packages of tool lines
}

// parseMod reads the require and tool lines of a go.mod.
func parseMod(text string) modFile {
	var m modFile
	block := ""
	for line := range strings.Lines(text) {
		code, comment, _ := strings.Cut(line, "//")
		fields := strings.Fields(code)
		switch {
		case len(fields) == 0:
		case fields[0] == ")":
			block = ""
		case len(fields) == 2 && fields[1] == "(":
			block = fields[0]
		default:
			verb := block
			if verb == "" {
				verb, fields = fields[0], fields[1:]
			}
			if len(fields) == 0 {
				continue
			}
			switch verb {
			case "require":
				m.required = append(m.required, fields[0])
				if strings.TrimSpace(comment) != "indirect" {
					m.direct = append(m.direct, fields[0])
				}
			case "tool":
				m.tools = append(m.tools, fields[0])
			}
		}
	}
	return m
}

// owner is the longest module whose path is imp or lies above it.
func (m modFile) owner(imp string) string {
	best := ""
	for _, module := range m.required {
		if matches(imp, module+"/...") && len(module) > len(best) {
			best = module
		}
	}
	return best
}

// directDependencies are the modules that a module's code imports, that its
// go.mod requires directly, or that hold its tools; never this project's own.
func directDependencies(m modFile, imports []string) []string {
	found := slices.Clone(m.direct)
	for _, imp := range slices.Concat(imports, m.tools) {
		if owner := m.owner(imp); owner != "" {
			found = append(found, owner)
		}
	}
	found = slices.DeleteFunc(found, func(module string) bool { return matches(module, modulePath+"/...") })
	slices.Sort(found)
	return slices.Compact(found)
}

// documented are the modules with a row in the table of dependencies.
func documented(text string) []string {
	var modules []string
	for line := range strings.Lines(text) {
		if cell, ok := strings.CutPrefix(line, "| `"); ok {
			module, _, _ := strings.Cut(cell, "`")
			modules = append(modules, module)
		}
	}
	return modules
}

func TestEveryDirectDependencyIsDocumented(t *testing.T) {
	tr := loadTree(t)
	text, err := os.ReadFile(filepath.Join(tr.root, filepath.FromSlash(dependenciesFile)))
	if err != nil {
		t.Fatal(err)
	}
	rows := documented(string(text))
	var used []string
	for _, module := range tr.modules() {
		content, err := os.ReadFile(filepath.Join(tr.root, filepath.FromSlash(module), "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		var imports []string
		for _, s := range tr.sources {
			if s.module == module {
				imports = append(imports, s.imports()...)
			}
		}
		for _, dependency := range directDependencies(parseMod(string(content)), imports) {
			used = append(used, dependency)
			if !slices.Contains(rows, dependency) {
				t.Errorf("%s: no row for %s, which %s/go.mod needs directly; say what it is for, its licence, upkeep, weight and alternative", dependenciesFile, dependency, module)
			}
		}
	}
	for _, row := range rows {
		if !slices.Contains(used, row) {
			t.Errorf("%s: the row for %s is about no direct dependency any more", dependenciesFile, row)
		}
	}
}

func TestDependenciesCheckFindsViolations(t *testing.T) {
	m := parseMod(`module ` + modulePath + `/x

go 1.26

tool example.com/tool/cmd/it

require example.com/single v1.0.0

require (
	example.com/direct v1.0.0
	example.com/imported v1.0.0 // indirect
	example.com/imported/deep v1.0.0 // indirect
	example.com/tool v1.0.0 // indirect
	example.com/unused v1.0.0 // indirect
	` + modulePath + ` v0.0.0
)

replace ` + modulePath + ` => ../
`)
	got := directDependencies(m, []string{"fmt", "example.com/imported/deep/pkg", modulePath + "/gpu"})
	want := []string{"example.com/direct", "example.com/imported/deep", "example.com/single", "example.com/tool"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	rows := documented("| Module | For |\n| --- | --- |\n| `example.com/direct` | x |\n")
	if fmt.Sprint(rows) != "[example.com/direct]" {
		t.Errorf("documented = %q", rows)
	}
}

// versions maps each required module to its version.
func versions(text string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) >= 2 && strings.HasPrefix(fields[1], "v") {
			found[fields[0]] = fields[1]
		}
	}
	return found
}

// The generators must fit the libraries that the generated code runs on.
func TestGeneratorsHaveTheVersionsOfTheirLibraries(t *testing.T) {
	tr := loadTree(t)
	var pins [2]map[string]string
	for i, file := range []string{"go.mod", "tools/go.mod"} {
		content, err := os.ReadFile(filepath.Join(tr.root, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		pins[i] = versions(string(content))
	}
	for _, module := range []string{"google.golang.org/protobuf", "connectrpc.com/connect"} {
		if library, generator := pins[0][module], pins[1][module]; library == "" || library != generator {
			t.Errorf("%s is %q in go.mod and %q in tools/go.mod; they must be the same", module, library, generator)
		}
	}
}
