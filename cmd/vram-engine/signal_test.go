package main

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestSecondCtrlC: the first waits for a long seal, the second does not.
func TestSecondCtrlC(t *testing.T) {
	p := newPlace(t)
	d := p.start("--sim-memory", "8GiB", "--patrol-interval", "1h")
	large := p.file("large", nil)
	if err := os.Truncate(large, 6<<30); err != nil {
		t.Fatal(err)
	}
	small := p.file("small", bytesOf(10))
	seal := p.command("seal", large)
	var errs bytes.Buffer
	seal.Stderr = &errs
	if err := seal.Start(); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(p.want(0, "", "shards").out, "loading") {
	}
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for p.run("seal", small).status != 7 { // until no more work is taken
	}
	if status := d.stop(os.Interrupt); status != 130 {
		t.Errorf("exit status %d, want 130: an end at once\n%s", status, d.log)
	}
	if err := seal.Wait(); seal.ProcessState.ExitCode() != 7 {
		t.Errorf("the client: %v, want exit status 7\n%s", err, &errs)
	}
	d = p.start() // over what the daemon left
	d.stopWell()
}

// TestCtrlCOfTheClient: the seal is given up, and nothing stays allocated.
func TestCtrlCOfTheClient(t *testing.T) {
	p := newPlace(t)
	d := p.start("--sim-memory", "2GiB", "--patrol-interval", "1h")
	large := p.file("large", nil)
	if err := os.Truncate(large, 1<<30); err != nil {
		t.Fatal(err)
	}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGKILL} {
		seal := p.command("seal", large)
		if err := seal.Start(); err != nil {
			t.Fatal(err)
		}
		for !strings.Contains(p.want(0, "", "shards").out, "loading") {
		}
		if err := seal.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if err := seal.Wait(); err == nil {
			t.Error("the client ended well")
		}
		for { // until the engine has noticed and scrubbed
			devices := decode[[]map[string]any](t, p.want(0, "", "devices", "--json"))
			if devices[0]["mapped_bytes"] == 0.0 && devices[0]["used_bytes"] == 0.0 {
				break
			}
		}
		if out := p.want(0, "", "shards", "--json").out; out != "[]\n" {
			t.Errorf("a shard is left: %s", out)
		}
	}
	d.stopWell()
}
