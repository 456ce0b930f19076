package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const testToken = "test-token-0123456789"

// example is a complete handle that is not sealed yet.
func example() seal.Handle {
	return seal.Handle{
		ShardID: "llama-7b-0", GPUDevice: 1, GPUUUID: "SIM-1", Kind: "simulated", VRAMBytes: 5000,
		Digest: verity.Sum([]byte("weights")), DigestAlg: verity.Algorithm,
		SealedAt: time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC), ModelRef: "llama",
		ShardIndex: 1, TotalShards: 3, Generation: seal.Generation{1, 2, 3}, State: seal.StateLoading,
	}
}

// coveredChanges changes each field that the seal covers.
var coveredChanges = map[string]func(*seal.Handle){
	"ShardID":     func(h *seal.Handle) { h.ShardID += "x" },
	"GPUDevice":   func(h *seal.Handle) { h.GPUDevice++ },
	"GPUUUID":     func(h *seal.Handle) { h.GPUUUID += "x" },
	"Kind":        func(h *seal.Handle) { h.Kind = "cuda" },
	"VRAMBytes":   func(h *seal.Handle) { h.VRAMBytes-- },
	"Digest":      func(h *seal.Handle) { h.Digest[31] ^= 1 },
	"DigestAlg":   func(h *seal.Handle) { h.DigestAlg = "sha256" },
	"SealedAt":    func(h *seal.Handle) { h.SealedAt = h.SealedAt.Add(1) },
	"ModelRef":    func(h *seal.Handle) { h.ModelRef = "" },
	"ShardIndex":  func(h *seal.Handle) { h.ShardIndex-- },
	"TotalShards": func(h *seal.Handle) { h.TotalShards++ },
	"Generation":  func(h *seal.Handle) { h.Generation[0] ^= 1 },
	"Seal":        func(h *seal.Handle) { h.Seal = h.Seal[1:] + "0" },
	"no seal":     func(h *seal.Handle) { h.Seal = "" },
	"upper case":  func(h *seal.Handle) { h.Seal = strings.ToUpper(h.Seal) },
	"long seal":   func(h *seal.Handle) { h.Seal += "00" },
}

func TestSealCoversEveryField(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	good, err := k.Seal(example())
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Verify(good); err != nil {
		t.Fatal(err)
	}
	if good.State != seal.StateSealed || !good.IsSealed() {
		t.Errorf("sealed handle: state %q, sealed %v", good.State, good.IsSealed())
	}
	for name, change := range coveredChanges {
		h := good
		change(&h)
		if h == good {
			t.Errorf("%s: nothing was changed", name)
		}
		if err := k.Verify(h); !errors.Is(err, seal.ErrSealVerificationFailed) || err.Error() != "seal: verification failed" {
			t.Errorf("%s changed: %v", name, err)
		}
		if h.Same(good) {
			t.Errorf("%s changed: still the same", name)
		}
	}
	h := good
	h.State = seal.StateQuarantined
	if err := k.Verify(h); err != nil || !h.Same(good) {
		t.Errorf("State changed: %v, same %v", err, h.Same(good))
	}
}

func TestSealNormalisesTime(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	h := example()
	h.SealedAt = time.Now().In(time.FixedZone("elsewhere", 5*3600))
	sealed, err := k.Seal(h)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(sealed)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := seal.ParseHandle(text)
	if err != nil || parsed != sealed {
		t.Errorf("parsed %v, %v, want %v", parsed, err, sealed)
	}
	if !sealed.SealedAt.Equal(h.SealedAt) {
		t.Errorf("the time became %v, want %v", sealed.SealedAt, h.SealedAt)
	}
}

func TestIncompleteHandles(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	for name, change := range map[string]func(*seal.Handle){
		"no id":            func(h *seal.Handle) { h.ShardID = "" },
		"long id":          func(h *seal.Handle) { h.ShardID = strings.Repeat("x", 257) },
		"newline":          func(h *seal.Handle) { h.ModelRef = "a\nb" },
		"escape":           func(h *seal.Handle) { h.ModelRef = "a\x1b[2J" },
		"delete":           func(h *seal.Handle) { h.GPUUUID = "a\x7f" },
		"C1 control":       func(h *seal.Handle) { h.Kind = "a\u009b" },
		"line separator":   func(h *seal.Handle) { h.ModelRef = "a\u2028" },
		"invalid UTF-8":    func(h *seal.Handle) { h.ModelRef = "a\xff" },
		"negative device":  func(h *seal.Handle) { h.GPUDevice = -1 },
		"large device":     func(h *seal.Handle) { h.GPUDevice = math.MaxInt32 + 1 },
		"negative index":   func(h *seal.Handle) { h.ShardIndex = -1 },
		"index too large":  func(h *seal.Handle) { h.ShardIndex = h.TotalShards },
		"index, no total":  func(h *seal.Handle) { h.TotalShards = 0 },
		"large total":      func(h *seal.Handle) { h.TotalShards = math.MaxInt32 + 1 },
		"no algorithm":     func(h *seal.Handle) { h.DigestAlg = "" },
		"no digest":        func(h *seal.Handle) { h.Digest = verity.Digest{} },
		"no time":          func(h *seal.Handle) { h.SealedAt = time.Time{} },
		"time before 1970": func(h *seal.Handle) { h.SealedAt = time.Unix(-1, 0) },
		"time after 9999":  func(h *seal.Handle) { h.SealedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"no generation":    func(h *seal.Handle) { h.Generation = seal.Generation{} },
	} {
		h := example()
		change(&h)
		if sealed, err := k.Seal(h); !errors.Is(err, seal.ErrInvalidHandle) || sealed != (seal.Handle{}) {
			t.Errorf("%s: sealed %v, %v", name, sealed, err)
		}
	}
}

func TestUnsealedJSON(t *testing.T) {
	h := example()
	h.Digest, h.SealedAt, h.Generation = verity.Digest{}, time.Time{}, seal.Generation{}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(`"sealed":false,"sealed_at":""`)) || !bytes.Contains(text, []byte(`"digest":""`)) {
		t.Errorf("written as %s", text)
	}
	if parsed, err := seal.ParseHandle(text); err != nil || parsed != h {
		t.Errorf("parsed as %v, %v", parsed, err)
	}
	h.State = ""
	if _, err := json.Marshal(h); !errors.Is(err, seal.ErrInvalidHandle) {
		t.Errorf("no state: %v", err)
	}
	h = example()
	h.Seal = "00"
	if _, err := json.Marshal(h); !errors.Is(err, seal.ErrInvalidHandle) {
		t.Errorf("short seal: %v", err)
	}
	h = example()
	if err := json.Unmarshal([]byte(`{}`), &h); !errors.Is(err, seal.ErrInvalidHandle) || h != example() {
		t.Errorf("a failed Unmarshal: %v, %v", h, err)
	}
}

func TestErrorsRepeatNoInput(t *testing.T) {
	for _, v := range loadVectors(t, "json") {
		body := bytes.ReplaceAll(v.body, []byte("llama-7b-0"), []byte("SENSITIVE"))
		if _, err := seal.ParseHandle(body); err != nil && strings.Contains(err.Error(), "SENSITIVE") {
			t.Errorf("%s: %v", v.name, err)
		}
	}
	if _, err := seal.ParseHandle([]byte(`{"SENSITIVE":1}`)); err == nil || strings.Contains(err.Error(), "SENSITIVE") {
		t.Errorf("unknown field: %v", err)
	}
}

func TestGeneration(t *testing.T) {
	a, err := seal.NewGeneration()
	if err != nil {
		t.Fatal(err)
	}
	b, err := seal.NewGeneration()
	if err != nil {
		t.Fatal(err)
	}
	if a == b || a.IsZero() {
		t.Errorf("generations %v and %v", a, b)
	}
	if parsed, err := seal.ParseGeneration(a.String()); err != nil || parsed != a {
		t.Errorf("parsed %v, %v, want %v", parsed, err, a)
	}
	for _, s := range []string{"", "0", a.String() + "0", strings.Repeat("A", 32), strings.Repeat("g", 32)} {
		if g, err := seal.ParseGeneration(s); !errors.Is(err, seal.ErrInvalidHandle) || !g.IsZero() {
			t.Errorf("%q: %v, %v", s, g, err)
		}
	}
}
