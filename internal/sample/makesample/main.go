// Command makesample writes the sample model to a file: see the package
// sample. The file appears under its name only when it is complete, and only
// its owner can read it.
//
//	go run ./internal/sample/makesample PATH
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/internal/sample"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] == "" {
		fail(errors.New("usage: makesample PATH"), 2)
	}
	if err := write(os.Args[1]); err != nil {
		fail(err, 1)
	}
}

func fail(err error, status int) {
	if _, writeErr := fmt.Fprintln(os.Stderr, "makesample:", err); writeErr != nil {
		os.Exit(1)
	}
	os.Exit(status)
}

// write makes the file at path, or leaves what was there.
func write(path string) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".makesample-*")
	if err != nil {
		return errors.Wrap(err, "create the file")
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	buffered := bufio.NewWriter(file)
	err = sample.Write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return errors.Wrap(os.Rename(file.Name(), path), "name the file")
}
