package sim

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// kept are the leaves of a span, in the host's memory. They end with Close or
// with the device.
type kept struct {
	dev    *device
	size   gpu.Bytes
	leaves []byte
	closed bool
}

// Blocks counts the leaves. See gpu.Kept.
func (k *kept) Blocks() uint64 { return verity.Blocks(uint64(k.size)) }

// Bytes is 32 for each block. See gpu.Kept.
func (k *kept) Bytes() gpu.Bytes { return gpu.BytesOf(len(k.leaves)) }

// Check hashes the leaves up to the digest. See gpu.Kept.
func (k *kept) Check() ([32]byte, error) {
	if err := k.dev.usable(OpDigest); err != nil {
		return [32]byte{}, err
	}
	if k.closed {
		return [32]byte{}, k.dev.failure(OpDigest, gpu.ErrInvalidValue, "the kept hashes are closed")
	}
	digest, err := verity.DigestLeaves(uint64(k.size), k.leaves)
	if err != nil {
		return [32]byte{}, k.dev.failure(OpDigest, gpu.ErrUnknown, "%v", err)
	}
	return digest, nil
}

// Close drops the leaves. It is idempotent. See gpu.Kept.
func (k *kept) Close() error {
	if err := k.dev.usable(OpDigest); err != nil && !errors.Is(err, gpu.ErrClosed) {
		return err
	}
	k.drop()
	return nil
}

func (k *kept) drop() {
	delete(k.dev.keeps, k)
	k.closed = true
	clear(k.leaves)
	k.leaves = nil
}

// dropKept ends all kept hashes of the device.
func (d *device) dropKept() {
	for k := range d.keeps {
		k.drop()
	}
}
