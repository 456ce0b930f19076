package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
)

// randomSecret is how many random bytes a token or an identity has.
const randomSecret = 32

// LoadTokenFile reads the worker token from a file: a regular file, no
// symbolic link, of the user who runs this, with no permission for anybody
// else and no second name, with 16 to 4096 bytes. One newline at the end is
// not part of the token. Each fault has a code of its own (ErrFile…). The
// caller owns the token and passes it to NewKeyring, which zeroes it. It may
// block on the file system.
func LoadTokenFile(path string) ([]byte, error) {
	const what = "token file"
	content, err := readSecret(path)
	if err != nil {
		return nil, named(what, path, err)
	}
	token, err := trimToken(content)
	if err != nil {
		clear(content)
		return nil, named(what, path, err)
	}
	return token, nil
}

// trimToken takes one newline off the end and checks the length.
func trimToken(content []byte) ([]byte, error) {
	token := bytes.TrimSuffix(content, []byte("\n"))
	switch {
	case len(token) < minToken:
		return nil, ErrFileShort
	case len(token) > maxToken:
		return nil, ErrFileLong
	}
	return token, nil
}

// CreateTokenFile creates a file with a new random token, 64 hexadecimal
// digits and a newline, with mode 0600, and flushes it to the disk. If there
// is something of that name, the error is ErrFileExists and nothing is
// changed; two that create at once have one winner. The directory must exist.
func CreateTokenFile(path string) error {
	content, err := randomHexLine()
	if err != nil {
		return named("token file", path, err)
	}
	defer clear(content)
	if err := createSecret(path, content); err != nil {
		return named("token file", path, err)
	}
	return nil
}

// randomHexLine is 32 random bytes as a line of text.
func randomHexLine() ([]byte, error) {
	var secret [randomSecret]byte
	defer clear(secret[:])
	if _, err := rand.Read(secret[:]); err != nil {
		return nil, unusable(err)
	}
	line := make([]byte, 0, hex.EncodedLen(randomSecret)+1)
	return append(hex.AppendEncode(line, secret[:]), '\n'), nil
}
