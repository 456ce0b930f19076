package seal

import (
	"crypto/hkdf"
	"crypto/sha256"

	"github.com/cockroachdb/errors"
)

// The labels that tell the derived keys apart (the info of HKDF).
const (
	labelSeal        = "llorch-seal-key-v1"
	labelFingerprint = "vram-engine-fingerprint-v1"
	labelHead        = "vram-engine-head-key-v1"
	labelAttestation = "vram-engine-attestation-key-v1"
)

// What the secrets may be. A token of less than 16 bytes could be guessed, and
// less than 14 is refused by HMAC in FIPS 140-3 mode.
const (
	minToken     = 16
	maxToken     = 4096
	identitySize = 32
	keySize      = 32
)

// part is a range of the page of keys.
type part struct{ from, to int }

// Where the keys are in their page.
var (
	sealKey     = part{0, keySize}
	headSeed    = part{keySize, 2 * keySize}
	attestSeed  = part{2 * keySize, 3 * keySize}
	fingerprint = part{3 * keySize, 3*keySize + fingerprintSize}
)

// of returns the part of mem, or ErrKeyClosed if mem is no page.
func (p part) of(mem []byte) ([]byte, error) {
	if len(mem) < p.to {
		return nil, ErrKeyClosed
	}
	return mem[p.from:p.to:p.to], nil
}

// derive fills a page with the keys that follow from the secrets.
func derive(mem, token, identity []byte, hardwareID string) error {
	for _, k := range []struct {
		part  part
		salt  []byte
		label string
	}{
		{sealKey, []byte(hardwareID), labelSeal},
		{fingerprint, []byte(hardwareID), labelFingerprint},
		{headSeed, identity, labelHead},
		{attestSeed, identity, labelAttestation},
	} {
		dst, err := k.part.of(mem)
		if err != nil {
			return err
		}
		key, err := hkdf.Key(sha256.New, token, k.salt, k.label, len(dst))
		if err != nil {
			return errors.Wrap(err, "seal: derive a key")
		}
		copy(dst, key)
		clear(key)
	}
	return nil
}
