package suite

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cockroachdb/errors"
)

// bare does to a disk what a durable record costs at least: it appends to one
// file and synchronises it, and overwrites a part of another and synchronises
// that.
type bare struct {
	lines, head *os.File
	at          int64
}

func newBare(dir string) (*bare, error) {
	lines, err := os.OpenFile(filepath.Join(dir, "lines"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.Wrap(err, "a file to compare with")
	}
	head, err := os.OpenFile(filepath.Join(dir, "head"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.Join(errors.Wrap(err, "a file to compare with"), lines.Close())
	}
	return &bare{lines: lines, head: head}, nil
}

func (b *bare) write() error {
	line := bytes.Repeat([]byte{'x'}, 512)
	if _, err := b.lines.WriteAt(line, b.at); err != nil {
		return err
	}
	b.at += int64(len(line))
	if err := datasync(b.lines); err != nil {
		return err
	}
	if _, err := b.head.WriteAt(line, 0); err != nil {
		return err
	}
	return datasync(b.head)
}

// datasync makes a file's bytes durable as the audit log does.
func datasync(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = syscall.Fdatasync(int(fd)) })
	return errors.Join(failed, err)
}

func (b *bare) close() error { return errors.Join(b.lines.Close(), b.head.Close()) }
