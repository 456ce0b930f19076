package fdpass

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const user = 42

// desk starts a desk on a socket of its own.
func desk(t *testing.T, limit int, wait time.Duration) (*Desk, string, *refusals) {
	t.Helper()
	dir, err := os.MkdirTemp("", "fd")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s.fd")
	l, err := net.ListenUnix(network, &net.UnixAddr{Name: path, Net: network})
	if err != nil {
		t.Fatal(err)
	}
	d, r := NewDesk(limit), &refusals{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- d.Serve(ctx, l, wait, func(*net.UnixConn) (uint32, error) { return user, nil }, r.add)
	}()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, d.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
		if n := d.Waiting(); n != 0 {
			t.Errorf("%d files still wait after the desk closed", n)
		}
	})
	return d, path, r
}

func anybody(*net.UnixConn) error { return nil }

type refusals struct {
	mu  sync.Mutex
	all []error
}

func (r *refusals) add(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, err)
}

func file(t *testing.T, content string) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func ticket(t *testing.T) Ticket {
	t.Helper()
	k, err := NewTicket()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPassedFileIsClaimedOnce(t *testing.T) {
	d, path, _ := desk(t, 0, time.Minute)
	k := ticket(t)
	c, err := Send(t.Context(), path, file(t, "weights"), k, anybody)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := d.Claim(user+1, k); !errors.Is(err, ErrUnknownTicket) {
		t.Fatalf("another user claimed the file: %v", err)
	}
	f, err := d.Claim(user, k)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != "weights" {
		t.Fatalf("read %q, %v", b, err)
	}
	if flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Fatalf("the received descriptor would leak into children: flags %d, %v", flags, err)
	}
	if _, err := d.Claim(user, k); !errors.Is(err, ErrUnknownTicket) {
		t.Fatalf("claimed twice: %v", err)
	}
}

// closedByDesk waits until the desk ends the connection.
func closedByDesk(t *testing.T, c net.Conn) {
	t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Fatalf("read %d bytes, %v; want the end of the connection", n, err)
	}
}

func TestUnclaimedFileIsDropped(t *testing.T) {
	t.Run("when its time is up", func(t *testing.T) {
		d, path, _ := desk(t, 0, time.Millisecond)
		k := ticket(t)
		c, err := Send(t.Context(), path, file(t, "x"), k, anybody)
		if errors.Is(err, ErrRefused) {
			return // the time was up before the file came; that is dropped too
		}
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		closedByDesk(t, c)
		if _, err := d.Claim(user, k); !errors.Is(err, ErrUnknownTicket) {
			t.Fatalf("claimed after its time: %v", err)
		}
	})
	t.Run("when its client goes", func(t *testing.T) {
		d, path, _ := desk(t, 1, time.Minute)
		c, err := Send(t.Context(), path, file(t, "x"), ticket(t), anybody)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		for d.Waiting() != 0 { // ends when the desk has seen the disconnect
			if t.Context().Err() != nil {
				t.Fatal("the file still waits")
			}
		}
	})
}

func TestLimitPerUser(t *testing.T) {
	d, path, _ := desk(t, 2, time.Minute)
	for range 2 {
		c, err := Send(t.Context(), path, file(t, "x"), ticket(t), anybody)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if _, err := Send(t.Context(), path, file(t, "x"), ticket(t), anybody); !errors.Is(err, ErrRefused) {
		t.Fatalf("a third file: %v", err)
	}
	if d.Waiting() != 2 {
		t.Fatalf("%d wait", d.Waiting())
	}
}

func TestMalformedMessagesAreRefused(t *testing.T) {
	f := file(t, "x")
	fd := int(f.Fd())
	k := ticket(t)
	for name, m := range map[string]struct{ data, oob []byte }{
		"no descriptor":    {k[:], nil},
		"two descriptors":  {k[:], unix.UnixRights(fd, fd)},
		"many descriptors": {k[:], unix.UnixRights(fd, fd, fd, fd, fd, fd, fd, fd)},
		"short ticket":     {k[:15], unix.UnixRights(fd)},
		"long ticket":      {append(k[:], 0), unix.UnixRights(fd)},
		"very long ticket": {make([]byte, 4096), unix.UnixRights(fd)},
		"credentials":      {k[:], unix.UnixCredentials(&unix.Ucred{Pid: int32(os.Getpid())})},
	} {
		t.Run(name, func(t *testing.T) {
			d, path, _ := desk(t, 0, time.Minute)
			c, err := net.DialUnix(network, nil, &net.UnixAddr{Name: path, Net: network})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, _, err := c.WriteMsgUnix(m.data, m.oob, nil); err != nil {
				t.Fatal(err)
			}
			closedByDesk(t, c)
			if d.Waiting() != 0 {
				t.Fatal("the desk kept something")
			}
		})
	}
}

func TestTicketUsedTwiceIsRefused(t *testing.T) {
	_, path, _ := desk(t, 0, time.Minute)
	k := ticket(t)
	c, err := Send(t.Context(), path, file(t, "x"), k, anybody)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := Send(t.Context(), path, file(t, "y"), k, anybody); !errors.Is(err, ErrRefused) {
		t.Fatalf("second use: %v", err)
	}
}

func TestSendEnds(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		_, err := Send(t.Context(), filepath.Join(t.TempDir(), "none"), file(t, "x"), ticket(t), anybody)
		if !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a stranger listens", func(t *testing.T) {
		d, path, _ := desk(t, 0, time.Minute)
		stranger := errors.New("stranger")
		_, err := Send(t.Context(), path, file(t, "x"), ticket(t), func(*net.UnixConn) error { return stranger })
		if !errors.Is(err, stranger) || d.Waiting() != 0 {
			t.Fatalf("%v, and %d files wait", err, d.Waiting())
		}
	})
	t.Run("nobody answers", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "s")
		l, err := net.ListenUnix(network, &net.UnixAddr{Name: path, Net: network})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := make(chan struct{})
		go func() {
			defer close(cancelled)
			if c, err := l.Accept(); err == nil {
				cancel()
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			}
		}()
		_, err = Send(ctx, path, file(t, "x"), ticket(t), anybody)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		<-cancelled
	})
}

func TestParseTicket(t *testing.T) {
	for _, n := range []int{0, 1, 15, 17, 1 << 16} {
		if _, err := ParseTicket(make([]byte, n)); !errors.Is(err, ErrUnknownTicket) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	k := ticket(t)
	if got, err := ParseTicket(k[:]); err != nil || got != k {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzControlMessage(f *testing.F) {
	f.Add([]byte{})
	f.Add(unix.UnixCredentials(&unix.Ucred{}))
	f.Add([]byte{16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0})
	f.Fuzz(func(t *testing.T, oob []byte) {
		messages, err := unix.ParseSocketControlMessage(oob)
		if err != nil {
			return
		}
		for _, m := range messages {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_RIGHTS {
				return // the numbers would be descriptors of this process
			}
		}
		if files, err := filesOf(oob); err == nil && len(files) != 0 {
			t.Fatalf("%d files from a message without rights", len(files))
		}
	})
}
