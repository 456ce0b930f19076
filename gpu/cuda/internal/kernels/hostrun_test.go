package kernels_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// program is the compiled host program, which all tests share.
var program = sync.OnceValues(compile)

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		if err := os.RemoveAll(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

var folder string // where the program lies, once there is one

// compile compiles the kernels and testdata/hostrun.c with the system's
// compiler, with traps for undefined behaviour where it has them. Without a
// compiler the path is empty.
func compile() (string, error) {
	compiler := ""
	for _, name := range []string{os.Getenv("CC"), "cc", "gcc", "clang", "clang-19"} {
		if found, err := exec.LookPath(name); name != "" && err == nil {
			compiler = found
			break
		}
	}
	if compiler == "" {
		return "", nil
	}
	// go test caches results by the files that a test looks at, and does not
	// see those that its compiler reads.
	sources := []string{"host.h", "testdata/hostrun.c", "../../../gputest/kernels.cu"}
	found, err := filepath.Glob("src/*")
	if err != nil {
		return "", err
	}
	for _, name := range append(found, sources...) {
		if _, err := os.Stat(name); err != nil {
			return "", err
		}
	}
	if folder, err = os.MkdirTemp("", "kernels-*"); err != nil {
		return "", err
	}
	path := filepath.Join(folder, "hostrun")
	flags := []string{"-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", path, "testdata/hostrun.c", "src/host.c"}
	var output []byte
	for _, traps := range [][]string{{"-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"}, nil} {
		output, err = exec.Command(compiler, append(traps, flags...)...).CombinedOutput()
		if err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s cannot compile the kernels: %w\n%s", compiler, err, output)
}

// host is a running host program with memories in it.
type host struct {
	t        testing.TB
	in       io.Writer
	out      *bufio.Reader
	stderr   bytes.Buffer
	cmd      *exec.Cmd
	memories int
}

// memory is one memory of the host program.
type memory struct {
	number, size int
}

// address is a byte of a memory as an argument of a kernel.
type address struct {
	of memory
	at int
}

func newHost(t testing.TB) *host {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	if path == "" {
		const why = "no C compiler: install gcc or clang, or set CC"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	h := &host{t: t, cmd: exec.CommandContext(t.Context(), path)}
	in, err := h.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	h.in, h.out, h.cmd.Stderr = in, bufio.NewReader(out), &h.stderr
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *host) say(format string, args ...any) {
	h.t.Helper()
	if _, err := fmt.Fprintf(h.in, format, args...); err != nil {
		h.died(err)
	}
}

// died reports how the program ended.
func (h *host) died(err error) {
	h.t.Helper()
	waited := h.cmd.Wait()
	h.t.Fatalf("the kernel ended its program (a wild access?): %v; %v; %s", err, waited, h.stderr.String())
}

// memory makes a memory with the data in it; where is how many bytes lie
// before it on its page, or "end" for none behind it.
func (h *host) memory(data []byte, where string) memory {
	h.t.Helper()
	m := memory{number: h.memories, size: len(data)}
	h.memories++
	h.say("memory %d %d %s\n", m.number, m.size, where)
	h.put(m, 0, data)
	return m
}

func (h *host) put(m memory, at int, data []byte) {
	h.t.Helper()
	h.say("put %d %d %d\n", m.number, at, len(data))
	if _, err := h.in.Write(data); err != nil {
		h.died(err)
	}
}

// putAddress writes the address of a byte into a memory.
func (h *host) putAddress(m memory, at int, to address) {
	h.t.Helper()
	h.say("address %d %d %d %d\n", m.number, at, to.of.number, to.at)
}

func (h *host) readOnly(m memory) {
	h.t.Helper()
	h.say("readonly %d\n", m.number)
}

// run runs a kernel in blocks of so many threads. An argument is a number or
// an address. A fault is seen by the next get.
func (h *host) run(kernel string, blocks, threads uint32, args ...any) {
	h.t.Helper()
	var line strings.Builder
	fmt.Fprintf(&line, "run %s %d %d", kernel, blocks, threads)
	for _, a := range args {
		if at, ok := a.(address); ok {
			fmt.Fprintf(&line, " @%d+%d", at.of.number, at.at)
		} else {
			fmt.Fprintf(&line, " %d", a)
		}
	}
	h.say("%s\n", line.String())
}

func (h *host) get(m memory) []byte {
	h.t.Helper()
	h.say("get %d 0 %d\n", m.number, m.size)
	data := make([]byte, m.size)
	if _, err := io.ReadFull(h.out, data); err != nil {
		h.died(err)
	}
	return data
}

// table returns the host's table of kernels, as it prints it.
func (h *host) table() []string {
	h.t.Helper()
	h.say("table\n")
	var lines []string
	for {
		line, err := h.out.ReadString('\n')
		if err != nil {
			h.died(err)
		}
		if line == "\n" {
			return lines
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
}
