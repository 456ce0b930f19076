package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
)

// keyFile is the public key beside the log.
const keyFile = "audit-key.pem"

const maxKeyFile = 4096

// ParsePublicKey reads an Ed25519 public key in PEM ("PUBLIC KEY"), as it lies
// in audit-key.pem. Any other text is ErrInvalid. The caller keeps pemText.
func ParsePublicKey(pemText []byte) (ed25519.PublicKey, error) {
	if len(pemText) > maxKeyFile {
		return nil, fail(ErrInvalid, nil, "the public key file is longer than %d bytes", maxKeyFile)
	}
	block, _ := pem.Decode(pemText)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, fail(ErrInvalid, nil, "this is no PEM public key; give the audit-key.pem of the log")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fail(ErrInvalid, err, "this is no public key; give the audit-key.pem of the log")
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, fail(ErrInvalid, nil, "this is no Ed25519 public key; give the audit-key.pem of the log")
	}
	return key, nil
}

// encodePublicKey returns the key in PEM.
func encodePublicKey(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fail(ErrInvalid, err, "the public key cannot be encoded")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// Fingerprint returns the SHA-256 of the key's DER encoding (PKIX), in hex. It
// is what people compare.
func Fingerprint(key ed25519.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "invalid key"
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
