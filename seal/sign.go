package seal

import (
	"crypto/ed25519"
	"slices"

	"github.com/cockroachdb/errors"
)

// Purpose says what a signing key is for. Each purpose has a key of its own,
// so that a signature made for one can never serve the other.
type Purpose string

// The purposes of signing keys.
const (
	PurposeAuditHead   Purpose = "audit-head"
	PurposeAttestation Purpose = "attestation"
)

func (p Purpose) seed() (part, error) {
	switch p {
	case PurposeAuditHead:
		return headSeed, nil
	case PurposeAttestation:
		return attestSeed, nil
	}
	return part{}, ErrBadPurpose
}

// Signer signs for one purpose with the keys of a Keyring. It holds no secret
// and is safe for concurrent use.
type Signer struct {
	slot    slot
	purpose Purpose
	public  ed25519.PublicKey
}

// Signer returns the signer for a purpose. The error is ErrBadPurpose or
// ErrKeyClosed.
func (k *Keyring) Signer(p Purpose) (*Signer, error) {
	s := &Signer{slot: k.at(), purpose: p}
	err := s.withKey(func(key ed25519.PrivateKey) error {
		public, ok := key.Public().(ed25519.PublicKey)
		if !ok {
			return errors.AssertionFailedf("seal: an Ed25519 key has no public half")
		}
		s.public = slices.Clone(public)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Sign returns the Ed25519 signature of the message itself (no hash, no
// prefix): 64 bytes that the caller owns. The error is ErrKeyClosed once the
// Keyring is closed. It does not block and does not keep the message.
func (s *Signer) Sign(message []byte) ([]byte, error) {
	var signature []byte
	err := s.withKey(func(key ed25519.PrivateKey) error {
		signature = ed25519.Sign(key, message)
		return nil
	})
	return signature, err
}

// PublicKey returns the key with which others verify; the caller owns it. It
// works after Close too.
func (s *Signer) PublicKey() ed25519.PublicKey {
	if s == nil {
		return nil
	}
	return slices.Clone(s.public)
}

// withKey lets f use the private key. The key must be on the Go heap while it
// is used: crypto/ed25519 makes a weak pointer to it, which memory outside the
// heap cannot have.
func (s *Signer) withKey(f func(ed25519.PrivateKey) error) error {
	if s == nil {
		return ErrKeyClosed
	}
	where, err := s.purpose.seed()
	if err != nil {
		return err
	}
	return keys.use(s.slot, func(mem []byte) error {
		seed, err := where.of(mem)
		if err != nil {
			return err
		}
		erasing(func() {
			key := ed25519.NewKeyFromSeed(seed)
			defer clear(key)
			err = f(key)
		})
		return err
	})
}
