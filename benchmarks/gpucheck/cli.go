package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// noDriver is what a build says that has no driver for real GPUs.
const noDriver = "no driver for real GPUs"

// terminal runs the commands of one engine.
type terminal struct {
	ctx    context.Context
	r      *cudacheck.Recorder
	binary string
	socket string
}

// commandLine uses the engine through its commands: the daemon and its clients,
// without knowing how they work.
func commandLine(ctx context.Context, o *options, r *cudacheck.Recorder) (err error) {
	t := terminal{ctx: ctx, r: r, binary: filepath.Join(o.beside, "vram-engine")}
	if !there(t.binary) {
		r.Missing("the command line", "vram-engine does not lie beside this program")
		return nil
	}
	_, name, err := o.backend()
	if err != nil {
		return err
	}
	r.Simulated = strings.HasPrefix(strings.ToLower(name), "fake")
	dir, err := os.MkdirTemp(o.tmp, "gpu-check-")
	if err != nil {
		return errors.Wrap(err, "a temporary folder")
	}
	defer func() { err = errors.CombineErrors(err, os.RemoveAll(dir)) }()
	t.socket = filepath.Join(dir, "s")
	t.say("devices, before an engine runs", "devices")
	return t.serve(filepath.Join(dir, "data"), func() error {
		f, size, want, err := modelFile(ctx, dir, 4*gpu.GiB, r)
		if err != nil {
			return err
		}
		begin := time.Now()
		t.want("seal of "+size.String(), "seal", f.Name(), "--shard-id", "model", "--expect", want.Text(), "--json")
		r.Number("seal, as a user sees it", "GB/s", float64(size)/time.Since(begin).Seconds()/1e9)
		t.say("devices", "devices")
		t.say("verify", "verify", "model")
		t.want("verify, exit status", "verify", "--all")
		t.want("release", "release", "--all")
		return f.Close()
	})
}

// serve runs the daemon around do, stops it, and verifies its audit log.
func (t terminal) serve(data string, do func() error) error {
	cmd := exec.CommandContext(t.ctx, t.binary, "serve", "--socket", t.socket, "--data-dir", data, "--allow-root", "--patrol-interval", "1h", "--json") //nolint:gosec // our own program
	said := &tail{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return errors.Wrap(err, "a pipe")
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return errors.Wrap(err, "starting the daemon")
	}
	lines := bufio.NewReader(out)
	line, readErr := lines.ReadString('\n')
	if readErr != nil {
		ended := cmd.Wait()
		if strings.Contains(said.String(), noDriver) {
			t.r.Missing("serve", "this vram-engine was built without a driver for GPUs")
			return nil
		}
		t.r.Check("serve", false, "%s: %s", well(ended), said)
		return nil
	}
	ready := struct{ Devices int }{}
	err = json.Unmarshal([]byte(line), &ready)
	t.r.Check("serve", err == nil && ready.Devices > 0, "ready after %.2f s with %d devices", time.Since(begin).Seconds(), ready.Devices)
	err = do()
	stopped := cmd.Process.Signal(syscall.SIGTERM)
	_, drained := io.Copy(io.Discard, lines)
	ended := cmd.Wait()
	t.r.Check("stop", stopped == nil && ended == nil, "%s", well(errors.CombineErrors(ended, drained)))
	t.want("audit verify", "audit", "verify", filepath.Join(data, "audit"))
	return err
}

// command runs a command to its end.
func (t terminal) command(args ...string) (string, error) {
	cmd := exec.CommandContext(t.ctx, t.binary, append([]string{"--socket", t.socket}, args...)...) //nolint:gosec // our own program
	out, err := cmd.CombinedOutput()
	return oneLine(string(out)), err
}

// want records that a command succeeds.
func (t terminal) want(name string, args ...string) {
	begin := time.Now()
	out, err := t.command(args...)
	text := "in " + time.Since(begin).Round(time.Millisecond).String()
	if err != nil {
		text = err.Error() + ": " + out
	}
	t.r.Check(name, err == nil, "%s", text)
}

// say records what a command says.
func (t terminal) say(name string, args ...string) {
	out, err := t.command(args...)
	if err != nil {
		out = err.Error() + ": " + out
	}
	t.r.Say(name, "%s", out)
}
