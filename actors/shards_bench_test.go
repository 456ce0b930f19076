package actors

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal"
)

// BenchmarkManyShards compares 10,000 shards of 64 KiB with one shard of the
// same total size, which take turns: the device's own pass, and a patrol.
func BenchmarkManyShards(b *testing.B) {
	const n, each, rounds = 10_000, 64 * gpu.KiB, 25
	s := benchSystem(b)
	many, one := make([]*shard, n), make([]*shard, 1)
	var wait sync.WaitGroup
	for c := range 16 {
		wait.Go(func() {
			for i := c; i < n; i += 16 {
				many[i] = benchShard(b, s, fmt.Sprintf("shard-%d", i), each)
			}
		})
	}
	wait.Wait()
	one[0] = benchShard(b, s, "large", n*each)
	slices.SortFunc(many, func(a, b *shard) int { return bytes.Compare([]byte(a.spec.ID), []byte(b.spec.ID)) })
	for _, way := range []struct {
		name string
		do   func(b *testing.B, s *System, shards []*shard)
	}{{"device", benchDevice}, {"placed", benchPlaced}, {"patrol", benchPatrol}} {
		b.Run(way.name, func(b *testing.B) {
			var all, whole, ratio []float64
			took := func(shards []*shard) float64 {
				start := time.Now()
				way.do(b, s, shards)
				return time.Since(start).Seconds()
			}
			for b.Loop() {
				for range rounds {
					a, o := took(many), took(one)
					all, whole, ratio = append(all, a), append(whole, o), append(ratio, o/a)
				}
			}
			b.ReportMetric(middle(all)*1000, "ms/many")
			b.ReportMetric(middle(whole)*1000, "ms/one")
			b.ReportMetric(middle(ratio), "ratio")
		})
	}
}

func benchSystem(b *testing.B) *System {
	b.Helper()
	backend, err := sim.New(sim.Options{Memory: 2 * gpu.GiB})
	if err != nil {
		b.Fatal(err)
	}
	keys, err := seal.NewKeyring(bytes.Repeat([]byte{'k'}, 32), bytes.Repeat([]byte{'i'}, 32), "")
	if err != nil {
		b.Fatal(err)
	}
	signer, err := keys.Signer(seal.PurposeAuditHead)
	if err != nil {
		b.Fatal(err)
	}
	log, _, err := audit.Open(audit.Options{Dir: filepath.Join(b.TempDir(), "audit"), Signer: signer})
	if err != nil {
		b.Fatal(err)
	}
	s, err := Start(b.Context(), Config{Backend: backend, Keys: keys, Audit: log, Log: hclog.NewNullLogger(), OnIncident: OnIncidentStop, MaxPending: 100})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		ctx := context.Background()
		for _, end := range []func() error{func() error { return s.Stop(ctx) }, func() error { return log.Close(ctx) }, keys.Close} {
			if err := end(); err != nil {
				b.Error(err)
			}
		}
	})
	return s
}

func benchShard(b *testing.B, s *System, id string, size gpu.Bytes) *shard {
	b.Helper()
	l, err := s.Load(b.Context(), 0, ShardSpec{ID: id, Size: size})
	if err != nil {
		b.Error(err)
		return nil
	}
	p := bytes.Repeat([]byte(id+" "), 64<<10)[:64<<10]
	for off := gpu.Bytes(0); off < size && err == nil; off += 64 * gpu.KiB {
		err = l.Write(b.Context(), p, off)
	}
	if err == nil {
		_, err = l.Seal(b.Context())
	}
	if err != nil {
		b.Error(err)
	}
	return l.rec
}

// benchDevice has the device digest the shards in one pass.
func benchDevice(b *testing.B, s *System, shards []*shard) {
	b.Helper()
	rec := s.env.devices[0]
	err := rec.thread.Do(b.Context(), func() {
		var jobs []gpu.DigestJob
		for _, x := range shards {
			jobs = append(jobs, gpu.DigestJob{Span: x.buffer.Span(), Expect: x.kept})
		}
		pass, err := rec.dev.Digest(jobs)
		for done := false; err == nil && !done; {
			done, err = pass.Step(sliceSimulated)
		}
		if err == nil {
			_, err = pass.Results()
		}
		if err == nil {
			err = pass.Close()
		}
		if err != nil {
			b.Error(err)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
}

// benchPlaced is benchDevice in the order of the memory.
func benchPlaced(b *testing.B, s *System, shards []*shard) {
	b.Helper()
	shards = slices.Clone(shards)
	slices.SortFunc(shards, func(a, b *shard) int {
		x, y := a.buffer.Span(), b.buffer.Span()
		return cmp.Or(cmp.Compare(x.Extent, y.Extent), cmp.Compare(x.Offset, y.Offset))
	})
	benchDevice(b, s, shards)
}

// benchPatrol has the device patrol the shards.
func benchPatrol(b *testing.B, s *System, shards []*shard) {
	b.Helper()
	told := make(chan patrolled, 1)
	s.env.devices[0].submit(newPatrolWork(1, shards, func(p patrolled) { told <- p }))
	if p := <-told; p.err != nil || p.Shards != len(shards) {
		b.Fatalf("%+v", p)
	}
}

func middle(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
