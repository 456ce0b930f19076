package gobench

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/seal"
)

func record() audit.Record {
	return audit.VramSealed("model-7b-shard-00", 0, 1<<30, "6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f", "SIM-0", "example/model")
}

func openLog(b *testing.B) *audit.Log {
	b.Helper()
	signer, err := keyring(b).Signer(seal.PurposeAuditHead)
	if err != nil {
		b.Fatal(err)
	}
	log, _, err := audit.Open(audit.Options{Dir: filepath.Join(b.TempDir(), "log"), Signer: signer})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return log
}

func BenchmarkAuditWrite(b *testing.B) {
	log := openLog(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := log.Write(b.Context(), record()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAuditWriteByMany(b *testing.B) {
	log := openLog(b)
	b.SetParallelism(16)
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := log.Write(b.Context(), record()); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkAuditEmit waits for the log whenever its queue is full, so that it
// shows what can be kept up and not only what can be queued.
func BenchmarkAuditEmit(b *testing.B) {
	log := openLog(b)
	b.ReportAllocs()
	for b.Loop() {
		err := log.Emit(record())
		if errors.Is(err, audit.ErrFull) {
			err = log.Flush(b.Context())
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
