package audit

import (
	"crypto/ed25519"
	"testing"
)

type testSigner struct{ key ed25519.PrivateKey }

func newTestSigner(seed byte) testSigner {
	s := make([]byte, ed25519.SeedSize)
	s[0] = seed
	return testSigner{ed25519.NewKeyFromSeed(s)}
}

func (s testSigner) Sign(m []byte) ([]byte, error) { return ed25519.Sign(s.key, m), nil }
func (s testSigner) PublicKey() ed25519.PublicKey {
	p, ok := s.key.Public().(ed25519.PublicKey)
	if !ok {
		return nil
	}
	return p
}

func TestSmoke(t *testing.T) {
	dir := t.TempDir() + "/audit"
	for range 3 {
		l, found, err := Open(Options{Dir: dir, Signer: newTestSigner(1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", found)
		if err := l.Emit(EngineStarted("v", "simulated", 1, "fail-closed")); err != nil {
			t.Fatal(err)
		}
		seq, err := l.Write(t.Context(), VramSealed("a\nb", 0, 5, "00", "", "\u202e"))
		if err != nil {
			t.Fatal(err)
		}
		t.Log(seq)
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(dir, VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", r)
	}
}
