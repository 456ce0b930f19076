package projecttest

import (
	"fmt"
	"go/ast"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// checkForbidden returns a message for each pattern that code outside tests
// must not contain (security specification, section 4.2): panic, calls that
// panic by contract, ending the process outside main, discarded results,
// unchecked type assertions, init functions.
func checkForbidden(s source) []string {
	var wrong []string
	report := func(n ast.Node, text string) {
		wrong = append(wrong, fmt.Sprintf("%s:%d: %s", s.path, s.line(n), text))
	}
	checked := map[*ast.TypeAssertExpr]bool{}
	excused := excusedLines(s)
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				report(n, "init runs before anybody can handle an error; call a function where it is needed")
			}
		case *ast.AssignStmt:
			markChecked(checked, len(n.Lhs), n.Rhs)
			if discardsCall(n) && !excused[s.line(n)] {
				report(n, "a call's results are all discarded; handle the error or join it to another")
			}
		case *ast.ValueSpec:
			markChecked(checked, len(n.Names), n.Values)
		case *ast.TypeAssertExpr:
			if n.Type != nil && !checked[n] {
				report(n, "this type assertion panics when it is wrong; use the form with ok")
			}
		case *ast.CallExpr:
			if text := forbiddenCall(s, n); text != "" {
				report(n, text)
			}
		}
		return true
	})
	return wrong
}

// excusedLines are the lines with a nolint comment for errcheck; golangci-lint
// makes sure that it gives a reason.
func excusedLines(s source) map[int]bool {
	lines := map[int]bool{}
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//nolint:errcheck // ") {
				lines[s.line(c)] = true
			}
		}
	}
	return lines
}

// markChecked notes type assertions of the form v, ok := x.(T).
func markChecked(checked map[*ast.TypeAssertExpr]bool, left int, right []ast.Expr) {
	if left != 2 || len(right) != 1 {
		return
	}
	if assertion, ok := ast.Unparen(right[0]).(*ast.TypeAssertExpr); ok {
		checked[assertion] = true
	}
}

// discardsCall reports _ = f() and _, _ = f().
func discardsCall(a *ast.AssignStmt) bool {
	for _, left := range a.Lhs {
		if id, ok := left.(*ast.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	for _, right := range a.Rhs {
		if _, ok := ast.Unparen(right).(*ast.CallExpr); ok {
			return true
		}
	}
	return false
}

func forbiddenCall(s source, call *ast.CallExpr) string {
	qualifier, callee := "", ""
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		callee = fun.Name
	case *ast.SelectorExpr:
		callee = fun.Sel.Name
		if id, ok := fun.X.(*ast.Ident); ok {
			qualifier = id.Name
		}
	}
	full := strings.TrimPrefix(qualifier+"."+callee, ".")
	switch {
	case full == "panic":
		return "panic is forbidden; return an error"
	case isMust(callee):
		return full + " panics by contract; use the variant that returns an error"
	case qualifier == "log" && (strings.HasPrefix(callee, "Fatal") || strings.HasPrefix(callee, "Panic")):
		return full + " ends the process; return an error"
	case full == "os.Exit" && !(s.file.Name.Name == "main" && path.Base(s.path) == "main.go"):
		return "os.Exit belongs to main.go; return an error"
	case full == "runtime.Goexit":
		return "runtime.Goexit wedges an actor; return"
	}
	return ""
}

// isMust reports a name such as MustCompile, but not Mustang.
func isMust(callee string) bool {
	rest, ok := strings.CutPrefix(callee, "Must")
	first, _ := utf8.DecodeRuneInString(rest)
	return ok && unicode.IsUpper(first)
}

func TestNoForbiddenPatterns(t *testing.T) {
	for _, s := range loadTree(t).sources {
		if s.test || s.generated || s.module != "" || matches(s.dir, "examples/...") {
			continue
		}
		for _, message := range checkForbidden(s) {
			t.Error(message)
		}
	}
}

func TestForbiddenCheckFindsViolations(t *testing.T) {
	tests := []struct {
		path, body string
		wrong      int
	}{
		{"a/a.go", `func f() { panic("x") }`, 1},
		{"a/a.go", `func f() { defer func() { recover() }() }`, 0},
		{"a/a.go", `var r = regexp.MustCompile("x")`, 1},
		{"a/a.go", `func f() { Mustang() }`, 0},
		{"a/a.go", `func f() { log.Fatalf("x") }`, 1},
		{"a/a.go", `func f() { t.Fatalf("x") }`, 0},
		{"a/a.go", `func f() { os.Exit(1) }`, 1},
		{"a/main.go", `func f() { os.Exit(1) }`, 0},
		{"a/other.go", `func f() { os.Exit(1) }`, 1},
		{"a/a.go", `func f() { _ = g() }`, 1},
		{"a/a.go", `func f() { _, _ = g() }`, 1},
		{"a/a.go", "func f() {\n_ = g() //nolint:errcheck // g cannot fail\n}", 0},
		{"a/a.go", "func f() {\n_ = g() //nolint\n}", 1},
		{"a/a.go", `func f() { v, _ := g(); use(v) }`, 0},
		{"a/a.go", `var _ I = T{}`, 0},
		{"a/a.go", `func f(x any) { v := x.(int); use(v) }`, 1},
		{"a/a.go", `func f(x any) { use(x.(int)) }`, 1},
		{"a/a.go", `func f(x any) { v, ok := x.(int); use(v, ok) }`, 0},
		{"a/a.go", `func f(x any) { if v, ok := x.(int); ok { use(v) } }`, 0},
		{"a/a.go", `func f(x any) { switch x.(type) {} }`, 0},
		{"a/a.go", `func init() {}`, 1},
		{"a/a.go", `func (t T) init() {}`, 0},
		{"a/a.go", `func f() { runtime.Goexit() }`, 1},
	}
	for _, tt := range tests {
		pkg := "a"
		if strings.HasSuffix(tt.path, "main.go") {
			pkg = "main"
		}
		s := planted(t, tt.path, "package "+pkg+"\n"+tt.body+"\n")
		if got := checkForbidden(s); len(got) != tt.wrong {
			t.Errorf("%s: got %q, want %d messages", tt.body, got, tt.wrong)
		}
	}
}
