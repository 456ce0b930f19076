package seal

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// Reason says why a shard was judged bad.
type Reason string

// The reasons of a verdict.
const (
	ReasonNone   Reason = ""       // it was judged good
	ReasonSeal   Reason = "seal"   // the handle is not what this engine sealed
	ReasonDigest Reason = "digest" // the bytes are not those that were sealed
)

// Verdict is what a full check of a shard found.
type Verdict struct {
	OK     bool
	Reason Reason
}

// Judge checks a handle's seal and compares its digest with the one that was
// measured of what is resident, in constant time. Both checks are always made;
// if both fail, the reason is the seal. The error is ErrKeyClosed if there was
// no key to judge with; then the verdict is that nothing is good.
func Judge(k *Keyring, h Handle, measured verity.Digest) (Verdict, error) {
	sealErr := k.Verify(h)
	same := h.Digest.Equal(measured)
	switch {
	case sealErr == nil && same:
		return Verdict{OK: true}, nil
	case sealErr == nil:
		return Verdict{Reason: ReasonDigest}, nil
	case errors.Is(sealErr, ErrSealVerificationFailed):
		return Verdict{Reason: ReasonSeal}, nil
	default:
		return Verdict{Reason: ReasonSeal}, sealErr
	}
}

// Err returns nil for a good verdict, else ErrSealVerificationFailed or
// ErrDigestMismatch.
func (v Verdict) Err() error {
	switch {
	case v.OK:
		return nil
	case v.Reason == ReasonDigest:
		return ErrDigestMismatch
	default:
		return ErrSealVerificationFailed
	}
}
