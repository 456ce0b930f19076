package ledger

import (
	"fmt"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// What callers branch on.
var (
	ErrInsufficient = errors.New("ledger: not enough device memory")
	ErrExists       = errors.New("ledger: the shard id is in the book already")
	ErrUnknown      = errors.New("ledger: the shard id is not in the book")
)

// InsufficientError says how much was asked for and how much there is. Needed
// is always more than Available. errors.Is(err, ErrInsufficient) holds.
type InsufficientError struct {
	Needed    gpu.Bytes
	Available gpu.Bytes
}

func (e *InsufficientError) Error() string {
	return fmt.Sprintf("%s: needed %d bytes (%s), available %d bytes (%s); release shards, use another device, or stop what else uses this one",
		ErrInsufficient.Error(), uint64(e.Needed), e.Needed, uint64(e.Available), e.Available)
}

// Unwrap makes errors.Is(err, ErrInsufficient) work.
func (e *InsufficientError) Unwrap() error { return ErrInsufficient }
