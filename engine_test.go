package vram

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const testToken = "a token that only tests have"

// open starts an engine on hostile simulated devices. Its cleanup checks that
// books and devices agree, closes, and checks that the log is intact and that
// nothing that was freed is dirty.
func open(t *testing.T, change ...func(*Options)) *Engine {
	t.Helper()
	return openWith(t, Options{Simulated: &sim.Options{Memory: 64 * gpu.MiB, Faults: true, Hostile: true, Seed: 1}}, change)
}

// openOn starts an engine on the machine, and checks the same.
func openOn(t *testing.T, m machine, change ...func(*Options)) *Engine {
	t.Helper()
	var o Options
	m.under(&o)
	return openWith(t, o, change)
}

func openWith(t *testing.T, o Options, change []func(*Options)) *Engine {
	t.Helper()
	o.DataDir, o.Token, o.PatrolInterval = filepath.Join(t.TempDir(), "data"), []byte(testToken), -1
	for _, c := range change {
		c(&o)
	}
	e, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if e.sys.Closed() == nil {
			if err := e.sys.Check(context.Background()); err != nil {
				t.Errorf("books: %v", err)
			}
		}
		if err := e.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
		if _, err := audit.Verify(filepath.Join(o.DataDir, "audit"), audit.VerifyOptions{}); err != nil {
			t.Errorf("audit: %v", err)
		}
	})
	return e
}

func randomBytes(n int) []byte {
	p := make([]byte, n)
	if _, err := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)}).Read(p); err != nil {
		return nil // it never fails
	}
	return p
}

func sealBytes(t *testing.T, e *Engine, id string, p []byte) Handle {
	t.Helper()
	h, err := e.Seal(t.Context(), SealRequest{ID: id, Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSealVerifyFlipRelease(t *testing.T) {
	e := open(t)
	p := randomBytes(3<<20 + 17)
	h := sealBytes(t, e, "model-0", p)
	if want := verity.Sum(p); h.Digest != want {
		t.Fatalf("handle has digest %s, the bytes %s", h.Digest, want)
	}
	results, err := e.Verify(t.Context(), "model-0")
	if err != nil || len(results) != 1 || !results[0].OK {
		t.Fatalf("verify: %+v, %v", results, err)
	}
	if err := e.FlipBit(t.Context(), "model-0", 2<<20+5, 3); err != nil {
		t.Fatal(err)
	}
	results, err = e.Verify(t.Context(), "model-0")
	if !errors.Is(err, ErrIntegrityViolation) || len(results) != 1 || results[0].OK || results[0].FirstBadBlock != 512 {
		t.Fatalf("verify after a flip: %+v, %v", results, err)
	}
	if s := e.Status(); s.State != "stopped" {
		t.Fatalf("worker is %s after an incident", s.State)
	}
	if _, err := e.Seal(t.Context(), SealRequest{ID: "other", Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))}); !errors.Is(err, ErrStopped) {
		t.Fatalf("seal on a stopped worker: %v", err)
	}
	if err := e.RestartWorker(t.Context(), "tester"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Verify(t.Context(), "model-0"); !errors.Is(err, ErrIntegrityViolation) {
		t.Fatalf("verify of a quarantined shard: %v", err)
	}
	if err := e.Release(t.Context(), "model-0"); err != nil {
		t.Fatal(err)
	}
	sealBytes(t, e, "model-0", p)
}

func TestExecuteRunsOnVerifiedBytes(t *testing.T) {
	sum := gpu.Kernel{Name: "sum", Params: []int{8, 8}, Go: func(_, _ gpu.Dim3, args gpu.KernelArgs) error {
		var n byte
		for _, b := range args.Memory(0) {
			n += b
		}
		args.Memory(1)[0] = n
		return nil
	}}
	e := open(t, func(o *Options) { o.Kernels = []gpu.Kernel{sum} })
	p := randomBytes(5000)
	sealBytes(t, e, "w", p)
	var want, got byte
	for _, b := range p {
		want += b
	}
	run := func(_ context.Context, r *Run) error {
		w, err := r.Shard("w")
		if err != nil {
			return err
		}
		out, err := r.Scratch(1)
		if err != nil {
			return err
		}
		if err := r.Launch("sum", gpu.Dim3{}, gpu.Dim3{}, w, out); err != nil {
			return err
		}
		one := make([]byte, 1)
		err = r.Read(out, 0, one)
		got = one[0]
		return err
	}
	receipt, err := e.Execute(t.Context(), ExecuteRequest{Shards: []string{"w"}}, run)
	if err != nil || got != want {
		t.Fatalf("sum is %d, want %d: %v", got, want, err)
	}
	if receipt.CheckedBytes != 5000 || len(receipt.Shards) != 1 {
		t.Fatalf("receipt %+v", receipt)
	}
	if err := e.FlipBit(t.Context(), "w", 4999, 7); err != nil {
		t.Fatal(err)
	}
	ran := false
	_, err = e.Execute(t.Context(), ExecuteRequest{Shards: []string{"w"}}, func(context.Context, *Run) error { ran = true; return nil })
	if !errors.Is(err, ErrIntegrityViolation) || ran {
		t.Fatalf("execute on changed bytes: %v, ran %v", err, ran)
	}
}
