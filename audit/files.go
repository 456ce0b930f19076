package audit

import (
	"io"
)

// access is how a file is opened.
type access uint8

const (
	readOnly   access = iota // the file exists
	readWrite                // the file exists
	createOnly               // the file is new, or is cut to nothing
)

// files is the directory of a log. Tests replace it to fail on demand.
type files interface {
	// Open opens a regular file; fs.ErrNotExist when there is none. mode
	// matters only for createOnly.
	Open(name string, how access, mode uint32) (file, error)
	// Names lists the directory.
	Names() ([]string, error)
	// Rename replaces the file called to.
	Rename(from, to string) error
	// Sync makes creations and renames durable.
	Sync() error
}

// file is an open file of a log. One goroutine uses it.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	Truncate(size int64) error
	// Sync makes the contents and the size durable (fdatasync).
	Sync() error
}
