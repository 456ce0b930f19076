package vram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestManySealsForTheLastMegabyte lets 1,000 seals of 64 KiB race for room for
// 16 of them, on a device that is otherwise full.
func TestManySealsForTheLastMegabyte(t *testing.T) {
	e := open(t, func(o *Options) { o.Simulated.Memory = 4 * gpu.MiB })
	for i, size := range []int{2 << 20, 1 << 20} {
		sealBytes(t, e, fmt.Sprintf("ballast-%d", i), randomBytes(size))
	}
	var ok, full atomic.Int64
	var wait sync.WaitGroup
	start := make(chan struct{})
	p := randomBytes(64 << 10)
	for i := range 1000 {
		wait.Go(func() {
			<-start
			_, err := e.Seal(t.Context(), SealRequest{ID: fmt.Sprintf("s-%d", i), Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))})
			switch {
			case err == nil:
				ok.Add(1)
			case errors.Is(err, ErrInsufficientVRAM):
				full.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	close(start)
	wait.Wait()
	if ok.Load() != 16 || full.Load() != 984 {
		t.Errorf("%d were sealed and %d refused, want 16 and 984", ok.Load(), full.Load())
	}
	if d := e.Devices()[0]; d.Mapped != 4*gpu.MiB || d.Used != 4*gpu.MiB {
		t.Errorf("device: %+v", d)
	}
	if results, err := e.VerifyAll(t.Context()); err != nil || len(results) != 18 {
		t.Errorf("verify: %d, %v", len(results), err)
	}
	if n, err := e.ReleaseAll(t.Context()); n != 18 || err != nil {
		t.Errorf("released %d, %v", n, err)
	}
	if d := e.Devices()[0]; d.Mapped != 0 || d.Used != 0 {
		t.Errorf("device: %+v", d)
	}
}

// TestEverythingAtOnce has hundreds of goroutines do everything. What they get
// is an answer of a known kind; at the end the books agree.
func TestEverythingAtOnce(t *testing.T) {
	const workers, rounds, names = 200, 12, 20
	e := open(t, func(o *Options) { o.Simulated.Devices = 2; o.Simulated.Memory = 16 * gpu.MiB })
	contents := make([][]byte, names)
	for i := range contents {
		contents[i] = randomBytes(1000 + i*7001)
	}
	expected := []error{ErrNotFound, ErrConflict, ErrNotSealed, ErrInsufficientVRAM, ErrInvalidInput}
	check := func(what string, err error) {
		if err == nil {
			return
		}
		for _, kind := range expected {
			if errors.Is(err, kind) {
				return
			}
		}
		t.Errorf("%s: %v", what, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := e.Events(ctx)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for range rounds {
				i := r.IntN(names)
				id := fmt.Sprintf("n-%d", i)
				switch r.IntN(6) {
				case 0, 1:
					_, err := e.Seal(ctx, SealRequest{ID: id, Device: r.IntN(3) - 1, Source: bytes.NewReader(contents[i]), Size: gpu.BytesOf(len(contents[i]))})
					check("seal", err)
				case 2:
					_, err := e.Verify(ctx, id)
					check("verify", err)
				case 3:
					_, err := e.Execute(ctx, ExecuteRequest{Shards: []string{id}}, func(_ context.Context, r *Run) error {
						_, err := r.Shard(id)
						return err
					})
					check("execute", err)
				case 4:
					check("release", e.Release(ctx, id))
				case 5:
					_ = fmt.Sprint(e.Status(), e.Shards(), e.Incidents())
				}
			}
		})
	}
	wait.Wait()
	cancel()
	seen := 0
	for range events {
		seen++
	}
	if seen == 0 {
		t.Error("no event")
	}
	if results, err := e.VerifyAll(t.Context()); err != nil {
		t.Errorf("verify: %+v, %v", results, err)
	}
}

// TestOverload refuses with a typed error what would wait too long.
func TestOverload(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		goOn, first := make(chan struct{}), make(chan error, 1)
		go func() {
			_, err := s.run(func(context.Context, *Run) error { <-goOn; return nil })
			first <- err
		}()
		synctest.Wait() // the callback has the device
		answers := make(chan error, 8)
		for range 8 {
			go func() { _, err := s.e.Verify(t.Context(), smallID); answers <- err }()
		}
		refused := 0
		for refused < 5 { // three may wait besides the first
			err := <-answers
			if !errors.Is(err, ErrOverloaded) || !Retriable(err) {
				t.Errorf("got %v", err)
			}
			refused++
		}
		close(goOn)
		for range 3 {
			if err := <-answers; err != nil {
				t.Errorf("one that waited: %v", err)
			}
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := s.e.Release(t.Context(), smallID); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}, func(o *Options) { o.MaxPending = 4 })
}
