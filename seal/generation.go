package seal

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/cockroachdb/errors"
)

// generationSize is 128 bits: two allocations never share one by chance.
const generationSize = 16

// Generation is a random number that names one allocation. A handle whose
// shard was released and loaded again, with the same bytes and the same id,
// has another generation, so that an old handle cannot stand for the new
// shard. It is a value and no secret.
type Generation [generationSize]byte

// NewGeneration returns a new random generation.
func NewGeneration() (Generation, error) {
	var g Generation
	if _, err := rand.Read(g[:]); err != nil {
		return Generation{}, errors.Wrap(err, "seal: random number for a generation")
	}
	return g, nil
}

// ParseGeneration reads exactly 32 lower-case hexadecimal digits, else
// ErrInvalidHandle.
func ParseGeneration(s string) (Generation, error) {
	var g Generation
	if len(s) != hex.EncodedLen(generationSize) {
		return g, invalid("generation is not 32 hexadecimal digits")
	}
	if _, err := hex.Decode(g[:], []byte(s)); err != nil || g.String() != s {
		return Generation{}, invalid("generation is not 32 lower-case hexadecimal digits")
	}
	return g, nil
}

// String returns 32 lower-case hexadecimal digits.
func (g Generation) String() string { return hex.EncodeToString(g[:]) }

// IsZero reports whether the generation is unset.
func (g Generation) IsZero() bool { return g == Generation{} }
