package input

import (
	"encoding/hex"
	"strings"
)

// digestPrefix may precede a digest, as in the output of fsverity digest.
const digestPrefix = "sha256:"

// Bounds of a nonce in bytes: shorter ones do not prove freshness.
const (
	MinNonce = 8
	MaxNonce = 64
)

// Digest parses an fs-verity SHA-256 digest: 64 lower-case hexadecimal
// digits, optionally after "sha256:" (IV-004).
func Digest(s string) ([32]byte, error) { return sha256Text("digest", s) }

// PlainSHA256 parses a plain SHA-256 sum of a file, in the form that Digest
// takes. It is a function of its own so that an error says which was meant.
func PlainSHA256(s string) ([32]byte, error) { return sha256Text("SHA-256 sum", s) }

func sha256Text(field, s string) ([32]byte, error) {
	var sum [32]byte
	digits := strings.TrimPrefix(s, digestPrefix)
	if len(digits) != hex.EncodedLen(len(sum)) {
		return sum, refuseText(field, s, "it has %d characters; give 64 hexadecimal digits, with or without %q before them", len(digits), digestPrefix)
	}
	raw, err := lowerHex(field, s, digits)
	if err != nil {
		return sum, err
	}
	copy(sum[:], raw)
	return sum, nil
}

// Nonce parses a nonce: 8 to 64 bytes as lower-case hexadecimal digits. The
// slice is the caller's.
func Nonce(s string) ([]byte, error) {
	const field = "nonce"
	if n := hex.DecodedLen(len(s)); len(s)%2 != 0 || n < MinNonce || n > MaxNonce {
		return nil, refuseText(field, s, "it has %d characters; give an even number of hexadecimal digits from %d to %d",
			len(s), hex.EncodedLen(MinNonce), hex.EncodedLen(MaxNonce))
	}
	return lowerHex(field, s, s)
}

// lowerHex decodes digits, which are those of the text s. There is one way to
// write a value, so that texts can be compared as texts.
func lowerHex(field, s, digits string) ([]byte, error) {
	for _, r := range digits {
		switch {
		case '0' <= r && r <= '9', 'a' <= r && r <= 'f':
		case 'A' <= r && r <= 'F':
			return nil, refuseText(field, s, "it has upper-case digits; write it in lower case")
		default:
			return nil, refuseText(field, s, "%s is not a hexadecimal digit; use 0-9 and a-f", nameRune(r))
		}
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return nil, refuseText(field, s, "it is not hexadecimal; use 0-9 and a-f")
	}
	return raw, nil
}
