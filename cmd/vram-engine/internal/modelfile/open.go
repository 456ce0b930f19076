package modelfile

import (
	"os"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// Open opens the file for reading and checks it. A FIFO does not make it
// wait. The caller closes the file. ErrInvalidInput if it cannot be sealed.
func Open(path string) (*os.File, Facts, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, Facts{}, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "cannot open %q; name a file that you can read", path)
	}
	facts, err := Check(f, path)
	if err != nil {
		return nil, Facts{}, errors.Join(err, f.Close())
	}
	return f, facts, nil
}
