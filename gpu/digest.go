package gpu

import "time"

// DigestJob asks for the digest of one span: the fs-verity SHA-256 file
// digest of its bytes (package seal/verity), computed where they are.
type DigestJob struct {
	Span Span
	// Keep asks for the block hashes to be kept on the device, so that a
	// later mismatch can be located without a second pass.
	Keep bool
	// Expect, when set, are the block hashes kept by an earlier pass over the
	// same bytes: the result then names the first block that differs.
	Expect Kept
}

// Kept are the block hashes of a span, held by the device (in its own memory,
// where it has such). Close gives them back; the device's Close does so too.
// Like everything of a device it belongs to the device's thread.
type Kept interface {
	// Blocks is the number of 4096-byte blocks the hashes stand for.
	Blocks() uint64
	// Bytes is what they occupy.
	Bytes() Bytes
	// Check recomputes the digest from the kept hashes, so that they can be
	// trusted to locate a mismatch only while they still lead to the seal.
	Check() ([32]byte, error)
	Close() error
}

// NoBlock is the BadBlock of a result in which no block is known to differ.
const NoBlock = -1

// DigestResult is the outcome of one job.
type DigestResult struct {
	Digest [32]byte
	Kept   Kept // set only if the job asked for it; the caller closes it
	// BadBlock is the index of the first 4096-byte block whose hash differs
	// from Expect, or NoBlock.
	BadBlock int64
}

// Pass is a digest pass over a batch of spans, in slices. It belongs to the
// device's thread, and reads every byte once, between the first Step and the
// one that reports done.
type Pass interface {
	// Step works for about d, at least one block, and reports whether the
	// pass is complete.
	Step(d time.Duration) (done bool, err error)
	// Done returns how many bytes were digested so far.
	Done() Bytes
	// Results returns one result per job, in order, once Step reported done.
	Results() ([]DigestResult, error)
	// Close gives the pass's own memory back. It is idempotent, and may be
	// called at any time; kept hashes that were returned stay valid.
	Close() error
}
