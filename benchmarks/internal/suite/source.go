package suite

import (
	"context"
	"crypto/rand"
	"io"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
)

// source gives random bytes again and again, each time from another place on,
// and costs no more than copying them.
type source struct {
	bytes []byte
	at    int
}

func newSource() (*source, error) {
	s := &source{bytes: make([]byte, mib+1)} // no whole number of blocks, so that no two are equal
	_, err := rand.Read(s.bytes)
	return s, errors.Wrap(err, "random bytes")
}

func (s *source) Read(p []byte) (int, error) {
	n := copy(p, s.bytes[s.at:])
	s.at = (s.at + n) % len(s.bytes)
	return n, nil
}

// seal seals the source's next bytes.
func (s *source) seal(ctx context.Context, engine *vram.Engine, id string, size int64) error {
	_, err := engine.Seal(ctx, vram.SealRequest{ID: id, Source: io.LimitReader(s, size), Size: gpu.Bytes(size)}) //nolint:gosec // sizes of this package
	return err
}
