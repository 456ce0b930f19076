package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// late is a context that ends when somebody begins to wait for its end, which
// nobody does before the input has ended.
type late struct {
	context.Context
	over chan struct{}
}

func newLate() late { return late{context.Background(), make(chan struct{})} }

func (l late) Done() <-chan struct{} {
	close(l.over)
	return l.over
}

func (l late) Err() error {
	select {
	case <-l.over:
		return context.Canceled
	default:
		return nil
	}
}

func TestEndOfAPipeAtASignal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if _, err := w.WriteString("a part"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(interruptible(newLate(), r))
	if string(got) != "a part" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %q, %v; the writer may have ended with the same signal", got, err)
	}
}

func TestEndOfInput(t *testing.T) {
	name := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(name, []byte("all"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	// The end of a file is its end: nobody waits for a signal.
	if got, err := io.ReadAll(interruptible(newLate(), f)); string(got) != "all" || err != nil {
		t.Errorf("a file: got %q, %v", got, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(interruptible(t.Context(), r)); len(got) != 0 || err != nil {
		t.Errorf("a pipe: got %q, %v", got, err)
	}
}
