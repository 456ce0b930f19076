package seal

import (
	"encoding/hex"
	"slices"
)

// fingerprintSize is the length of a fingerprint in bytes.
const fingerprintSize = 8

// Keyring holds the keys of one engine: the key of the seals, and the signing
// keys of audit heads and attestations. They live in one locked page outside
// the Go heap; the Keyring itself holds only a number, prints as
// "[redacted]" by all means, and is safe for concurrent use. Copies of it
// mean the same keys.
type Keyring struct {
	slot slot
}

// NewKeyring derives the keys. The token is the worker token, 16 to 4096
// bytes; identity is what LoadOrCreateIdentity returns; hardwareID binds the
// seals to a machine, or is empty. Both slices are zeroed, also on an error.
// ErrBadKey says that a length is wrong. The caller closes the Keyring.
func NewKeyring(token, identity []byte, hardwareID string) (*Keyring, error) {
	defer clear(token)
	defer clear(identity)
	if len(token) < minToken || len(token) > maxToken || len(identity) != identitySize {
		return nil, ErrBadKey
	}
	p, err := newPage(mapSecret, func(mem []byte) error {
		var err error
		erasing(func() { err = derive(mem, token, identity, hardwareID) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Keyring{slot: keys.put(p)}, nil
}

// at returns the number of the keys' page; a nil Keyring has none.
func (k *Keyring) at() slot {
	if k == nil {
		return 0
	}
	return k.slot
}

// Close zeroes the keys and gives their memory back, once running calls are
// done. Later calls, also of its Signers, fail with ErrKeyClosed. It is
// idempotent.
func (k *Keyring) Close() error { return keys.remove(k.at()) }

// Fingerprint returns 16 hexadecimal digits that tell seal keys apart and may
// be printed and logged. Nothing can be sealed with them; but whoever can
// guess the token can confirm the guess with it.
func (k *Keyring) Fingerprint() (string, error) {
	var text string
	err := keys.use(k.at(), func(mem []byte) error {
		fp, err := fingerprint.of(mem)
		text = hex.EncodeToString(fp)
		return err
	})
	return text, err
}

// Notes says what protection of the keys' memory the system did not allow, in
// sentences for the operator; nothing if it is complete. The caller owns the
// slice.
func (k *Keyring) Notes() []string {
	p, ok := keys.get(k.at())
	if !ok {
		return nil
	}
	return slices.Clone(p.notes)
}
