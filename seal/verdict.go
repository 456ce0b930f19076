package seal

import "github.com/vram-engine/vram-engine/seal/verity"

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

// Case is a shard that is to be judged.
type Case struct {
	Handle   Handle
	Measured verity.Digest // of what is resident
	Verdict  Verdict       // set by JudgeAll
}

// Judge checks a handle's seal and compares its digest with the one that was
// measured of what is resident, in constant time. Both checks are always made;
// if both fail, the reason is the seal. The error is ErrKeyClosed if there was
// no key to judge with; then the verdict is that nothing is good.
func Judge(k *Keyring, h Handle, measured verity.Digest) (Verdict, error) {
	cases := []Case{{Handle: h, Measured: measured}}
	err := JudgeAll(k, cases)
	return cases[0].Verdict, err
}

// JudgeAll is Judge for several cases, each for itself, with less work for each.
// It does not keep the slice. On an error no verdict is good.
func JudgeAll(k *Keyring, cases []Case) error {
	for i := range cases {
		cases[i].Verdict = Verdict{Reason: ReasonSeal}
	}
	return k.withMAC(func(m *mac) error {
		for i := range cases {
			c := &cases[i]
			sealErr := m.verify(c.Handle)
			same := c.Handle.Digest.Equal(c.Measured)
			switch {
			case sealErr == nil && same:
				c.Verdict = Verdict{OK: true}
			case sealErr == nil:
				c.Verdict = Verdict{Reason: ReasonDigest}
			}
		}
		return nil
	})
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
