package verity

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
)

// Algorithm names the digest of this package wherever a name is wanted: the
// fs-verity file digest, SHA-256, blocks of 4096 bytes, no salt.
const Algorithm = "fs-verity-sha256-4096"

// HashSize is the length of a hash and of a digest in bytes.
const HashSize = sha256.Size

const textPrefix = "sha256:"

// Digest is an fs-verity file digest: 32 bytes that stand for contents and
// size together. It is a value; copies are independent, and it may be compared
// with ==. The zero Digest is the digest of nothing known.
type Digest [HashSize]byte

// ParseDigest reads 64 lower-case hexadecimal digits, optionally after
// "sha256:". Everything else is refused with ErrBadDigest, so that each digest
// has exactly one spelling per form. The text is not repeated in the error.
func ParseDigest(s string) (Digest, error) {
	digits := strings.TrimPrefix(s, textPrefix)
	if len(digits) != hex.EncodedLen(HashSize) {
		return Digest{}, fmt.Errorf("%w (got %d characters)", ErrBadDigest, len(digits))
	}
	if strings.Trim(digits, "0123456789abcdef") != "" {
		return Digest{}, ErrBadDigest
	}
	var d Digest
	if _, err := hex.Decode(d[:], []byte(digits)); err != nil {
		return Digest{}, ErrBadDigest
	}
	return d, nil
}

// String returns 64 lower-case hexadecimal digits, as handles carry them.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Text returns "sha256:" and 64 digits, as the fsverity tool prints it.
func (d Digest) Text() string { return textPrefix + d.String() }

// IsZero reports whether the digest is unset.
func (d Digest) IsZero() bool { return d == Digest{} }

// Equal compares in constant time.
func (d Digest) Equal(other Digest) bool {
	return subtle.ConstantTimeCompare(d[:], other[:]) == 1
}

// MarshalText returns what String returns, for JSON. It never fails.
func (d Digest) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, d[:]), nil
}

// UnmarshalText reads exactly what MarshalText writes: 64 lower-case digits
// without a prefix, else ErrBadDigest.
func (d *Digest) UnmarshalText(text []byte) error {
	parsed, err := ParseDigest(string(text))
	if err != nil {
		return err
	}
	if len(text) != hex.EncodedLen(HashSize) {
		return fmt.Errorf("%w (no prefix here)", ErrBadDigest)
	}
	*d = parsed
	return nil
}
