package cuda

import (
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// kept are the leaves of a span, in a block of the arena. A single leaf is the
// root, and is in the host's memory.
type kept struct {
	dev    *device
	size   gpu.Bytes // of the data
	blocks uint64
	memory *block
	single verity.Hash
	closed bool
}

// place takes the memory for the leaves.
func (k *kept) place(op string) error {
	if k.blocks < 2 {
		return nil
	}
	var err error
	k.memory, err = k.dev.take(op, hashesSize(k.blocks))
	return err
}

// at is where the leaf of a block is.
func (k *kept) at(block uint64) driver.Ptr { return k.memory.at(hashesSize(block)) }

// Blocks counts the leaves. See gpu.Kept.
func (k *kept) Blocks() uint64 { return k.blocks }

// Bytes is 32 for each block. See gpu.Kept.
func (k *kept) Bytes() gpu.Bytes { return hashesSize(k.blocks) }

// Check hashes the leaves up to the root, on the device. It blocks until that
// is done. See gpu.Kept.
func (k *kept) Check() ([32]byte, error) {
	const op = "check"
	d := k.dev
	if err := d.begin(op); err != nil {
		return [32]byte{}, err
	}
	if k.closed {
		return [32]byte{}, d.refuse(op, gpu.ErrInvalidValue, "the kept hashes are closed")
	}
	if k.blocks < 2 {
		return verity.FileDigest(k.single, uint64(k.size)), nil
	}
	j := newJob(0, k.size, k.memory.chunk.m)
	j.given = k
	results, err := d.digestNow(op, []job{j})
	if err != nil || len(results) != 1 {
		return [32]byte{}, err
	}
	return results[0].Digest, nil
}

// digestNow runs a pass to its end.
func (d *device) digestNow(op string, jobs []job) ([]gpu.DigestResult, error) {
	p, err := d.newPass(op, jobs)
	if err != nil {
		return nil, err
	}
	for done := false; !done && err == nil; {
		done, err = p.Step(10 * time.Millisecond)
	}
	var results []gpu.DigestResult
	if err == nil {
		results, err = p.Results()
	}
	return results, errors.CombineErrors(err, p.Close())
}

// Close gives the memory back, zeroed. It is idempotent. See gpu.Kept.
func (k *kept) Close() error {
	if err := k.dev.usable(opDigest); err != nil && !errors.Is(err, gpu.ErrClosed) {
		return err
	}
	return k.drop(opDigest)
}

func (k *kept) drop(op string) error {
	if k.closed {
		return nil
	}
	k.closed = true
	k.dev.epoch++
	delete(k.dev.keeps, k)
	return k.dev.give(op, k.memory)
}
