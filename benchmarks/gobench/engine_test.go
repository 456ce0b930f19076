package gobench

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

func openEngine(b *testing.B, memory gpu.Bytes, kernels ...gpu.Kernel) *vram.Engine {
	b.Helper()
	engine, err := vram.Open(b.Context(), vram.Options{
		DataDir: filepath.Join(b.TempDir(), "data"), Token: []byte("a token that only benchmarks have"), PatrolInterval: -1,
		Simulated: &sim.Options{Memory: memory}, Kernels: kernels,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := engine.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return engine
}

func sealBytes(b *testing.B, engine *vram.Engine, id string, data []byte) {
	b.Helper()
	_, err := engine.Seal(b.Context(), vram.SealRequest{ID: id, Source: bytes.NewReader(data), Size: gpu.BytesOf(len(data))})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkExecute(b *testing.B) {
	for _, n := range []int{4 << 10, 1 << 20} {
		b.Run("size="+size(n), func(b *testing.B) {
			engine := openEngine(b, 64*gpu.MiB)
			sealBytes(b, engine, "shard", random(b, n))
			b.ReportAllocs()
			for b.Loop() {
				_, err := engine.Execute(b.Context(), vram.ExecuteRequest{Shards: []string{"shard"}},
					func(context.Context, *vram.Run) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{4 << 10, 1 << 20, 64 << 20} {
		b.Run("size="+size(n), func(b *testing.B) {
			engine := openEngine(b, 128*gpu.MiB)
			sealBytes(b, engine, "shard", random(b, n))
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.Verify(b.Context(), "shard"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerifyAllSmall(b *testing.B) {
	engine := openEngine(b, 128*gpu.MiB)
	data := random(b, 64<<10)
	const count = 256
	for i := range count {
		sealBytes(b, engine, fmt.Sprintf("shard-%d", i), data)
	}
	b.SetBytes(int64(count * len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.VerifyAll(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSealRelease brings a shard in and gives its memory back.
func BenchmarkSealRelease(b *testing.B) {
	for _, n := range []int{64 << 10, 16 << 20} {
		b.Run("size="+size(n), func(b *testing.B) {
			engine := openEngine(b, 64*gpu.MiB)
			data := random(b, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				sealBytes(b, engine, "shard", data)
				if err := engine.Release(b.Context(), "shard"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
