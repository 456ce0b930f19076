package vram

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
)

// smallDisk mounts a file system of 256 KiB under the log.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k,mode=0700"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("a small disk cannot be mounted here (%v); run the tests as root", err)
		}
		t.Skipf("a small disk cannot be mounted here (%v); run the tests as root to see a full one", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all the space of the disk and returns what gives it back.
func fill(t *testing.T, dir string) func() {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// sealUntilRefused writes records until one does not fit: the last page of the
// log may have had room left.
func sealUntilRefused(t *testing.T, e *Engine) error {
	t.Helper()
	for {
		_, err := e.Seal(t.Context(), SealRequest{ID: "x", Source: strings.NewReader("some bytes"), Size: 10})
		if err != nil {
			return err
		}
		if err := e.Release(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFullDiskFailsClosed refuses work while the log cannot be written, frees
// what is to be freed, and goes on when there is space.
func TestFullDiskFailsClosed(t *testing.T) {
	dir := smallDisk(t)
	e := open(t, func(o *Options) { o.DataDir = dir })
	sealBytes(t, e, "a", randomBytes(5000))
	sealBytes(t, e, "b", randomBytes(5001))
	empty := fill(t, dir)
	if err := sealUntilRefused(t, e); !errors.Is(err, ErrAuditUnavailable) || ExitStatus(err) != 6 || !Retriable(err) {
		t.Fatalf("seal on a full disk: %v", err)
	}
	ran := false
	_, err := e.Execute(t.Context(), ExecuteRequest{Shards: []string{"a"}}, func(context.Context, *Run) error { ran = true; return nil })
	if !errors.Is(err, ErrAuditUnavailable) || ran {
		t.Errorf("execute on a full disk: %v, ran %v", err, ran)
	}
	if st := e.Status(); st.Audit.Healthy || st.Audit.Problem == "" {
		t.Errorf("status: %+v", st.Audit)
	}
	if _, err := e.Verify(t.Context(), "a"); err != nil {
		t.Errorf("verify on a full disk: %v", err)
	}
	if err := e.Release(t.Context(), "a"); err != nil {
		t.Errorf("release on a full disk: %v", err)
	}
	if got := e.Shards(); len(got) != 1 || got[0].Handle.ShardID != "b" {
		t.Errorf("left: %+v", got)
	}
	control, err := e.faults.Control(0)
	if err != nil {
		t.Fatal(err)
	}
	if dirty, err := control.Dirty(); dirty != 0 || err != nil {
		t.Errorf("%d bytes were not scrubbed, %v", dirty, err)
	}
	empty()
	sealBytes(t, e, "a", randomBytes(5000))
	if _, err := e.Execute(t.Context(), ExecuteRequest{Shards: []string{"a", "b"}}, func(context.Context, *Run) error { return nil }); err != nil {
		t.Errorf("execute when there is space again: %v", err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	report, err := audit.Verify(filepath.Join(dir, "audit"), audit.VerifyOptions{})
	if err != nil {
		t.Errorf("the log: %v, %+v", err, report)
	}
}

// TestIncidentOnAFullDisk acts although it cannot be recorded.
func TestIncidentOnAFullDisk(t *testing.T) {
	dir := smallDisk(t)
	e := open(t, func(o *Options) { o.DataDir = dir })
	sealBytes(t, e, "a", randomBytes(5000))
	empty := fill(t, dir)
	if err := sealUntilRefused(t, e); !errors.Is(err, ErrAuditUnavailable) {
		t.Fatal(err)
	}
	if err := e.FlipBit(t.Context(), "a", 1, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Verify(t.Context(), "a"); !errors.Is(err, ErrIntegrityViolation) {
		t.Errorf("verify: %v", err)
	}
	if st := e.Status(); st.State != "stopped" || st.Shards.Quarantined != 1 {
		t.Errorf("status %+v", st)
	}
	if err := e.RestartWorker(t.Context(), "tester"); !errors.Is(err, ErrAuditUnavailable) {
		t.Errorf("a restart that cannot be recorded: %v", err)
	}
	empty()
	if err := e.RestartWorker(t.Context(), "tester"); err != nil {
		t.Errorf("restart: %v", err)
	}
}

// TestCloseOnAFullDisk frees, and says that the log is behind.
func TestCloseOnAFullDisk(t *testing.T) {
	dir := smallDisk(t)
	e, err := Open(t.Context(), Options{DataDir: dir, Token: []byte(testToken), PatrolInterval: -1, Simulated: open(t).options.Simulated})
	if err != nil {
		t.Fatal(err)
	}
	sealBytes(t, e, "a", randomBytes(5000))
	empty := fill(t, dir)
	if err := sealUntilRefused(t, e); !errors.Is(err, ErrAuditUnavailable) {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil && !errors.Is(err, ErrAuditUnavailable) {
		t.Errorf("close: %v", err)
	}
	control, err := e.faults.Control(0)
	if err != nil {
		t.Fatal(err)
	}
	if dirty, err := control.Dirty(); dirty != 0 || err != nil {
		t.Errorf("%d bytes were not scrubbed, %v", dirty, err)
	}
	empty()
	if _, err := audit.Verify(filepath.Join(dir, "audit"), audit.VerifyOptions{}); err != nil {
		t.Errorf("the log: %v", err)
	}
}

func TestFullDiskFailsOpen(t *testing.T) {
	dir := smallDisk(t)
	e := open(t, func(o *Options) { o.DataDir, o.AuditMode = dir, AuditFailOpen })
	empty := fill(t, dir)
	p := randomBytes(5000)
	for range 200 {
		if _, err := e.Seal(t.Context(), SealRequest{ID: "a", Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))}); err != nil {
			t.Fatal(err)
		}
		if err := e.Release(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if !e.Status().Audit.Healthy {
			break
		}
	}
	if e.Status().Audit.Healthy {
		t.Error("the log is healthy on a full disk")
	}
	sealBytes(t, e, "b", p)
	if _, err := e.Execute(t.Context(), ExecuteRequest{Shards: []string{"b"}}, func(context.Context, *Run) error { return nil }); err != nil {
		t.Error(err)
	}
	empty()
}

func TestTwoEnginesOnOneDirectory(t *testing.T) {
	first := open(t)
	o := first.options
	o.Token, o.Backend = []byte(testToken), nil
	_, err := Open(t.Context(), o)
	if !errors.Is(err, ErrConflict) || ExitStatus(err) != 2 {
		t.Errorf("a second engine: %v", err)
	}
	sealBytes(t, first, "x", randomBytes(100))
}
