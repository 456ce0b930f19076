package main

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const (
	largestFile   = 8 * gpu.GiB
	simulatedFile = 2*gpu.MiB + 12345
	// repeated bytes are written again and again: no whole number of blocks,
	// so that no two blocks of the file are equal for long.
	repeated = 4<<20 + 1
)

// modelFile makes a file that stands for a model's weights, and returns its
// digest as the processor computes it. It lies in dir, and is as large as a
// third of the disk and half of the device allow.
func modelFile(ctx context.Context, dir string, free gpu.Bytes, r *cudacheck.Recorder) (*os.File, gpu.Bytes, verity.Digest, error) {
	size, err := fileSize(dir, free, r.Simulated)
	if err != nil {
		return nil, 0, verity.Digest{}, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "model.bin"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, 0, verity.Digest{}, errors.Wrap(err, "the model file")
	}
	digest, err := fillFile(ctx, f, size)
	if err != nil {
		return nil, 0, verity.Digest{}, errors.CombineErrors(err, f.Close())
	}
	return f, size, digest, nil
}

func fileSize(dir string, free gpu.Bytes, simulated bool) (gpu.Bytes, error) {
	if simulated {
		return simulatedFile, nil
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, errors.Wrap(err, "the space on the disk")
	}
	room := gpu.Bytes(disk.Bavail) * gpu.Bytes(uint64(disk.Bsize)) //nolint:gosec // sizes of a disk
	return min(largestFile, room/3, free/2) / gpu.MiB * gpu.MiB, nil
}

func fillFile(ctx context.Context, f *os.File, size gpu.Bytes) (verity.Digest, error) {
	data := make([]byte, repeated)
	if _, err := rand.Read(data); err != nil {
		return verity.Digest{}, errors.Wrap(err, "random data")
	}
	for left := size; left > 0 && ctx.Err() == nil; {
		n := min(left, repeated)
		if _, err := f.Write(data[:n]); err != nil {
			return verity.Digest{}, errors.Wrap(err, "the model file")
		}
		left -= n
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return verity.Digest{}, errors.Wrap(err, "the model file")
	}
	return verity.DigestReaderAt(ctx, f, uint64(size), verity.Options{})
}
