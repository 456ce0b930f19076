package gpu

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// The main goroutine is on the main thread while packages are initialised, and
// stays there: so that a test can be sure to have that thread.
var wired = func() bool { runtime.LockOSThread(); return true }()

// TestMain runs on the main thread what only can be seen there.
func TestMain(m *testing.M) {
	onMain := offTheMainThread()
	if wired {
		runtime.UnlockOSThread()
	}
	if onMain != nil {
		fmt.Fprintln(os.Stderr, "a thread that was begun on the main thread:", onMain)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// offTheMainThread begins a thread's goroutine on the main thread, which it
// must leave: Go parks the main thread and does not end it.
func offTheMainThread() error {
	if unix.Gettid() != unix.Getpid() {
		return fmt.Errorf("the test is on thread %d, not on the main one", unix.Gettid())
	}
	th := &Thread{work: make(chan func(), 1), quit: make(chan struct{}), done: make(chan struct{})}
	var started, finished int
	ready := make(chan error, 1)
	th.run(func() error { started = unix.Gettid(); return nil }, func() { finished = unix.Gettid() }, ready)
	if err := <-ready; err != nil {
		return err
	}
	used := make(chan int, 1)
	th.Schedule(func() { used <- unix.Gettid() })
	id := <-used
	close(th.quit)
	<-th.done
	if started == unix.Getpid() || id != started || finished != started {
		return fmt.Errorf("it started on %d, worked on %d and finished on %d; the main thread is %d", started, id, finished, unix.Getpid())
	}
	return nil
}
