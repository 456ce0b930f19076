package cudacheck

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"runtime"
	"sync"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// patternChunk is how much one goroutine hashes at a time.
const patternChunk = 1 * gpu.MiB

// patternWord is word i of what the first step of the memory test writes:
// SplitMix64 from the seed.
func patternWord(seed, i uint64) uint64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// patternLeaves are the hashes of the blocks of the pattern, computed by the
// processor. The size is a multiple of a block.
func patternLeaves(ctx context.Context, seed uint64, size gpu.Bytes) ([]byte, error) {
	n, ok := verity.LevelBytes(uint64(size), 0)
	if !ok {
		return nil, errors.New("cudacheck: a pattern that does not fit in memory")
	}
	leaves := make([]byte, n)
	next := make(chan gpu.Bytes)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			var data []byte
			for at := range next {
				data = hashPattern(data[:0], leaves, seed, at, min(patternChunk, size-at))
			}
		})
	}
	for at := gpu.Bytes(0); at < size && ctx.Err() == nil; at += patternChunk {
		next <- at
	}
	close(next)
	workers.Wait()
	return leaves, ctx.Err()
}

// hashPattern hashes size bytes of the pattern from at on into their place. It
// makes the bytes in data, and returns it for the next time.
func hashPattern(data, leaves []byte, seed uint64, at, size gpu.Bytes) []byte {
	for i := range uint64(size) / 8 {
		data = binary.LittleEndian.AppendUint64(data, patternWord(seed, uint64(at)/8+i))
	}
	from, to := bytesOf(uint64(at/gpu.BlockSize)), bytesOf(uint64((at+size)/gpu.BlockSize))
	if to <= gpu.BytesOf(len(leaves)) {
		verity.HashBlocks(leaves[from:from:to], data)
	}
	return data
}

// randomBytes are n bytes that nobody can foresee.
func randomBytes(n int) ([]byte, error) {
	p := make([]byte, n)
	return p, randomInto(p)
}

func randomInto(p []byte) error {
	_, err := rand.Read(p)
	return errors.Wrap(err, "cudacheck: random data")
}

// dice gives random numbers.
type dice struct{ err error }

// below is a number from 0 to n-1, or 0 after an error.
func (d *dice) below(n uint64) uint64 {
	p, err := randomBytes(8)
	if err != nil || n == 0 {
		d.err = errors.CombineErrors(d.err, err)
		return 0
	}
	return binary.LittleEndian.Uint64(p) % n
}
