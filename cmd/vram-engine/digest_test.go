package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// lineOf is what digest prints for a file.
func lineOf(name string, content []byte) string {
	return verity.Sum(content).Text() + " " + name + "\n"
}

// sparse makes a file of the place that has a size and takes no room.
func (p *place) sparse(name string, size int64) string {
	p.t.Helper()
	p.file(name, nil)
	if err := os.Truncate(p.in(name), size); err != nil {
		p.t.Fatal(err)
	}
	return name
}

// TestDigestBadFiles gives each file its line or its error, in their order.
func TestDigestBadFiles(t *testing.T) {
	p := newPlace(t)
	a, b := bytesOf(4097), bytesOf(3<<20)
	p.file("a", a)
	p.file("b", b)
	p.file("empty", nil)
	if err := os.Symlink("a", p.in("link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", p.in("dangling")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(p.in("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", p.in("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	args := []string{"digest", "missing", "a", ".", "-", "fifo", "a", "socket", "b", "-", "/dev/zero", "dangling", "link", "", "empty", "a"}
	wantOut := lineOf("a", a) + lineOf("-", b) + lineOf("a", a) + lineOf("b", b) + lineOf("link", a) + lineOf("empty", nil) + lineOf("a", a)
	r := p.runWith(bytes.NewReader(b), args...)
	if r.status != 2 || r.out != wantOut {
		t.Errorf("exit status %d, output\n%swant 2 and\n%s", r.status, r.out, wantOut)
	}
	wantErrors := []string{
		`"missing": no such file`, `".": it is not a regular file`, `"fifo": it is not a regular file`, `"socket": no such device`,
		`"-": it is the standard input, which can be read only once`, `"/dev/zero": it is not a regular file`, `"dangling": no such file`,
		`"": no such file`, "8 of 15 files could not be digested",
	}
	got := strings.Split(strings.TrimSuffix(r.err, "\n"), "\n")
	if len(got) != len(wantErrors) {
		t.Fatalf("the errors are\n%s", r.err)
	}
	for i, want := range wantErrors {
		if !strings.HasPrefix(got[i], "vram-engine: ") || !strings.Contains(got[i], want) {
			t.Errorf("error %d is %q, want %q", i, got[i], want)
		}
	}
	j := p.runWith(bytes.NewReader(b), append(args, "--json")...)
	var lines strings.Builder
	for _, d := range decode[[]struct{ File, Digest string }](t, j) {
		fmt.Fprintf(&lines, "sha256:%s %s\n", d.Digest, d.File)
	}
	if j.status != 2 || lines.String() != wantOut || j.err != r.err {
		t.Errorf("--json: %+v", j)
	}
}

// TestDigestThousands keeps the order of thousands of files, some of them
// large.
func TestDigestThousands(t *testing.T) {
	p := newPlace(t)
	args, want := []string{"digest"}, strings.Builder{}
	digests := map[int]string{}
	for i := range 5000 {
		name, kind := fmt.Sprintf("f%d", i), i%101
		if _, made := digests[kind]; made {
			if err := os.Link(p.in(fmt.Sprintf("f%d", kind)), p.in(name)); err != nil {
				t.Fatal(err)
			}
		} else {
			content := bytesOf(kind * kind)
			if kind == 100 {
				content = make([]byte, 20<<20)
			}
			p.file(name, content)
			digests[kind] = verity.Sum(content).Text()
		}
		args = append(args, name)
		want.WriteString(digests[kind] + " " + name + "\n")
	}
	if r := p.run(args...); r.status != 0 || r.err != "" || r.out != want.String() {
		t.Errorf("exit status %d, %d lines, errors %q", r.status, strings.Count(r.out, "\n"), r.err)
	}
	missing := slices.Insert(slices.Clone(args), 2500, "missing")
	r := p.run(missing...)
	if r.status != 2 || r.out != want.String() || strings.Count(r.err, "\n") != 2 {
		t.Errorf("with one that is missing: exit status %d, %d lines, errors %q", r.status, strings.Count(r.out, "\n"), r.err)
	}
}

// TestDigestUnreadable is run by a user who may not read a file.
func TestDigestUnreadable(t *testing.T) {
	p := newPlace(t)
	name := p.file("secret", bytesOf(10))
	if err := os.Chmod(name, 0); err != nil {
		t.Fatal(err)
	}
	p.file("open", bytesOf(10))
	if err := copyProgram(p.in("program")); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 { // who may read everything
		for name, mode := range map[string]os.FileMode{p.dir: 0o755, p.in("open"): 0o644} {
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
		}
		p.user = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	c := p.command("digest", "secret", "open")
	c.Path = p.in("program")
	out, err := c.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if c.ProcessState.ExitCode() != 2 || string(out) != lineOf("open", bytesOf(10)) ||
		!strings.Contains(string(exit.Stderr), `cannot digest "secret": permission denied`) {
		t.Errorf("%v: %s, %s", err, out, exit.Stderr)
	}
}

// TestDigestOfChangingFiles changes the size of a file while it is read. The
// process is stopped meanwhile.
func TestDigestOfChangingFiles(t *testing.T) {
	p := newPlace(t)
	p.file("a", bytesOf(5))
	const size = 512 << 20
	for name, tt := range map[string]struct {
		to   int64
		want string
	}{
		"shrinks": {size - 1, "it became shorter while it was read"},
		"grows":   {size + 1, "it became longer while it was read"},
	} {
		var c *startedDigest
		for ended := true; ended; { // until it is stopped before its end
			c = p.begun(p.sparse("changing", size), "a")
			c.signal(syscall.SIGSTOP)
			ended = c.bytesRead() >= size-size/8
			if err := os.Truncate(p.in("changing"), tt.to); err != nil {
				t.Fatal(err)
			}
			c.signal(syscall.SIGCONT)
			if ended {
				t.Log("again:", c.ended())
			}
		}
		r := c.ended()
		if r.status != 2 || r.out != lineOf("a", bytesOf(5)) || strings.Count(r.err, "\n") != 2 || !strings.Contains(r.err, tt.want) {
			t.Errorf("a file that %s: %+v", name, r)
		}
	}
}

// TestDigestInterrupted gives up a file of 100 GB: what was printed are whole
// lines, and the status tells.
func TestDigestInterrupted(t *testing.T) {
	p := newPlace(t)
	p.file("a", bytesOf(5))
	p.sparse("huge", 100e9)
	for _, json := range []bool{false, true} {
		args, want := []string{"a", "huge", "a"}, lineOf("a", bytesOf(5))
		if json {
			args, want = append(args, "--json"), ""
		}
		c := p.begun(args...)
		c.signal(os.Interrupt)
		if r := c.ended(); r.status != 130 || r.out != want || r.err != "vram-engine: cancelled\n" {
			t.Errorf("after Ctrl-C: %+v", r)
		}
	}
}

// TestDigestPrintsAtOnce sees the line of a file while the next one, which is
// the standard input, has not ended.
func TestDigestPrintsAtOnce(t *testing.T) {
	p := newPlace(t)
	p.file("a", bytesOf(5))
	p.file("b", bytesOf(6))
	c := p.command("digest", "a", "-", "b")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for _, want := range []string{lineOf("a", bytesOf(5)), lineOf("-", []byte("hello")), lineOf("b", bytesOf(6))} {
		if line, err := lines.ReadString('\n'); line != want || err != nil {
			t.Errorf("got %q, %v, want %q", line, err, want)
		}
		if strings.HasSuffix(want, " a\n") {
			if _, err := in.Write([]byte("hello")); err != nil {
				t.Fatal(err)
			}
			if err := in.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}

// TestDigestNowhereToPrint ends when nothing can be printed.
func TestDigestNowhereToPrint(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	p := newPlace(t)
	p.file("a", bytesOf(5))
	c := p.command("digest", "a", "a")
	var errs bytes.Buffer
	c.Stdout, c.Stderr = full, &errs
	if err := c.Run(); c.ProcessState.ExitCode() != 1 || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("%v, %q", err, &errs)
	}
}
