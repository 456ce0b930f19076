package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of 256 KiB. Where that is not allowed, the
// test cannot run; TestFaultAnywhere and TestEmittedSurviveAnOutage cover the
// same by script everywhere.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
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

// A full disk refuses writes and takes nothing back; when there is space again,
// the log goes on.
func TestFullDisk(t *testing.T) {
	root := smallDisk(t)
	dir := filepath.Join(root, "audit")
	o := Options{Dir: dir, Signer: newTestSigner(1), SegmentBytes: 16 << 10}
	l, _, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(root, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 100<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	acked := uint64(0)
	refused := 0
	for refused < 20 {
		seq, err := l.Write(t.Context(), VramSealed("shard", 0, 1, strings.Repeat("ab", 32), "", ""))
		switch {
		case err == nil:
			acked = seq
		case errors.Is(err, ErrUnavailable) && errors.Is(err, unix.ENOSPC):
			refused++
		default:
			t.Fatal(err)
		}
	}
	if err := l.Healthy(); !errors.Is(err, ErrUnavailable) || acked < 100 {
		t.Fatalf("%d acknowledged, healthy: %v", acked, err)
	}
	r, err := Verify(dir, VerifyOptions{})
	if err != nil || r.HeadSeq < acked {
		t.Fatalf("on the full disk: %+v, %v", r, err)
	}
	closeErr := l.Close(t.Context())
	if closeErr != nil && !errors.Is(closeErr, ErrUnavailable) {
		t.Fatal(closeErr)
	}
	l, _, err = Open(o) // a full disk does not stop it
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if seq := mustWrite(t, l, OperatorAction("", "", "space", "")); seq <= acked {
		t.Errorf("record %d after %d", seq, acked)
	}
	if err := l.Healthy(); err != nil {
		t.Error(err)
	}
	closeLog(t, l)
	if r, err := Verify(dir, VerifyOptions{}); err != nil || r.Records <= acked || r.Unacknowledged != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestFilesOnDisk(t *testing.T) {
	old := unix.Umask(0o077)
	t.Cleanup(func() { unix.Umask(old) })
	dir := filepath.Join(t.TempDir(), "data", "audit")
	l, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)})
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, l, OperatorAction("", "", "", ""))
	closeLog(t, l)
	want := map[string]os.FileMode{
		".": 0o700 | os.ModeDir, headName: 0o600, keyFile: 0o644, lockName: 0o600, segmentName(1): 0o600,
	}
	for name, mode := range want {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	found, err := os.ReadDir(dir)
	if err != nil || len(found) != len(want)-1 {
		t.Errorf("%v, %v", found, err)
	}
	pem, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePublicKey(pem)
	if err != nil || !key.Equal(newTestSigner(1).PublicKey()) {
		t.Errorf("%v", err)
	}
	if r, err := Verify(dir, VerifyOptions{PublicKey: key}); err != nil || !r.KeyPinned || r.Records != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestUnsafeDirectories(t *testing.T) {
	base := t.TempDir()
	open := filepath.Join(base, "open")
	file := filepath.Join(base, "file")
	link := filepath.Join(base, "link")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777), os.WriteFile(file, nil, 0o600), os.Symlink(base, link)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{open, file, link} {
		if _, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for _, dir := range []string{file, filepath.Join(base, "absent"), open} {
		if _, err := Verify(dir, VerifyOptions{}); !errors.Is(err, ErrNoLog) {
			t.Errorf("verify %s: %v", dir, err)
		}
	}
}

// Links and FIFOs in the place of files are refused, and nothing hangs.
func TestOddFiles(t *testing.T) {
	for _, name := range []string{headName, segmentName(1), keyFile} {
		dir := filepath.Join(t.TempDir(), "audit")
		l, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)})
		if err != nil {
			t.Fatal(err)
		}
		mustWrite(t, l, OperatorAction("", "", "", ""))
		closeLog(t, l)
		path := filepath.Join(dir, name)
		moved := path + ".moved"
		if err := errors.Join(os.Rename(path, moved), os.Symlink(moved, path)); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(dir, VerifyOptions{}); err == nil {
			t.Errorf("%s: verified through a link", name)
		}
		if err := errors.Join(os.Remove(path), unix.Mkfifo(path, 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(dir, VerifyOptions{}); err == nil {
			t.Errorf("%s: verified a FIFO", name)
		}
		if l, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)}); err == nil {
			t.Errorf("%s: opened a FIFO", name)
			closeLog(t, l)
		}
	}
}
