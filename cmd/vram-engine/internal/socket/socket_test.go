package socket

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	vram "github.com/vram-engine/vram-engine"
)

func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sock")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

func TestPath(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i+1 < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	for _, c := range []struct {
		flag string
		env  func(string) string
		uid  int
		want string
	}{
		{"/a", env(Variable, "/b"), 0, "/a"},
		{"", env(Variable, "/b", "XDG_RUNTIME_DIR", "/c"), 0, "/b"},
		{"", env("XDG_RUNTIME_DIR", "/c"), 0, "/run/vram-engine.sock"},
		{"", env("XDG_RUNTIME_DIR", "/c"), 7, "/c/vram-engine.sock"},
		{"", env(), 7, "/run/user/7/vram-engine.sock"},
	} {
		if got, err := Path(c.flag, c.env, c.uid); got != c.want || err != nil {
			t.Errorf("Path(%q, …, %d) = %q, %v; want %q", c.flag, c.uid, got, err, c.want)
		}
	}
	for _, bad := range []string{"/a\x00b", "/" + strings.Repeat("x", 104)} {
		if _, err := Path(bad, env(), 0); !errors.Is(err, vram.ErrInvalidInput) {
			t.Errorf("Path(%q): %v", bad, err)
		}
	}
	if _, err := Path("/"+strings.Repeat("x", 103), env(), 0); err != nil {
		t.Errorf("the longest path: %v", err)
	}
}

func TestListen(t *testing.T) {
	path := place(t)
	p, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, Files(path), path + ".lock"} {
		info, err := os.Lstat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", name, info, err)
		}
	}
	if _, err := Listen(path); !errors.Is(err, vram.ErrConflict) || !strings.Contains(err.Error(), "another daemon") {
		t.Errorf("a second daemon: %v", err)
	}
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// leave puts a socket at path on which somebody listens, or nobody any more.
func leave(t *testing.T, network, path string, alive bool) {
	t.Helper()
	l, err := net.ListenUnix(network, &net.UnixAddr{Name: path, Net: network})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if alive {
		t.Cleanup(func() { _ = l.Close() })
		return
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestListenOnWhatIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, path string)
		want    error
	}{
		"stale": {func(t *testing.T, path string) {
			leave(t, "unix", path, false)
			leave(t, "unixpacket", Files(path), false)
		}, nil},
		"alive":       {func(t *testing.T, path string) { leave(t, "unix", path, true) }, vram.ErrConflict},
		"files alive": {func(t *testing.T, path string) { leave(t, "unixpacket", Files(path), true) }, vram.ErrConflict},
		"a file":      {func(t *testing.T, path string) { write(t, path) }, vram.ErrConflict},
		"a directory": {func(t *testing.T, path string) { mkdir(t, path, 0o700) }, vram.ErrConflict},
		"a link": {func(t *testing.T, path string) {
			if err := os.Symlink("elsewhere", path); err != nil {
				t.Fatal(err)
			}
		}, vram.ErrConflict},
		"a lock that is a link": {func(t *testing.T, path string) {
			if err := os.Symlink("elsewhere", path+".lock"); err != nil {
				t.Fatal(err)
			}
		}, vram.ErrInvalidInput},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			c.prepare(t, path)
			p, err := Listen(path)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil {
				if err := p.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func TestDirectoryOfTheSocket(t *testing.T) {
	base := filepath.Dir(place(t))
	mkdir(t, filepath.Join(base, "open"), 0o777)
	mkdir(t, filepath.Join(base, "sticky"), 0o777|os.ModeSticky)
	write(t, filepath.Join(base, "file"))
	for dir, want := range map[string]error{
		"open": vram.ErrPolicyViolation, "none": vram.ErrInvalidInput, "file": vram.ErrInvalidInput, "sticky": nil,
	} {
		p, err := Listen(filepath.Join(base, dir, "s"))
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", dir, err, want)
		}
		if err == nil {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWhoMayUseIt(t *testing.T) {
	for _, c := range []struct {
		peer   uint32
		self   int
		client bool
		ok     bool
	}{
		{7, 7, false, true}, {0, 7, false, true}, {8, 7, false, false}, {7, 0, false, false},
		{7, 7, true, true}, {0, 7, true, true}, {8, 7, true, false}, {7, 0, true, true},
		{1<<32 - 1, -1, false, false},
	} {
		err := allowed(c.peer, c.self, c.client)
		if c.ok != (err == nil) || err != nil && !errors.Is(err, vram.ErrPolicyViolation) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestPeersOfAConnection(t *testing.T) {
	path := place(t)
	p, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	a, err := p.Calls.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if uid, err := Caller(a); err != nil || int(uid) != os.Geteuid() {
		t.Errorf("the daemon sees user %d, %v", uid, err)
	}
	uc, ok := c.(*net.UnixConn)
	if !ok {
		t.Fatalf("%T", c)
	}
	if err := CheckDaemon(uc); err != nil {
		t.Error(err)
	}
}
