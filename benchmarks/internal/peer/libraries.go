package peer

import (
	"crypto/sha256"
	"hash"

	minio "github.com/minio/sha256-simd"
	zeebo "github.com/zeebo/blake3"
	lukechampine "lukechampine.com/blake3"
)

// Family is what a hash computes.
type Family string

// The families.
const (
	SHA256   Family = "SHA-256"
	FSVerity Family = "fs-verity SHA-256"
	BLAKE3   Family = "BLAKE3"
)

// Library is a way to hash.
type Library struct {
	Name    string
	Family  Family
	Threads bool // it uses as many threads as Go may
	New     func() hash.Hash
	Sum     func(data []byte) [32]byte
}

// The names that ratios are made of.
const (
	Stream       = "crypto/sha256, one stream"
	Leaves       = "crypto/sha256 per leaf"
	Zeebo        = "zeebo/blake3"
	Lukechampine = "lukechampine BLAKE3"
)

// Libraries are all peers.
func Libraries() []Library {
	return []Library{
		{Name: Stream, Family: SHA256, New: sha256.New, Sum: sha256.Sum256},
		{Name: Leaves, Family: FSVerity, New: newTree, Sum: sumTree},
		{Name: "minio/sha256-simd", Family: SHA256, New: minio.New, Sum: minio.Sum256},
		{Name: Zeebo, Family: BLAKE3, New: func() hash.Hash { return zeebo.New() }, Sum: zeebo.Sum256},
		{Name: Lukechampine, Family: BLAKE3, Threads: true, New: func() hash.Hash { return lukechampine.New(32, nil) }, Sum: lukechampine.Sum256},
	}
}
