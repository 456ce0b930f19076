package cli

import (
	"context"
	"os"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// digest digests the file with the given index.
func (b *digestBatch) digest(ctx context.Context, i int) (fileDigest, error) {
	name := b.names[i]
	m := b.meter.file(i)
	defer m.end(ctx)
	var sum verity.Digest
	var size uint64
	var err error
	switch {
	case name != "-":
		sum, size, err = b.measure(ctx, i, m)
	case i == b.first:
		b.turns.end(i) // who knows when it comes
		sum, size, err = verity.DigestReader(ctx, interruptible(ctx, b.stdin), verity.Options{Progress: m.report})
	default:
		err = errors.New("it is the standard input, which can be read only once; name it once")
	}
	if err != nil {
		return fileDigest{}, failure.Because(vram.ErrInvalidInput, explainDigest(err), "cannot digest %q", name)
	}
	return fileDigest{File: name, Digest: sum.String(), Alg: verity.Algorithm, Bytes: size}, nil
}

// measure digests a regular file: a large one alone and with all threads.
func (b *digestBatch) measure(ctx context.Context, i int, m *fileMeter) (sum verity.Digest, size uint64, err error) {
	f, err := os.OpenFile(b.names[i], os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return sum, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return sum, 0, err
	}
	if !info.Mode().IsRegular() {
		return sum, 0, errors.New("it is not a regular file; give a stream as standard input, and name it -")
	}
	size = uint64(max(info.Size(), 0))
	m.size(size)
	o := verity.Options{Threads: 1, Progress: m.report}
	if gpu.Bytes(size) >= largeFile {
		o.Threads = 0
	}
	b.turns.wait(i, o.Threads == 0)
	sum, err = verity.DigestReaderAt(ctx, f, size, o)
	return sum, size, err
}

// explainDigest says what a person should know.
func explainDigest(err error) error {
	switch {
	case errors.Is(err, verity.ErrTooShort):
		return errors.New("it became shorter while it was read; digest it again when nobody changes it")
	case errors.Is(err, verity.ErrTooLong):
		return errors.New("it became longer while it was read; digest it again when nobody changes it")
	default:
		return errors.UnwrapAll(err)
	}
}
