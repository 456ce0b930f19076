package gpu

import (
	"errors"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// TestThreadThatDoesNotStartIsGone ends the OS thread, also when the start
// function ends the goroutine.
func TestThreadThatDoesNotStartIsGone(t *testing.T) {
	no := errors.New("no")
	for what, row := range map[string]struct {
		start func() error
		want  error
	}{
		"error":  {func() error { return no }, no},
		"goexit": {func() error { runtime.Goexit(); return nil }, ErrThreadClosed},
	} {
		for range 20 {
			id := 0
			th, err := NewThread(func() error { id = unix.Gettid(); return row.start() }, func() { t.Errorf("%s: finish ran", what) })
			if th != nil || !errors.Is(err, row.want) {
				t.Fatalf("%s: got %v, %v", what, th, err)
			}
			awaitThreadEnd(t, id)
		}
	}
}

// TestThreadDoTellsWhatRan as the thread ends: nil only if the function
// returned.
func TestThreadDoTellsWhatRan(t *testing.T) {
	for range 300 {
		th, err := NewThread(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		ran := false
		told := make(chan error, 1)
		go func() { told <- th.Do(t.Context(), func() { ran = true }) }()
		if err := th.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		switch err := <-told; {
		case err == nil && !ran:
			t.Fatal("it did not run, and no error was told")
		case err != nil && (ran || !errors.Is(err, ErrThreadClosed)):
			t.Fatalf("it ran: %v, and the error was %v", ran, err)
		}
		other, err := NewThread(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Do(t.Context(), runtime.Goexit); !errors.Is(err, ErrThreadClosed) {
			t.Fatalf("a function that ended the thread: %v", err)
		}
	}
}
