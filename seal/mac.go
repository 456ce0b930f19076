package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

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
	text, err := Canonical(h)
	if err != nil {
		return Handle{}, err
	}
	h.Seal, err = k.mac(text)
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
	text, err := Canonical(h)
	if err != nil {
		return refusal(err)
	}
	want, err := k.mac(text)
	if err != nil {
		return err
	}
	if !hmac.Equal([]byte(want), []byte(h.Seal)) {
		return ErrSealVerificationFailed
	}
	return nil
}

// refusal makes a handle that has no canonical text look like one with a
// wrong seal.
func refusal(err error) error {
	if errors.Is(err, ErrInvalidHandle) {
		return ErrSealVerificationFailed
	}
	return err
}

// mac returns the seal of a canonical text.
func (k *Keyring) mac(text []byte) (string, error) {
	sum := make([]byte, 0, sha256.Size)
	err := keys.use(k.at(), func(mem []byte) error {
		key, err := sealKey.of(mem)
		if err != nil {
			return err
		}
		erasing(func() {
			h := hmac.New(sha256.New, key)
			if _, err = h.Write(text); err == nil {
				sum = h.Sum(sum)
			}
		})
		return err
	})
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(sum), nil
}
