package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// asProgram makes the test binary behave as the program.
const asProgram = "VRAM_ENGINE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// place is where a test's daemon and clients work.
type place struct {
	t      *testing.T
	dir    string
	socket string
	data   string
	user   *syscall.Credential // nil: the user who runs the test
	env    []string            // more variables of the programs
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir, err := os.MkdirTemp("", "ve") // short, for the socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &place{t: t, dir: dir, socket: filepath.Join(dir, "s"), data: filepath.Join(dir, "data")}
}

// in names a file of the place.
func (p *place) in(name string) string { return filepath.Join(p.dir, name) }

// file makes a private file of the place.
func (p *place) file(name string, content []byte) string {
	p.t.Helper()
	if err := os.WriteFile(p.in(name), content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return p.in(name)
}

// bytesOf makes n bytes that are not all the same.
func bytesOf(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

// command makes a run of the program with a clean environment.
func (p *place) command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = []string{
		asProgram + "=1", "HOME=" + p.dir, "XDG_RUNTIME_DIR=" + p.dir, "XDG_STATE_HOME=" + p.in("state"),
		"VRAM_ENGINE_SOCKET=" + p.socket, "GOCOVERDIR=" + os.Getenv("GOCOVERDIR"), "TMPDIR=" + p.dir,
		"GORACE=atexit_sleep_ms=0", // else each run under the race detector ends a second late
	}
	c.Env = append(c.Env, p.env...)
	c.Dir = p.dir
	if p.user != nil {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: p.user}
	}
	return c
}

// result is what a run of the program left.
type result struct {
	out, err string
	status   int
}

func (p *place) run(args ...string) result {
	p.t.Helper()
	return p.runWith(nil, args...)
}

func (p *place) runWith(stdin io.Reader, args ...string) result {
	p.t.Helper()
	c := p.command(args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = stdin, &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("%v: %v", args, err)
	}
	return result{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

// want runs the program and checks its exit status and that its error, which
// must be one line, has the text.
func (p *place) want(status int, text string, args ...string) result {
	p.t.Helper()
	r := p.run(args...)
	r.check(p.t, status, text, args...)
	return r
}

func (r result) check(t *testing.T, status int, text string, args ...string) {
	t.Helper()
	if r.status != status {
		t.Fatalf("%q: exit status %d, want %d\nout: %s\nerr: %s", args, r.status, status, r.out, r.err)
	}
	if !strings.Contains(r.err, text) {
		t.Fatalf("%q: the error has no %q: %s", args, text, r.err)
	}
	if status == 0 {
		return
	}
	if n := strings.Count("\n"+r.err, "\nvram-engine: "); n != 1 || !strings.HasSuffix(r.err, "\n") {
		t.Fatalf("%q: the error is not one line: %q", args, r.err)
	}
}

// lines collects what a daemon logs.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// running is a daemon.
type running struct {
	t     *testing.T
	cmd   *exec.Cmd
	ready string
	log   *lines
	ended chan error
}

// start starts a daemon with a simulated device and waits until it is ready.
func (p *place) start(args ...string) *running {
	p.t.Helper()
	d := p.launch(append([]string{"--sim", "--sim-memory", "256MiB"}, args...)...)
	if d.ready == "" {
		p.t.Fatalf("the daemon is not ready: %v\n%s", <-d.ended, d.log)
	}
	return d
}

// launch starts a daemon and waits until it is ready or has ended.
func (p *place) launch(args ...string) *running {
	p.t.Helper()
	d := &running{t: p.t, log: &lines{}, ended: make(chan error, 1)}
	d.cmd = p.command(append([]string{"serve", "--data-dir", p.data}, args...)...)
	d.cmd.Stderr = d.log
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		d.ready = line
	}
	go func() { d.ended <- d.cmd.Wait() }()
	p.t.Cleanup(func() {
		if d.cmd.ProcessState == nil {
			_ = d.cmd.Process.Kill()
			<-d.ended
		}
	})
	return d
}

// stop sends the signal and returns the exit status.
func (d *running) stop(s os.Signal) int {
	d.t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil {
		d.t.Fatal(err)
	}
	return d.wait()
}

// wait waits for the daemon's end.
func (d *running) wait() int {
	d.t.Helper()
	<-d.ended
	d.ended <- nil
	return d.cmd.ProcessState.ExitCode()
}

// stopWell stops the daemon by Ctrl-C, which is exit status 0 in every state.
func (d *running) stopWell() {
	d.t.Helper()
	if status := d.stop(os.Interrupt); status != 0 {
		d.t.Fatalf("Ctrl-C: exit status %d, want 0\n%s", status, d.log)
	}
}
