package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var errNoSecret = errors.New("not here")

// pages makes a page in each of the two ways.
func pages(t *testing.T, fill func([]byte) error) map[string]*page {
	t.Helper()
	out := map[string]*page{}
	for name, secret := range map[string]func() ([]byte, error){
		"secret":   mapSecret,
		"fallback": func() ([]byte, error) { return nil, errNoSecret },
	} {
		p, err := newPage(secret, fill)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = p
	}
	return out
}

func TestPage(t *testing.T) {
	for name, p := range pages(t, func(mem []byte) error { copy(mem, "key"); return nil }) {
		err := p.use(func(mem []byte) error {
			if !bytes.HasPrefix(mem, []byte("key\x00")) {
				t.Errorf("%s: wrong contents", name)
			}
			// The kernel refuses to write to it: it is read-only.
			r, w, err := os.Pipe()
			if err != nil {
				return err
			}
			_, werr := w.Write([]byte("x"))
			_, rerr := unix.Read(int(r.Fd()), mem[:1])
			if !errors.Is(rerr, unix.EFAULT) {
				t.Errorf("%s: the page can be written to: %v", name, rerr)
			}
			return errors.Join(werr, w.Close(), r.Close())
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "fallback" && (len(p.notes) == 0 || !strings.Contains(p.notes[0], "not here")) {
			t.Errorf("%s: notes %q", name, p.notes)
		}
		for range 2 {
			if err := p.close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := p.use(func([]byte) error { t.Error("used after close"); return nil }); !errors.Is(err, ErrKeyClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPageIsZeroed looks at the same memory through a second mapping.
func TestPageIsZeroed(t *testing.T) {
	fd, err := unix.MemfdCreate("page", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	mem, err := mapFile(fd)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPage(func() ([]byte, error) { return mem, nil }, func(mem []byte) error {
		copy(mem[100:], "key")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, pageSize)
	if _, err := unix.Pread(fd, content, 0); err != nil || !bytes.Contains(content, []byte("key")) {
		t.Fatalf("the key is not where the test looks: %v", err)
	}
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Pread(fd, content, 0); err != nil || !bytes.Equal(content, make([]byte, pageSize)) {
		t.Errorf("the key is still there after close: %v", err)
	}
	if err := unix.Close(fd); err != nil {
		t.Error(err)
	}
}

func TestPageOfFailedFill(t *testing.T) {
	broken := errors.New("broken")
	var seen []byte
	p, err := newPage(mapSecret, func(mem []byte) error { seen = mem; return broken })
	if p != nil || !errors.Is(err, broken) || len(seen) != pageSize {
		t.Errorf("%v, %v", p, err)
	}
	if err := derive(nil, nil, nil, ""); !errors.Is(err, ErrKeyClosed) {
		t.Errorf("no page: %v", err)
	}
}

// TestSecretIsUnreadable reads the page as a debugger would. It holds only
// where the kernel has memfd_secret.
func TestSecretIsUnreadable(t *testing.T) {
	mem, err := mapSecret()
	if err != nil {
		t.Logf("memfd_secret cannot be used here, keys are in locked memory instead: %v", err)
		return
	}
	copy(mem, "key")
	if got, err := readAsDebugger(t, mem); err == nil {
		t.Errorf("another process could read %d bytes of the keys", len(got))
	}
	ordinary := []byte("not secret")
	if got, err := readAsDebugger(t, ordinary); err != nil || !bytes.Equal(got, ordinary) {
		t.Errorf("the test cannot read ordinary memory: %q, %v", got, err)
	}
	if err := unix.Munmap(mem); err != nil {
		t.Error(err)
	}
}

// readAsDebugger reads memory of this process in the way in which others do.
func readAsDebugger(t *testing.T, mem []byte) ([]byte, error) {
	t.Helper()
	address, err := strconv.ParseInt(fmt.Sprintf("%p", mem), 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(mem))
	n, err := f.ReadAt(got, address)
	if cerr := f.Close(); cerr != nil {
		t.Error(cerr)
	}
	return got[:n], err
}
