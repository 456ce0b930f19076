package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/vram-engine/vram-engine/seal"
)

func FuzzParseHandleJSON(f *testing.F) {
	for _, v := range loadVectors(f, "json") {
		f.Add(v.body)
	}
	k := openKeyring(f, testToken, testIdentity(), "")
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := seal.ParseHandle(data)
		if err != nil {
			if !errors.Is(err, seal.ErrInvalidHandle) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		written, err := json.Marshal(h)
		if err != nil {
			t.Fatalf("parsed but cannot be written: %v", err)
		}
		again, err := seal.ParseHandle(written)
		if err != nil || again != h {
			t.Fatalf("written and parsed: %v, %v, want %v", again, err, h)
		}
		var given, escaped bytes.Buffer
		if err := json.Compact(&given, data); err != nil {
			t.Fatalf("accepted what is not one JSON value: %v", err)
		}
		json.HTMLEscape(&escaped, given.Bytes())
		if !bytes.Equal(escaped.Bytes(), written) {
			t.Fatalf("malleable: %q and %q", data, written)
		}
		if k.Verify(h) == nil { // then it has to be one of the vectors, whose text is sealed
			checkKnown(t, h)
		}
	})
}

// checkKnown fails unless the handle is one that the test key sealed.
func checkKnown(t *testing.T, h seal.Handle) {
	t.Helper()
	for _, v := range loadVectors(t, "json") {
		if v.expect() != "success" {
			continue
		}
		known, err := seal.ParseHandle(v.body)
		if err != nil {
			t.Fatal(err)
		}
		if known.Same(h) {
			return
		}
	}
	t.Fatalf("a forged handle was verified: %v", h)
}

func FuzzParseCanonical(f *testing.F) {
	for _, v := range loadVectors(f, "canonical") {
		f.Add(v.body)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := seal.ParseCanonical(text)
		if err != nil {
			if !errors.Is(err, seal.ErrInvalidHandle) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, err := seal.Canonical(h)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("malleable: %q and %q, %v", text, again, err)
		}
	})
}

// FuzzCanonicalIsInjective: two handles with the same text are the same.
func FuzzCanonicalIsInjective(f *testing.F) {
	f.Add("a", "b", "c", "d", 0, uint64(1))
	f.Add("a\ngpu_device=1", "b=", "=", "", 1, uint64(0))
	f.Fuzz(func(t *testing.T, id, uuid, kind, ref string, device int, size uint64) {
		h := example()
		h.ShardID, h.GPUUUID, h.Kind, h.ModelRef, h.GPUDevice, h.VRAMBytes, h.State = id, uuid, kind, ref, device, size, ""
		text, err := seal.Canonical(h)
		if err != nil {
			return
		}
		parsed, err := seal.ParseCanonical(text)
		if err != nil || parsed != h {
			t.Fatalf("%q is read as %v, %v, want %v", text, parsed, err, h)
		}
	})
}

func FuzzTokenFile(f *testing.F) {
	f.Add([]byte("0123456789abcdef\n"))
	f.Add([]byte("0123456789abcde\n"))
	f.Add(bytes.Repeat([]byte("x"), 4097))
	f.Add(append(bytes.Repeat([]byte("x"), 4096), '\n'))
	f.Add([]byte("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"))
	path := filepath.Join(f.TempDir(), "token")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		want := bytes.TrimSuffix(content, []byte("\n"))
		token, err := seal.LoadTokenFile(path)
		switch {
		case len(want) < 16:
			if !errors.Is(err, seal.ErrFileShort) {
				t.Errorf("%d bytes: %v", len(want), err)
			}
		case len(want) > 4096:
			if !errors.Is(err, seal.ErrFileLong) {
				t.Errorf("%d bytes: %v", len(want), err)
			}
		case err != nil || !bytes.Equal(token, want):
			t.Errorf("%d bytes: %d, %v", len(want), len(token), err)
		}
		identity, err := seal.LoadOrCreateIdentity(path)
		if err != nil && !errors.Is(err, seal.ErrBadIdentity) && !errors.Is(err, seal.ErrFileLong) {
			t.Errorf("identity: %v", err)
		}
		if err == nil && (len(identity) != 32 || len(content) != 65) {
			t.Errorf("identity of %d bytes from %d", len(identity), len(content))
		}
	})
}
