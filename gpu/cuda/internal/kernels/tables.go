package kernels

import (
	"encoding/binary"
	"math/bits"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const (
	// JobSize is the size of one record of a table of jobs.
	JobSize gpu.Bytes = 32
	// PairSize is the size of one record of a table of pairs.
	PairSize gpu.Bytes = 32
	// ResultSize is the size of the result of a pair, and of Memtest's counter.
	ResultSize gpu.Bytes = 8
	// FlagSize is the size of Nonzero's flag.
	FlagSize gpu.Bytes = 4
	// HashSize is the size of one hash.
	HashSize gpu.Bytes = verity.HashSize
)

// AppendJob appends a job to the table of a batch: length bytes at source,
// whose hashes are written to target. start is the number of leaves of all jobs
// before it, 0 for the first; the returned number is the start of the next, and
// after the last job the number of leaves of the batch.
//
// If length is 0, target no multiple of 4, or a sum does not fit in 64 bits,
// the error is ErrBadRecord, and the table is returned as it was.
func AppendJob[Address ~uint64](table []byte, source Address, length gpu.Bytes, target Address, start uint64) ([]byte, uint64, error) {
	leaves := verity.Blocks(uint64(length))
	end, carry := bits.Add64(start, leaves, 0)
	if leaves == 0 || carry != 0 || target%4 != 0 || !fits(uint64(source), uint64(length)) || !hashesFit(uint64(target), leaves) {
		return table, start, errors.WithStack(ErrBadRecord)
	}
	return appendWords(table, uint64(source), uint64(length), uint64(target), start), end, nil
}

// AppendPair appends a pair to the table of a batch: hashes at a and as many at
// b, and where the result is. start is the number of hashes of all pairs before
// it, and the returned number the start of the next.
//
// If there are no hashes, an address is no multiple of 4 (of 8 for the result),
// or a sum does not fit in 64 bits, the error is ErrBadRecord, and the table is
// returned as it was.
func AppendPair[Address ~uint64](table []byte, a, b Address, hashes uint64, result Address, start uint64) ([]byte, uint64, error) {
	end, carry := bits.Add64(start, hashes, 0)
	if hashes == 0 || carry != 0 || a%4 != 0 || b%4 != 0 || result%8 != 0 ||
		!hashesFit(uint64(a), hashes) || !hashesFit(uint64(b), hashes) || !fits(uint64(result), uint64(ResultSize)) {
		return table, start, errors.WithStack(ErrBadRecord)
	}
	return appendWords(table, uint64(a), uint64(b), start, uint64(result)), end, nil
}

func appendWords(table []byte, words ...uint64) []byte {
	for _, w := range words {
		table = binary.LittleEndian.AppendUint64(table, w)
	}
	return table
}

// fits reports whether n bytes from at on have addresses.
func fits(at, n uint64) bool {
	_, carry := bits.Add64(at, n, 0)
	return carry == 0
}

// hashesFit reports whether n hashes from at on have addresses.
func hashesFit(at, n uint64) bool {
	size, ok := HashSize.Mul(n)
	return ok && fits(at, uint64(size))
}
