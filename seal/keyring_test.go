package seal_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/vram-engine/vram-engine/seal"
)

func TestNewKeyringZeroesWhatItIsGiven(t *testing.T) {
	for name, tt := range map[string]struct {
		token, identity int
		want            error
	}{
		"good":           {16, 32, nil},
		"longest token":  {4096, 32, nil},
		"short token":    {15, 32, seal.ErrBadKey},
		"no token":       {0, 32, seal.ErrBadKey},
		"long token":     {4097, 32, seal.ErrBadKey},
		"short identity": {16, 31, seal.ErrBadKey},
		"long identity":  {16, 33, seal.ErrBadKey},
		"no identity":    {16, 0, seal.ErrBadKey},
	} {
		token, identity := bytes.Repeat([]byte("t"), tt.token), bytes.Repeat([]byte("i"), tt.identity)
		k, err := seal.NewKeyring(token, identity, "")
		if !errors.Is(err, tt.want) || (err == nil) != (k != nil) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if err := k.Close(); err != nil {
			t.Errorf("%s: Close: %v", name, err)
		}
		if !bytes.Equal(token, make([]byte, tt.token)) || !bytes.Equal(identity, make([]byte, tt.identity)) {
			t.Errorf("%s: a secret was left in its slice", name)
		}
	}
}

func TestClosedKeyring(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	sealed, err := k.Seal(example())
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.Signer(seal.PurposeAuditHead)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var none *seal.Signer
	for name, closed := range map[string]*seal.Keyring{"closed": k, "zero": {}, "nil": nil} {
		_, sealErr := closed.Seal(example())
		_, signerErr := closed.Signer(seal.PurposeAuditHead)
		_, printErr := closed.Fingerprint()
		verdict, judgeErr := seal.Judge(closed, sealed, sealed.Digest)
		_, signErr := s.Sign(nil)
		_, noneErr := none.Sign(nil)
		for what, err := range map[string]error{
			"Seal": sealErr, "Verify": closed.Verify(sealed), "Signer": signerErr, "Fingerprint": printErr,
			"Judge": judgeErr, "Sign": signErr, "Sign of nil": noneErr,
		} {
			if !errors.Is(err, seal.ErrKeyClosed) {
				t.Errorf("%s keyring: %s: %v", name, what, err)
			}
		}
		if verdict.OK || verdict.Err() == nil || closed.Notes() != nil {
			t.Errorf("%s keyring: %v, notes %v", name, verdict, closed.Notes())
		}
	}
	if len(s.PublicKey()) != 32 || none.PublicKey() != nil {
		t.Error("PublicKey after Close")
	}
}

// TestCloseWhileUsed closes while others seal, verify and sign: each call
// completes or says ErrKeyClosed.
func TestCloseWhileUsed(t *testing.T) {
	for range 20 {
		k := openKeyring(t, testToken, testIdentity(), "")
		s, err := k.Signer(seal.PurposeAttestation)
		if err != nil {
			t.Fatal(err)
		}
		want, err := k.Seal(example())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		started := make(chan struct{}, 3)
		until := func(f func() error) {
			wg.Go(func() {
				started <- struct{}{}
				for {
					if err := f(); err != nil {
						if !errors.Is(err, seal.ErrKeyClosed) {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		until(func() error { return k.Verify(want) })
		until(func() error {
			got, err := k.Seal(example())
			if err == nil && got != want {
				t.Errorf("sealed as %v, want %v", got, want)
			}
			return err
		})
		until(func() error { _, err := s.Sign([]byte("m")); return err })
		for range 3 {
			<-started
		}
		if err := k.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	}
}

func TestFingerprintTellsKeysApart(t *testing.T) {
	seen := map[string]string{}
	for name, k := range map[string]*seal.Keyring{
		"one":      openKeyring(t, testToken, testIdentity(), ""),
		"token":    openKeyring(t, testToken+"x", testIdentity(), ""),
		"hardware": openKeyring(t, testToken, testIdentity(), "h"),
	} {
		fp, err := k.Fingerprint()
		if err != nil || len(fp) != 16 {
			t.Fatalf("%s: %q, %v", name, fp, err)
		}
		if other, ok := seen[fp]; ok {
			t.Errorf("%s and %s have the same fingerprint", name, other)
		}
		seen[fp] = name
		sealed, err := k.Seal(example())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(sealed.Seal, fp) {
			t.Errorf("%s: the fingerprint shows something of a seal", name)
		}
	}
}

func TestJudge(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	good, err := k.Seal(example())
	if err != nil {
		t.Fatal(err)
	}
	forged := good
	forged.ShardID = "other"
	wrong := good.Digest
	wrong[0] ^= 1
	forgedDigest := good
	forgedDigest.Digest = wrong
	for name, tt := range map[string]struct {
		h        seal.Handle
		measured [32]byte
		want     seal.Verdict
		err      error
	}{
		"good":                       {good, good.Digest, seal.Verdict{OK: true}, nil},
		"other bytes":                {good, wrong, seal.Verdict{Reason: seal.ReasonDigest}, seal.ErrDigestMismatch},
		"forged":                     {forged, good.Digest, seal.Verdict{Reason: seal.ReasonSeal}, seal.ErrSealVerificationFailed},
		"both":                       {forged, wrong, seal.Verdict{Reason: seal.ReasonSeal}, seal.ErrSealVerificationFailed},
		"digest forged to the bytes": {forgedDigest, wrong, seal.Verdict{Reason: seal.ReasonSeal}, seal.ErrSealVerificationFailed},
		"nothing":                    {seal.Handle{}, [32]byte{}, seal.Verdict{Reason: seal.ReasonSeal}, seal.ErrSealVerificationFailed},
	} {
		// Among others, that are judged with the same memory.
		cases := []seal.Case{{Handle: good, Measured: good.Digest}, {Handle: tt.h, Measured: tt.measured}, {Handle: good, Measured: good.Digest}}
		if err := seal.JudgeAll(k, cases); err != nil || !cases[0].Verdict.OK || cases[1].Verdict != tt.want || !cases[2].Verdict.OK {
			t.Errorf("%s: among others %+v, %v", name, cases, err)
		}
		got, err := seal.Judge(k, tt.h, tt.measured)
		if err != nil || got != tt.want {
			t.Errorf("%s: %v, %v, want %v", name, got, err, tt.want)
		}
		if err := got.Err(); !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, want %v", name, err, tt.err)
		}
	}
	if (seal.Verdict{}).Err() == nil {
		t.Error("the zero verdict is good")
	}
}
