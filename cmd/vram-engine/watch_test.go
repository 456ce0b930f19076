package main

import (
	"bufio"
	"io"
	"os"
	"strings"
	"testing"
)

// TestWatch tells what happens while it happens, and ends well by Ctrl-C.
func TestWatch(t *testing.T) {
	p := newPlace(t)
	d := p.start("--patrol-interval", "1h")
	file := p.file("model", bytesOf(5000))
	for _, c := range []struct {
		args          []string
		first, second string
	}{
		{[]string{"status", "--watch"}, "state=running", " sealed a "},
		{[]string{"status", "--watch", "--json"}, `"state":"running"`, `"shard_id":"b"`},
	} {
		w := p.command(c.args...)
		out, err := w.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || !strings.Contains(lines.Text(), c.first) {
			t.Fatalf("%v: the first line is %q", c.args, lines.Text())
		}
		id := "a"
		if len(c.args) == 3 {
			id = "b"
		}
		p.want(0, "", "seal", file, "--shard-id", id)
		if !lines.Scan() || !strings.Contains(lines.Text(), c.second) {
			t.Fatalf("%v: the second line is %q", c.args, lines.Text())
		}
		if err := w.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := w.Wait(); err != nil {
			t.Errorf("%v: Ctrl-C: %v", c.args, err)
		}
	}
	w := p.command("status", "--watch")
	out, err := w.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("nothing was shown")
	}
	d.stopWell()
	if err := w.Wait(); w.ProcessState.ExitCode() != 7 {
		t.Errorf("the engine stopped: %v, want exit status 7", err)
	}
}

// TestCtrlCWhileReading ends a command that waits for input.
func TestCtrlCWhileReading(t *testing.T) {
	p := newPlace(t)
	c := p.command("digest", "-")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	// More than a pipe holds: once it is written, the command is reading, and
	// handles signals.
	if _, err := io.WriteString(in, strings.Repeat("x", 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); c.ProcessState.ExitCode() != 130 {
		t.Errorf("after Ctrl-C: %v, want exit status 130", err)
	}
}
