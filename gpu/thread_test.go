package gpu

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// TestThreadRunsEverythingOnOneThread that is not the main one, and is gone
// after Close.
func TestThreadRunsEverythingOnOneThread(t *testing.T) {
	for range 25 {
		var started, finished int
		th, err := NewThread(func() error { started = unix.Gettid(); return nil }, func() { finished = unix.Gettid() })
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int]int{}
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for range 50 {
					if err := th.Do(t.Context(), func() { seen[unix.Gettid()]++ }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		if err := th.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(seen) != 1 || seen[started] != 200 || finished != started {
			t.Errorf("started on %d, finished on %d, calls %v", started, finished, seen)
		}
		if started == os.Getpid() {
			t.Error("on the main thread")
		}
		awaitThreadEnd(t, started)
	}
}

// awaitThreadEnd yields until the thread is gone: the runtime ends it after the
// goroutine's last instruction.
func awaitThreadEnd(t *testing.T, tid int) {
	t.Helper()
	for {
		if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", tid)); errors.Is(err, os.ErrNotExist) {
			return
		}
		runtime.Gosched()
	}
}

func TestThreadThatDoesNotStart(t *testing.T) {
	no := errors.New("no")
	ended := false
	if _, err := NewThread(func() error { return no }, func() { ended = true }); !errors.Is(err, no) || ended {
		t.Errorf("got %v, finish ran: %v", err, ended)
	}
}

func TestThreadClose(t *testing.T) {
	th, err := NewThread(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	queued := make(chan struct{})
	busy := make(chan struct{})
	th.Schedule(func() { <-busy })
	th.Schedule(func() { close(queued) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := th.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("close of a busy thread: %v", err)
	}
	close(busy)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := th.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	<-queued // what was queued before Close has run
	<-th.Done()
	if err := th.Do(t.Context(), func() { t.Error("ran after Close") }); !errors.Is(err, ErrThreadClosed) {
		t.Errorf("do after close: %v", err)
	}
	th.Schedule(func() { t.Error("ran after Close") })
	if th.Throughput() <= 1<<30 {
		t.Error("a mailbox would yield on a locked thread")
	}
}

func TestThreadDoGivesUp(t *testing.T) {
	th, err := NewThread(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	busy, running := make(chan struct{}), make(chan struct{})
	th.Schedule(func() { close(running); <-busy })
	<-running
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := th.Do(ctx, func() {}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(busy)
	if err := th.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestThreadEndsWithGoexit tells whoever waits.
func TestThreadEndsWithGoexit(t *testing.T) {
	finished := make(chan struct{})
	th, err := NewThread(nil, func() { close(finished) })
	if err != nil {
		t.Fatal(err)
	}
	if err := th.Do(t.Context(), runtime.Goexit); err != nil && !errors.Is(err, ErrThreadClosed) {
		t.Errorf("do: %v", err)
	}
	<-finished
	<-th.Done()
	if err := th.Do(t.Context(), func() {}); !errors.Is(err, ErrThreadClosed) {
		t.Errorf("do after the end: %v", err)
	}
	th.Schedule(func() { t.Error("ran on a thread that has ended") })
	if err := th.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
}
