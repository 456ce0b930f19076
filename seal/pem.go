package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"

	"github.com/cockroachdb/errors"
)

const pemType = "PUBLIC KEY"

// PublicKeyPEM returns the key as other tools read it: SubjectPublicKeyInfo in
// a PEM block "PUBLIC KEY". The caller owns the bytes. The error is ErrBadPEM
// if key is no Ed25519 key.
func PublicKeyPEM(key ed25519.PublicKey) ([]byte, error) {
	if len(key) != ed25519.PublicKeySize {
		return nil, ErrBadPEM
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, errors.Wrap(err, "seal: encode a public key")
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

// ParsePublicKeyPEM reads what PublicKeyPEM writes; text around the one PEM
// block and headers in it are refused. The error is ErrBadPEM.
func ParsePublicKeyPEM(data []byte) (ed25519.PublicKey, error) {
	block, rest := pem.Decode(data)
	if block == nil || block.Type != pemType || len(block.Headers) != 0 || len(bytes.TrimSpace(rest)) != 0 {
		return nil, ErrBadPEM
	}
	if !bytes.HasPrefix(data, []byte("-----BEGIN")) {
		return nil, ErrBadPEM
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, ErrBadPEM
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, ErrBadPEM
	}
	return key, nil
}
