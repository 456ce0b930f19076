package suite

import (
	"context"
	"io"
	"os"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// chunkSize is how much is copied at once: as much as the engine does.
const chunkSize = 2 * mib

// copyPart copies a file into an extent of a simulated device, without any
// digest: simple|ahead FILE. With ahead, one goroutine reads while another
// writes, as when sealing.
func copyPart(_ context.Context, args []string) (_ any, err error) {
	if len(args) != 2 {
		return nil, errors.New("usage: copy simple|ahead FILE")
	}
	backend, err := sim.New(sim.Options{Memory: 2 * gpu.GiB, AnyThread: true})
	if err != nil {
		return nil, err
	}
	dev, err := backend.Open(0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	f, err := os.Open(args[1])
	if err != nil {
		return nil, errors.Wrap(err, "FILE")
	}
	depth := 1
	if args[0] == "ahead" {
		depth = 2
	}
	l, err := loading(func() error {
		id, err := dev.Map(fileSize)
		if err != nil {
			return err
		}
		return copyTo(dev, id, f, depth)
	})
	return l, errors.Join(err, f.Close())
}

// copyTo copies all of r with so many buffers. With one, reading waits for
// writing.
func copyTo(dev gpu.Device, id gpu.ExtentID, r io.Reader, depth int) error {
	free, filled := make(chan []byte, depth), make(chan []byte)
	failed := make(chan error, 1)
	for range depth {
		free <- make([]byte, chunkSize)
	}
	go func() {
		defer close(filled)
		for range fileSize / chunkSize {
			p := <-free
			if _, err := io.ReadFull(r, p); err != nil {
				failed <- err
				return
			}
			filled <- p
		}
	}()
	var at gpu.Bytes
	for p := range filled {
		if err := dev.Write(gpu.Span{Extent: id, Offset: at, Size: gpu.BytesOf(len(p))}, p); err != nil {
			return err
		}
		at = at.AddSat(gpu.BytesOf(len(p)))
		free <- p
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
