package seal_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/seal"
)

// loadKeySeeds returns the signing seeds of the vectors for the test token.
func loadKeySeeds(t *testing.T) [][]byte {
	t.Helper()
	content, err := os.ReadFile("testdata/keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	var seeds [][]byte
	for line := range strings.Lines(string(content)) {
		f := strings.Fields(line)
		if len(f) != 6 || f[0] != testToken {
			continue
		}
		for _, text := range f[4:] {
			seed, err := hex.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			seeds = append(seeds, seed)
		}
	}
	return seeds
}

func TestSigner(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	var publics []ed25519.PublicKey
	for _, purpose := range []seal.Purpose{seal.PurposeAuditHead, seal.PurposeAttestation} {
		s, err := k.Signer(purpose)
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range [][]byte{nil, []byte("m"), bytes.Repeat([]byte("long"), 10000)} {
			signature, err := s.Sign(message)
			if err != nil || !ed25519.Verify(s.PublicKey(), message, signature) {
				t.Errorf("%s: %d bytes: %v", purpose, len(message), err)
			}
			if ed25519.Verify(s.PublicKey(), append([]byte("x"), message...), signature) {
				t.Errorf("%s: another message is verified", purpose)
			}
		}
		s.PublicKey()[0] ^= 1 // a copy
		publics = append(publics, s.PublicKey())
	}
	if publics[0].Equal(publics[1]) {
		t.Error("both purposes have one key")
	}
	other := testIdentity()
	other[31] ^= 1
	for name, k := range map[string]*seal.Keyring{
		"other identity": openKeyring(t, testToken, other, ""),
		"other token":    openKeyring(t, testToken+"x", testIdentity(), ""),
	} {
		s, err := k.Signer(seal.PurposeAuditHead)
		if err != nil {
			t.Fatal(err)
		}
		if s.PublicKey().Equal(publics[0]) {
			t.Errorf("%s: the same signing key", name)
		}
	}
	for _, purpose := range []seal.Purpose{"", "audit", "Attestation"} {
		if s, err := k.Signer(purpose); !errors.Is(err, seal.ErrBadPurpose) || s != nil {
			t.Errorf("%q: %v", purpose, err)
		}
	}
	if _, err := new(seal.Signer).Sign(nil); !errors.Is(err, seal.ErrBadPurpose) {
		t.Errorf("zero signer: %v", err)
	}
}

func TestPublicKeyPEM(t *testing.T) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := seal.PublicKeyPEM(public)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := seal.ParsePublicKeyPEM(text)
	if err != nil || !parsed.Equal(public) {
		t.Errorf("parsed %v, %v", parsed, err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(other.Public())
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	for name, data := range map[string][]byte{
		"empty":       nil,
		"no PEM":      []byte("hello"),
		"text before": append([]byte("x\n"), text...),
		"text behind": append(bytes.Clone(text), "x\n"...),
		"two":         append(bytes.Clone(text), text...),
		"cut":         text[:len(text)-10],
		"other type":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: block.Bytes}),
		"headers":     pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Headers: map[string]string{"a": "b"}, Bytes: block.Bytes}),
		"other key":   pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
		"garbage":     pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("garbage")}),
	} {
		if key, err := seal.ParsePublicKeyPEM(data); !errors.Is(err, seal.ErrBadPEM) || key != nil {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
	if _, err := seal.PublicKeyPEM(public[1:]); !errors.Is(err, seal.ErrBadPEM) {
		t.Errorf("31 bytes: %v", err)
	}
}

func FuzzParsePublicKeyPEM(f *testing.F) {
	text, err := seal.PublicKeyPEM(make([]byte, ed25519.PublicKeySize))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := seal.ParsePublicKeyPEM(data)
		if (err == nil) != (len(key) == ed25519.PublicKeySize) {
			t.Fatalf("a key of %d bytes and %v", len(key), err)
		}
	})
}
