package audit

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

func benchLog(b *testing.B) (*Log, string) {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "audit")
	l, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return l, dir
}

func benchRecord() Record {
	return SealVerified("llama-0", 0, 4096, strings.Repeat("ab", 32), "before", 0)
}

// BenchmarkWrite is one writer that waits for the disk each time.
func BenchmarkWrite(b *testing.B) {
	l, _ := benchLog(b)
	for b.Loop() {
		if _, err := l.Write(b.Context(), benchRecord()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriteShared is 64 writers for each core, who share the batches.
func BenchmarkWriteShared(b *testing.B) {
	l, _ := benchLog(b)
	b.SetParallelism(64)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := l.Write(context.Background(), benchRecord()); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkEmit is what a caller pays to queue a record, while another goroutine
// writes. The queue never gets full.
func BenchmarkEmit(b *testing.B) {
	l, _ := benchLog(b)
	r := benchRecord()
	n := 0
	for b.Loop() {
		if err := l.Emit(r); err != nil {
			b.Fatal(err)
		}
		if n++; n%(defaultMaxQueue/2) == 0 {
			b.StopTimer()
			if err := l.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	}
}

// BenchmarkVerify checks a log of 20,000 records; records/s is what matters.
func BenchmarkVerify(b *testing.B) {
	const records = 20_000
	l, dir := benchLog(b)
	for range records / 100 {
		for range 100 {
			if err := l.Emit(benchRecord()); err != nil {
				b.Fatal(err)
			}
		}
		if err := l.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := Verify(dir, VerifyOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
