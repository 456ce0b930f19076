package gpu

import (
	"context"
	"math"
	"runtime"
	"sync"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// ErrThreadClosed is returned by Do after Close, or when the thread ended
// because a function called runtime.Goexit on it.
var ErrThreadClosed = errors.New("gpu: the device's thread has ended")

// Thread is a goroutine locked to an OS thread of its own for life. A device
// is opened, used and closed on it. It fulfils protoactor's Dispatcher, for
// exactly one actor: a mailbox has at most one function outstanding, so
// Schedule never blocks.
type Thread struct {
	work chan func() // capacity 1: see Schedule
	quit chan struct{}
	done chan struct{}
	once sync.Once
	tid  int // of the OS thread; set before start runs
}

// NewThread starts the thread and runs start on it, and finish (if not nil)
// before the thread ends. When start fails the thread ends and the error is
// returned: ErrThreadClosed if start called runtime.Goexit. The caller closes
// the thread.
func NewThread(start func() error, finish func()) (*Thread, error) {
	t := &Thread{work: make(chan func(), 1), quit: make(chan struct{}), done: make(chan struct{})}
	ready := make(chan error, 1)
	go t.run(start, finish, ready)
	err := ErrThreadClosed
	select {
	case err = <-ready:
	case <-t.done:
		select { // both, perhaps
		case err = <-ready:
		default:
		}
	}
	if err != nil {
		<-t.done
		return nil, err
	}
	return t, nil
}

// run locks the goroutine and never unlocks it, so that the Go runtime ends
// the OS thread, with whatever the driver left on it, when run returns. The
// main thread is parked and not ended by Go: it is avoided.
func (t *Thread) run(start func() error, finish func(), ready chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		moved := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(moved)
			t.run(start, finish, ready)
		}()
		<-moved
		runtime.UnlockOSThread()
		return
	}
	t.tid = unix.Gettid()
	defer close(t.done)
	if start != nil {
		if err := start(); err != nil {
			ready <- err
			return
		}
	}
	ready <- nil
	if finish != nil {
		defer finish()
	}
	for {
		select {
		case fn := <-t.work:
			fn()
		case <-t.quit:
			t.drain()
			return
		}
	}
}

func (t *Thread) drain() {
	for {
		select {
		case fn := <-t.work:
			fn()
		default:
			return
		}
	}
}

// Schedule queues fn to run on the thread. It blocks only if a second caller
// uses the thread while a function is queued. After the end of the thread fn
// is dropped.
func (t *Thread) Schedule(fn func()) {
	select {
	case <-t.quit:
	case <-t.done:
	case t.work <- fn:
	}
}

// Throughput tells a mailbox never to yield between messages: on a locked
// goroutine a yield costs two switches of the OS thread.
func (t *Thread) Throughput() int { return math.MaxInt }

// Do runs fn on the thread and waits for it; nil says that fn has returned. It
// must not be called from the thread itself. When ctx ends first, fn may still
// run later.
func (t *Thread) Do(ctx context.Context, fn func()) error {
	ran := make(chan struct{})
	select {
	case t.work <- func() { fn(); close(ran) }: // not closed if fn ends the thread
	case <-t.quit:
		return ErrThreadClosed
	case <-t.done:
		return ErrThreadClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-ran:
		return nil
	case <-t.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-ran: // and then the thread ended
		return nil
	default:
		return ErrThreadClosed
	}
}

// Owned reports whether the caller runs on this thread. A function that called
// runtime.UnlockOSThread may have let its goroutine wander off it.
func (t *Thread) Owned() bool { return unix.Gettid() == t.tid }

// Done is closed when the thread has ended.
func (t *Thread) Done() <-chan struct{} { return t.done }

// Close lets the thread finish what is queued and end, and waits until ctx
// ends. It is idempotent and must not be called from the thread itself.
func (t *Thread) Close(ctx context.Context) error {
	t.once.Do(func() { close(t.quit) })
	select {
	case <-t.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
