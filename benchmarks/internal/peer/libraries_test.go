package peer

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	lukechampine "lukechampine.com/blake3"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// TestLibraries: what is compared computes what its family says, in one piece
// and in several.
func TestLibraries(t *testing.T) {
	data := make([]byte, 700_001)
	if _, err := rand.NewChaCha8([32]byte{3}).Read(data); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 4095, 4096, 4097, 128 * 4096, 128*4096 + 1, len(data)} {
		want := map[Family][32]byte{
			SHA256: sha256.Sum256(data[:size]), FSVerity: verity.Sum(data[:size]), BLAKE3: lukechampine.Sum256(data[:size]),
		}
		for _, l := range Libraries() {
			if got := l.Sum(data[:size]); got != want[l.Family] {
				t.Errorf("%s of %d bytes is %x, want %x", l.Name, size, got, want[l.Family])
			}
			h := l.New()
			for rest := data[:size]; len(rest) > 0; {
				n := min(len(rest), 5000)
				h.Write(rest[:n])
				rest = rest[n:]
			}
			if got := [32]byte(h.Sum(nil)); got != want[l.Family] {
				t.Errorf("%s of %d bytes in pieces is %x, want %x", l.Name, size, got, want[l.Family])
			}
		}
	}
}
