package seal_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/seal"
)

// vector is a file of testdata: headers, an empty line, and the body. The
// files are made by testdata/make_vectors.py, a second implementation.
type vector struct {
	name   string
	header map[string]string
	body   []byte
}

func (v vector) expect() string { return v.header["expect"] }

func loadVectors(t testing.TB, dir string) []vector {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("testdata/%s has no vectors", dir)
	}
	var vectors []vector
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, body, ok := bytes.Cut(content, []byte("\n\n"))
		if !ok {
			t.Fatalf("%s: no empty line after the headers", file)
		}
		v := vector{name: strings.TrimSuffix(filepath.Base(file), ".txt"), header: map[string]string{}, body: body}
		for line := range strings.Lines(string(head) + "\n") {
			name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			if !ok {
				t.Fatalf("%s: %q is no header", file, line)
			}
			v.header[name] = strings.TrimPrefix(value, " ")
		}
		vectors = append(vectors, v)
	}
	return vectors
}

// testIdentity is the identity of make_vectors.py.
func testIdentity() []byte {
	identity := make([]byte, 32)
	for i := range identity {
		identity[i] = byte(i)
	}
	return identity
}

func openKeyring(t testing.TB, token string, identity []byte, hardware string) *seal.Keyring {
	t.Helper()
	k, err := seal.NewKeyring([]byte(token), identity, hardware)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func TestJSONVectors(t *testing.T) {
	for _, v := range loadVectors(t, "json") {
		t.Run(v.name, func(t *testing.T) {
			h, err := seal.ParseHandle(v.body)
			var decoded seal.Handle
			if jerr := json.Unmarshal(v.body, &decoded); (jerr == nil) != (err == nil) && len(v.body) < 16<<10 {
				t.Errorf("json.Unmarshal says %v, ParseHandle says %v", jerr, err)
			}
			if v.expect() == "malformed" {
				if !errors.Is(err, seal.ErrInvalidHandle) || h != (seal.Handle{}) {
					t.Errorf("parsed to %v, %v", h, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if decoded != h {
				t.Errorf("json.Unmarshal gives another handle: %v, %v", decoded, h)
			}
			k := openKeyring(t, v.header["token"], testIdentity(), v.header["hardware"])
			err = k.Verify(h)
			switch v.expect() {
			case "success":
				if err != nil {
					t.Fatal(err)
				}
				again, err := k.Seal(h)
				if err != nil || again.Seal != h.Seal || !again.Same(h) {
					t.Errorf("sealed again: %v, %v", again, err)
				}
			case "bad mac":
				if !errors.Is(err, seal.ErrSealVerificationFailed) || err.Error() != "seal: verification failed" {
					t.Errorf("verified with %v", err)
				}
			default:
				t.Errorf("no such class: %q", v.expect())
			}
		})
	}
}

func TestCanonicalVectors(t *testing.T) {
	for _, v := range loadVectors(t, "canonical") {
		t.Run(v.name, func(t *testing.T) {
			h, err := seal.ParseCanonical(v.body)
			switch v.expect() {
			case "success":
				if err != nil {
					t.Fatal(err)
				}
				text, err := seal.Canonical(h)
				if err != nil || !bytes.Equal(text, v.body) {
					t.Errorf("written as %q, %v", text, err)
				}
				sealed, err := openKeyring(t, v.header["token"], testIdentity(), v.header["hardware"]).Seal(h)
				if err != nil || sealed.Seal != v.header["seal"] {
					t.Errorf("seal %q, %v, want %q", sealed.Seal, err, v.header["seal"])
				}
			case "malformed":
				if !errors.Is(err, seal.ErrInvalidHandle) || h != (seal.Handle{}) {
					t.Errorf("parsed to %v, %v", h, err)
				}
			default:
				t.Errorf("no such class: %q", v.expect())
			}
		})
	}
}

func TestKeyVectors(t *testing.T) {
	content, err := os.ReadFile("testdata/keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		count++
		f := strings.Fields(line)
		if len(f) != 6 {
			t.Fatalf("line %d has %d fields", count, len(f))
		}
		identity, err := hex.DecodeString(f[1])
		if err != nil {
			t.Fatal(err)
		}
		k := openKeyring(t, f[0], identity, strings.TrimPrefix(f[2], "-"))
		if fp, err := k.Fingerprint(); err != nil || fp != f[3] {
			t.Errorf("line %d: fingerprint %q, %v, want %q", count, fp, err, f[3])
		}
		for purpose, text := range map[seal.Purpose]string{seal.PurposeAuditHead: f[4], seal.PurposeAttestation: f[5]} {
			seed, err := hex.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			s, err := k.Signer(purpose)
			if err != nil {
				t.Fatal(err)
			}
			key := ed25519.NewKeyFromSeed(seed)
			if !s.PublicKey().Equal(key.Public()) {
				t.Errorf("line %d: another public key for %s", count, purpose)
			}
			signature, err := s.Sign([]byte("message"))
			if err != nil || !bytes.Equal(signature, ed25519.Sign(key, []byte("message"))) {
				t.Errorf("line %d: another signature for %s: %v", count, purpose, err)
			}
		}
	}
	if count == 0 {
		t.Fatal("testdata/keys.txt has no vectors")
	}
}
