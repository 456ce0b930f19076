package vram

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	cockroach "github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
)

// sentinels lists the names of the exported errors that errors.go declares.
func sentinels(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			for _, name := range v.Names {
				if strings.HasPrefix(name.Name, "Err") {
					names = append(names, name.Name)
				}
			}
		}
		return true
	})
	return names
}

// TestEverySentinelHasARow compares the table with the declarations.
func TestEverySentinelHasARow(t *testing.T) {
	rows := errorTable()
	if declared := sentinels(t); len(declared) != len(rows) || len(rows) == 0 {
		t.Errorf("%d sentinels are declared and the table has %d rows", len(declared), len(rows))
	}
	kinds := map[string]bool{}
	for _, r := range rows {
		if kinds[r.kind] || r.kind == "" || r.rpc == "" || r.exit < 1 || r.exit > 8 {
			t.Errorf("row %+v", r)
		}
		kinds[r.kind] = true
		if got := ErrorOf(KindOf(r.sentinel)); got != r.sentinel { //nolint:errorlint // identity is meant
			t.Errorf("%s: the name leads to %v", r.kind, got)
		}
		if ExitStatus(r.sentinel) != r.exit || RPCCode(r.sentinel) != r.rpc || Retriable(r.sentinel) != r.retriable {
			t.Errorf("%s: exit %d, code %s", r.kind, ExitStatus(r.sentinel), RPCCode(r.sentinel))
		}
		if !strings.HasPrefix(r.sentinel.Error(), "vram: ") {
			t.Errorf("%v has no prefix", r.sentinel)
		}
	}
}

// TestExitStatuses are those of the command line's contract.
func TestExitStatuses(t *testing.T) {
	want := map[error]int{
		nil: 0, ErrInternal: 1, ErrCallback: 1, ErrCanceled: 1, errors.New("foreign"): 1,
		ErrInvalidInput: 2, ErrNotFound: 2, ErrConflict: 2, ErrNotSealed: 2,
		ErrSealVerificationFailed: 3, ErrIntegrityViolation: 3, ErrPolicyViolation: 4,
		ErrInsufficientVRAM: 5, ErrAllocationFailed: 5, ErrAuditUnavailable: 6,
		ErrStopped: 7, ErrQuarantined: 7, ErrOverloaded: 7, ErrNoDevice: 7, ErrDeviceLost: 8,
	}
	for err, status := range want {
		if got := ExitStatus(err); got != status {
			t.Errorf("%v: exit status %d, want %d", err, got, status)
		}
	}
	if ErrorOf("no such kind") != ErrInternal || KindOf(errors.New("foreign")) != "internal" { //nolint:errorlint // identity is meant
		t.Error("what is not known must be internal")
	}
}

// TestEveryTranslation wraps what each row is made from and looks at the result
// with the standard library.
func TestEveryTranslation(t *testing.T) {
	for i, row := range append(translation(), openTranslation()...) {
		op := "op"
		if i >= len(translation()) {
			op = opOpen
			if later := translate("release", "shard", row.from); !errors.Is(later, ErrInternal) || ExitStatus(later) != 1 {
				t.Errorf("%v of a driver, later, became %v", row.from, later)
			}
		}
		for name, err := range map[string]error{
			"bare": row.from, "fmt": fmt.Errorf("more: %w", row.from), "cockroach": cockroach.Wrap(row.from, "more"),
			"joined": errors.Join(errors.New("other"), row.from),
		} {
			got := translate(op, "shard", err)
			var ours *Error
			if !errors.Is(got, row.to) || !errors.Is(got, row.from) || !errors.As(got, &ours) {
				t.Errorf("%v (%s) became %v, want %v", row.from, name, got, row.to)
				continue
			}
			if ours.Kind != row.to || ours.Op != op || ours.Shard != "shard" { //nolint:errorlint // identity is meant
				t.Errorf("%v (%s): %+v", row.from, name, ours)
			}
			if translate("again", "", got) != got { //nolint:errorlint // identity is meant
				t.Errorf("%v was translated twice", got)
			}
		}
	}
	if translate("op", "", nil) != nil {
		t.Error("no error became one")
	}
	if got := translate("op", "", errors.New("foreign")); !errors.Is(got, ErrInternal) || Retriable(got) {
		t.Errorf("a foreign error became %v", got)
	}
	if got := translate("op", "", &actors.Error{Code: actors.ErrCrashed}); !errors.Is(got, ErrInternal) || !Retriable(got) {
		t.Errorf("a crash became %v", got)
	}
	driver := &gpu.Error{Op: "write", Device: 3, Code: gpu.ErrUnknown}
	var ours *Error
	if got := translate("op", "", driver); !errors.As(got, &ours) || ours.Device != 3 {
		t.Errorf("a driver's error became %v", got)
	}
}

func TestPrecedence(t *testing.T) {
	for want, parts := range map[error][]error{
		ErrSealVerificationFailed: {actors.ErrSeal, context.Canceled, actors.ErrNotFound},
		ErrIntegrityViolation:     {actors.ErrIntegrity, gpu.ErrLost},
		ErrDeviceLost:             {context.Canceled, gpu.ErrLost},
		ErrAuditUnavailable:       {actors.ErrAuditFailed, context.DeadlineExceeded},
	} {
		if got := translate("op", "", errors.Join(parts...)); !errors.Is(got, want) || KindOf(got) != KindOf(want) {
			t.Errorf("%v became %v", parts, KindOf(got))
		}
	}
}

func TestInsufficientVRAMCarriesBothFigures(t *testing.T) {
	got := translate("seal", "x", cockroach.Wrap(&ledger.InsufficientError{Needed: 7 * gpu.MiB, Available: 3*gpu.MiB + 1}, "more"))
	var short *InsufficientVRAMError
	if !errors.As(got, &short) || short.Needed != 7*gpu.MiB || short.Available != 3*gpu.MiB+1 || !errors.Is(got, ErrInsufficientVRAM) {
		t.Fatalf("got %v", got)
	}
	for _, figure := range []string{"7340032", "3145729", "7 MiB"} {
		if !strings.Contains(got.Error(), figure) {
			t.Errorf("%q does not name %s", got, figure)
		}
	}
	if !Retriable(got) || ExitStatus(got) != 5 {
		t.Errorf("exit %d", ExitStatus(got))
	}
}
