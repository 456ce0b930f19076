package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// refuses starts a daemon that must not start.
func (p *place) refuses(status int, text string, args ...string) {
	p.t.Helper()
	d := p.launch(args...)
	if d.ready != "" {
		p.t.Fatalf("serve %q started", args)
	}
	got := d.wait()
	if got != status || !strings.Contains(d.log.String(), text) {
		p.t.Fatalf("serve %q: exit status %d, want %d with %q\n%s", args, got, status, text, d.log)
	}
	if n := strings.Count("\n"+d.log.String(), "\nvram-engine: "); n != 1 {
		p.t.Fatalf("serve %q: the error is not one line:\n%s", args, d.log)
	}
}

func TestTokenFile(t *testing.T) {
	p := newPlace(t)
	token := p.file("token", []byte(strings.Repeat("t", 32)+"\n"))
	link := p.in("link")
	if err := os.Symlink(token, link); err != nil {
		t.Fatal(err)
	}
	group := p.file("group", []byte(strings.Repeat("t", 32)))
	if err := os.Chmod(group, 0o640); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, text string }{
		{p.in("none"), "does not exist"},
		{p.file("empty", nil), "16"},
		{p.file("short", []byte("fifteen letters")), "16"},
		{group, "chmod 600"},
		{link, "link"},
		{p.dir, ""},
	} {
		p.refuses(2, c.text, "--sim", "--token-file", c.file)
	}
	d := p.start("--token-file", token)
	d.stopWell()
	if strings.Contains(d.log.String(), "ttttt") {
		t.Error("the log shows the token")
	}
}

func TestDataDirectory(t *testing.T) {
	p := newPlace(t)
	d := p.start()
	info, err := os.Stat(p.data)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data directory: %v, %v", info, err)
	}
	info, err = os.Stat(filepath.Join(p.data, "token"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token file: %v, %v", info, err)
	}
	second := *p
	second.socket = p.in("s2")
	second.refuses(2, "", "--sim")
	p.refuses(2, "another daemon", "--sim", "--data-dir", p.in("data2"))
	p.want(0, "", "status")
	d.stopWell()
	if err := os.Chmod(p.data, 0o750); err != nil {
		t.Fatal(err)
	}
	p.refuses(4, "chmod", "--sim")
	p.refuses(2, "--data-dir", "--sim", "--data-dir", p.file("file", nil))
}

func TestSocketPlaces(t *testing.T) {
	p := newPlace(t)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: p.socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	p.refuses(2, "another daemon", "--sim")
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	d := p.start() // over the stale socket
	p.want(0, "", "status")
	d.stopWell()
	p.want(7, "vram-engine serve", "status")
	p.want(7, "vram-engine serve", "status", "--socket", p.in("elsewhere"))
	p.want(2, "bytes long", "status", "--socket", strings.Repeat("x", 105))
	p.refuses(2, "bytes long", "--sim", "--socket", p.in(strings.Repeat("x", 105)))
	p.refuses(2, "socket", "--sim", "--socket", p.file("file", nil))
	p.refuses(2, "", "--sim", "--socket", p.in("none/s"))
	if err := errors.Join(os.Mkdir(p.in("open"), 0o700), os.Chmod(p.in("open"), 0o777)); err != nil {
		t.Fatal(err)
	}
	p.refuses(4, "replace", "--sim", "--socket", p.in("open/s"))
}

func TestWithoutGPU(t *testing.T) {
	p := newPlace(t)
	p.refuses(7, "--sim")
	p.refuses(2, "--sim", "--sim-faults")
	for _, args := range [][]string{
		{"--sim", "--on-incident", "x"}, {"--sim", "--on-device-loss", "x"}, {"--sim", "--audit-mode", "x"},
		{"--sim", "--log-level", "x"}, {"--sim", "--patrol-interval", "0s"}, {"--sim", "--max-shard-size", "0"},
		{"--sim", "--sim-memory", "lots"}, {"--sim", "--sim-devices", "0"}, {"--sim", "--sim-devices", "-1"},
		{"--sim", "more"}, {"--sim", "--seal", "/none"},
	} {
		p.refuses(2, "", args...)
	}
}

func TestSealAtTheStart(t *testing.T) {
	p := newPlace(t)
	a, b := p.file("a.bin", bytesOf(100)), p.file("b.bin", bytesOf(5000))
	d := p.start("--seal", a, "--seal", b, "--json")
	if !strings.Contains(d.ready, `"shards":2`) {
		t.Errorf("the ready line is %q", d.ready)
	}
	p.want(0, "", "verify", "a-bin", "b-bin")
	if text := d.log.String(); strings.ContainsAny(text, "\r\x1b") {
		t.Errorf("progress in a pipe: %q", text)
	}
	if status := d.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("SIGTERM: exit status %d", status)
	}
}

func TestPrivateModels(t *testing.T) {
	p := newPlace(t)
	shared := p.file("shared", bytesOf(100))
	if err := os.Chmod(shared, 0o644); err != nil {
		t.Fatal(err)
	}
	d := p.start()
	p.want(0, "can be read by other users", "seal", shared)
	d.stopWell()
	d = p.start("--require-private-models")
	p.want(4, "chmod", "seal", shared)
	p.want(0, "", "seal", p.file("private", bytesOf(100)))
	d.stopWell()
	p.refuses(4, "chmod", "--sim", "--require-private-models", "--seal", shared)
}

// TestKilledDaemon is started again: the log is intact and the sockets are
// replaced.
func TestKilledDaemon(t *testing.T) {
	p := newPlace(t)
	d := p.start()
	p.want(0, "", "seal", p.file("model", bytesOf(100)))
	if status := d.stop(os.Kill); status == 0 {
		t.Fatal("killed, and yet exit status 0")
	}
	p.want(0, "", "audit", "verify", filepath.Join(p.data, "audit"))
	d = p.start()
	p.want(2, "", "verify", "model") // device memory does not outlive the process
	d.stopWell()
	p.want(0, "", "audit", "verify", filepath.Join(p.data, "audit"))
}

// TestOtherUser: nobody else may use the socket, and a file that the client
// may not read is refused. It needs root, to become somebody else.
func TestOtherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("this test needs root, and CI must run it")
		}
		t.Skip("needs root to become another user")
	}
	p := newPlace(t)
	secret := p.file("secret", bytesOf(100))
	if err := os.Chmod(p.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program := p.in("program")
	if err := copyProgram(program); err != nil {
		t.Fatal(err)
	}
	d := p.start()
	nobody := *p
	nobody.user = &syscall.Credential{Uid: 65534, Gid: 65534}
	for _, c := range []struct {
		status int
		text   string
		args   []string
	}{{7, "permission", []string{"status"}}, {2, "permission denied", []string{"seal", secret}}} {
		cmd := nobody.command(c.args...)
		cmd.Path = program
		text, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != c.status || !strings.Contains(string(text), c.text) {
			t.Errorf("%v as nobody: %v, %s", c.args, err, text)
		}
	}
	d.stopWell()
}

// copyProgram copies this program to where everybody can run it.
func copyProgram(to string) error {
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}
