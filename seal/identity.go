package seal

import (
	"bytes"
	"encoding/hex"

	"github.com/cockroachdb/errors"
)

// LoadOrCreateIdentity reads the local identity, 32 random bytes that make the
// signing keys this worker's own even if others have the same token. If the
// file does not exist it is created, as CreateTokenFile creates one; several
// that do so at once get the same identity. The file holds 64 lower-case
// hexadecimal digits and a newline, else the error is ErrBadIdentity; its
// other faults are those of LoadTokenFile. The caller owns the identity and
// passes it to NewKeyring, which zeroes it. It may block on the file system.
func LoadOrCreateIdentity(path string) ([]byte, error) {
	const what = "identity file"
	content, err := readSecret(path)
	if errors.Is(err, ErrFileMissing) {
		if err = createIdentity(path); err == nil {
			content, err = readSecret(path)
		}
	}
	if err != nil {
		return nil, named(what, path, err)
	}
	defer clear(content)
	identity, err := parseIdentity(content)
	if err != nil {
		return nil, named(what, path, err)
	}
	return identity, nil
}

// createIdentity creates the file unless somebody else just did.
func createIdentity(path string) error {
	content, err := randomHexLine()
	if err != nil {
		return err
	}
	defer clear(content)
	if err := createSecret(path, content); !errors.Is(err, ErrFileExists) {
		return err
	}
	return nil
}

// parseIdentity reads exactly what randomHexLine writes.
func parseIdentity(content []byte) ([]byte, error) {
	if len(content) != hex.EncodedLen(identitySize)+1 {
		return nil, ErrBadIdentity
	}
	digits, newline := bytes.CutSuffix(content, []byte("\n"))
	identity := make([]byte, identitySize)
	lower := !bytes.ContainsAny(digits, "ABCDEF")
	if _, err := hex.Decode(identity, digits); err != nil || !newline || !lower {
		clear(identity)
		return nil, ErrBadIdentity
	}
	return identity, nil
}
