package gobench

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

func keyring(b *testing.B) *seal.Keyring {
	b.Helper()
	identity, err := seal.LoadOrCreateIdentity(filepath.Join(b.TempDir(), "identity"))
	if err != nil {
		b.Fatal(err)
	}
	keys, err := seal.NewKeyring([]byte("a token that only benchmarks have"), identity, "")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := keys.Close(); err != nil {
			b.Error(err)
		}
	})
	return keys
}

func handle(b *testing.B) seal.Handle {
	b.Helper()
	generation, err := seal.NewGeneration()
	if err != nil {
		b.Fatal(err)
	}
	return seal.Handle{
		ShardID: "model-7b-shard-00", GPUUUID: "SIM-0", Kind: "simulated", VRAMBytes: 1 << 30,
		Digest: verity.Sum([]byte("a model")), DigestAlg: verity.Algorithm, SealedAt: time.Now().UTC(),
		ModelRef: "example/model", TotalShards: 4, Generation: generation,
	}
}

func BenchmarkCanonical(b *testing.B) {
	h := handle(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := seal.Canonical(h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealHandle(b *testing.B) {
	keys, h := keyring(b), handle(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.Seal(h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifySeal(b *testing.B) {
	keys := keyring(b)
	h, err := keys.Seal(handle(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := keys.Verify(h); err != nil {
			b.Fatal(err)
		}
	}
}
