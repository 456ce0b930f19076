package suite

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
)

// fileSize is the size of the file that programs digest and that is sealed.
const fileSize = 1 << 30

// warmFile makes a file of random bytes once, and reads it whole so that it is
// in the page cache.
func warmFile(dir string) (string, error) {
	path := filepath.Join(dir, "model.bin")
	if info, err := os.Stat(path); err != nil || info.Size() != fileSize {
		if err := makeFile(path); err != nil {
			return "", errors.Wrap(err, "the file to measure with")
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return "", errors.Wrap(err, "the file to measure with")
	}
	_, err = io.Copy(io.Discard, struct{ io.Reader }{f}) // without the short cuts of io.Copy: all bytes are read
	return path, errors.Wrap(errors.Join(err, f.Close()), "the file to measure with")
}

func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, rand.Reader, fileSize)
	return errors.Join(err, f.Sync(), f.Close())
}
