package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// longestLine is more than any row has.
const longestLine = 1 << 22

// spawn runs a part in another process of this program, passes its rows on, and
// ends it and what it started when ctx ends.
func (o *options) spawn(ctx context.Context, name string, emit func(cudacheck.Row)) error {
	self, err := os.Executable()
	if err != nil {
		return errors.Wrap(err, "where this program is")
	}
	cmd := exec.CommandContext(ctx, self, o.args(name)...) //nolint:gosec // this program itself
	grouped(cmd)
	said := &tail{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return errors.Wrap(err, "a pipe")
	}
	if err := cmd.Start(); err != nil {
		return errors.Wrap(err, "starting a part")
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, longestLine)
	var odd error
	for lines.Scan() {
		var r cudacheck.Row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			odd = errors.Wrap(err, "a line of a part that is no row")
			continue
		}
		emit(r)
	}
	err = errors.CombineErrors(lines.Err(), odd)
	if ended := cmd.Wait(); ended != nil {
		return errors.Newf("%v: %s", ended, said)
	}
	return err
}

// grouped lets a command and all that it starts end together.
func grouped(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
}

// tail keeps the end of what a program said.
type tail struct{ text []byte }

const tailLength = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - tailLength; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

func (t *tail) String() string { return oneLine(string(t.text)) }
