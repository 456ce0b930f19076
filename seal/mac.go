package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"github.com/cockroachdb/errors"
)

// sealDigits is the length of a seal as text.
const sealDigits = 2 * sha256.Size

// Seal returns the handle with its seal: HMAC-SHA256 over its canonical text.
// Its state is then StateSealed, and its time is in UTC. The handle has to be
// complete (digest, generation and time are set), else the error is
// ErrInvalidHandle. After Close it is ErrKeyClosed. It does not block.
func (k *Keyring) Seal(h Handle) (Handle, error) {
	h = h.normal()
	err := k.withMAC(func(m *mac) error {
		sum, err := m.of(h)
		h.Seal = string(sum)
		return err
	})
	if err != nil {
		return Handle{}, err
	}
	h.State = StateSealed
	return h, nil
}

// Verify checks the handle's seal in constant time. Whatever is wrong with the
// handle, the error is ErrSealVerificationFailed; after Close it is
// ErrKeyClosed. It says nothing of the bytes in device memory: see Judge.
func (k *Keyring) Verify(h Handle) error {
	return k.withMAC(func(m *mac) error { return m.verify(h) })
}

// refusal makes a handle that has no canonical text look like one with a
// wrong seal.
func refusal(err error) error {
	if errors.Is(err, ErrInvalidHandle) {
		return ErrSealVerificationFailed
	}
	return err
}

// mac makes the seals of one handle after the other. Its memory is used again.
type mac struct {
	hash hash.Hash
	text []byte
	sum  []byte
	seal []byte
}

// of returns the seal of the handle, which is valid until the next call.
func (m *mac) of(h Handle) ([]byte, error) {
	text, err := appendCanonical(m.text[:0], h)
	m.text = text
	if err != nil {
		return nil, err
	}
	m.hash.Reset()
	if _, err := m.hash.Write(text); err != nil {
		return nil, err
	}
	m.sum = m.hash.Sum(m.sum[:0])
	m.seal = hex.AppendEncode(m.seal[:0], m.sum)
	return m.seal, nil
}

// verify is Keyring.Verify.
func (m *mac) verify(h Handle) error {
	want, err := m.of(h)
	if err != nil {
		return refusal(err)
	}
	if !hmac.Equal(want, []byte(h.Seal)) {
		return ErrSealVerificationFailed
	}
	return nil
}

// withMAC lets f work with the seal key. ErrKeyClosed if there is none any more.
func (k *Keyring) withMAC(f func(*mac) error) error {
	return keys.use(k.at(), func(mem []byte) error {
		key, err := sealKey.of(mem)
		if err != nil {
			return err
		}
		erasing(func() {
			err = f(&mac{hash: hmac.New(sha256.New, key), text: make([]byte, 0, usualCanonical)})
		})
		return err
	})
}
