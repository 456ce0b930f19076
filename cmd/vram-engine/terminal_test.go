package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo terminal and what was written to it.
type terminal struct {
	t      *testing.T
	master *os.File
	slave  *os.File
	mu     sync.Mutex
	text   bytes.Buffer
	news   chan struct{} // has one when something was written, and is closed at the end
}

// newTerminal opens a terminal of so many columns.
func newTerminal(t *testing.T, columns uint16) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("no pseudo terminals here: %v", err)
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, master: master, slave: slave, news: make(chan struct{}, 1)}
	go func() {
		defer close(x.news)
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			x.mu.Lock()
			x.text.Write(buf[:n])
			x.mu.Unlock()
			if err != nil { // the last slave was closed
				return
			}
			select {
			case x.news <- struct{}{}:
			default:
			}
		}
	}()
	t.Cleanup(func() {
		if err := master.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func (x *terminal) written() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.text.String()
}

// shown is what somebody sees who looks at the terminal, with its history:
// what was written, after the control sequences that progress uses.
func (x *terminal) shown(columns int) string {
	x.t.Helper()
	lines, row, col := [][]rune{{}}, 0, 0
	text := []rune(x.written())
	for i := 0; i < len(text); i++ {
		switch r := text[i]; {
		case r == '\r':
			col = 0
		case r == '\n':
			row++
		case r == '\x1b':
			n, last := 0, i+2
			for ; text[last] >= '0' && text[last] <= '9'; last++ {
				n = 10*n + int(text[last]-'0')
			}
			switch i = last; text[last] {
			case 'A':
				row -= n
			case 'J':
				lines = lines[:row+1]
				lines[row] = lines[row][:min(col, len(lines[row]))]
			default:
				x.t.Fatalf("an unknown control sequence in %q", x.written())
			}
		default:
			if col == columns {
				row, col = row+1, 0
			}
			for len(lines) <= row {
				lines = append(lines, nil)
			}
			for len(lines[row]) <= col {
				lines[row] = append(lines[row], ' ')
			}
			lines[row][col] = r
			col++
		}
		for len(lines) <= row {
			lines = append(lines, nil)
		}
	}
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(string(line) + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// TestDigestOnATerminal looks at the screen after progress was drawn there
// between lines and errors, and after Ctrl-C was typed.
func TestDigestOnATerminal(t *testing.T) {
	p := newPlace(t)
	p.file("a", bytesOf(5))
	p.sparse("huge", 100e9)
	for _, columns := range []int{100, 80, 40, 12} {
		x := newTerminal(t, uint16(columns))
		before, err := unix.IoctlGetTermios(int(x.master.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		c := p.command("digest", "a", "none", "huge", "a")
		c.Stdin, c.Stdout, c.Stderr = x.slave, x.slave, x.slave
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for strings.Count(x.written(), "\x1b[2A") < 3 { // until it was drawn a few times
			<-x.news
		}
		for _, want := range []string{"digesting"[:min(9, columns/3-1)], "3 of 4"} {
			if !strings.Contains(x.written(), want) {
				t.Errorf("%d columns: the progress has no %q: %q", columns, want, x.written())
			}
		}
		if _, err := x.master.WriteString("\x03"); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); c.ProcessState.ExitCode() != 130 {
			t.Errorf("after Ctrl-C: %v, want exit status 130", err)
		}
		after, err := unix.IoctlGetTermios(int(x.master.Fd()), unix.TCGETS)
		if err != nil || *after != *before {
			t.Errorf("the terminal is left in another mode: %v, %v, %v", before, after, err)
		}
		if err := x.slave.Close(); err != nil {
			t.Fatal(err)
		}
		for range x.news { // until all was read
		}
		want := &terminal{t: t}
		want.text.WriteString(strings.ReplaceAll(lineOf("a", bytesOf(5))+
			"vram-engine: cannot digest \"none\": no such file or directory\nvram-engine: cancelled\n", "\n", "\r\n"))
		if got := strings.ReplaceAll(x.shown(columns), "^C", ""); got != want.shown(columns) {
			t.Errorf("%d columns: the screen shows\n%swant\n%s\nwritten: %q", columns, got, want.shown(columns), x.written())
		}
	}
}
