package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
	"github.com/vram-engine/vram-engine/gpu/gputest"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// patrolEvery is how often the engine of this part looks at its shards.
const patrolEvery = 2 * time.Second

// engine uses the engine as a library does: a large file is sealed, verified,
// used, patrolled and released, and then the audit log is verified.
func engine(ctx context.Context, o *options, r *cudacheck.Recorder) (err error) {
	dir, err := os.MkdirTemp(o.tmp, "gpu-check-")
	if err != nil {
		return errors.Wrap(err, "a temporary folder")
	}
	defer func() { err = errors.CombineErrors(err, os.RemoveAll(dir)) }()
	data := filepath.Join(dir, "data")
	e, name, err := o.openEngine(ctx, data)
	if err != nil {
		return err
	}
	r.Simulated = strings.HasPrefix(strings.ToLower(name), "fake")
	err = useEngine(ctx, e, dir, o.check.Device, r)
	begin := time.Now()
	closed := e.Close(context.WithoutCancel(ctx))
	r.Check("close", closed == nil, "in %.2f s: %s", time.Since(begin).Seconds(), well(closed))
	if err != nil {
		return err
	}
	report, err := audit.Verify(filepath.Join(data, "audit"), audit.VerifyOptions{})
	r.Check("audit log", err == nil && report.Records > 0, "%d records: %s", report.Records, well(err))
	return writeIntoSealed(ctx, o, dir, r)
}

// openEngine starts an engine on the GPUs, with the kernels of the conformance
// suite.
func (o *options) openEngine(ctx context.Context, data string) (*vram.Engine, string, error) {
	backend, name, err := o.backend()
	if err != nil {
		return nil, "", err
	}
	token := make([]byte, 32)
	if _, err := rand.Read(token); err != nil {
		return nil, "", errors.Wrap(err, "a token")
	}
	e, err := vram.Open(ctx, vram.Options{
		DataDir: data, Token: token, Backend: backend, PatrolInterval: patrolEvery, Kernels: gputest.Kernels(gputest.PTX()),
	})
	return e, name, err
}

func well(err error) string {
	if err == nil {
		return "well"
	}
	return err.Error()
}

func useEngine(ctx context.Context, e *vram.Engine, dir string, device int, r *cudacheck.Recorder) error {
	free := gpu.Bytes(0)
	for _, d := range e.Devices() {
		if d.Index == device {
			free = d.Available
		}
	}
	f, size, want, err := modelFile(ctx, dir, free, r)
	if err != nil {
		return err
	}
	err = sealAndVerify(ctx, e, f, size, want, device, r)
	if err := errors.CombineErrors(err, f.Close()); err != nil {
		return err
	}
	if err := execute(ctx, e, device, r); err != nil {
		return err
	}
	patrol(ctx, e, r)
	begin := time.Now()
	n, err := e.ReleaseAll(ctx)
	r.Check("release", err == nil && n == 2 && len(e.Shards()) == 0, "%d shards, scrubbed, in %.2f s: %s", n, time.Since(begin).Seconds(), well(err))
	return err
}

func sealAndVerify(ctx context.Context, e *vram.Engine, f *os.File, size gpu.Bytes, want verity.Digest, device int, r *cudacheck.Recorder) error {
	begin := time.Now()
	h, err := e.Seal(ctx, vram.SealRequest{ID: "model", Device: device, File: f, TotalShards: 1, ExpectDigest: want.String()})
	if err != nil {
		r.Check("seal of "+size.String(), false, "%v", err)
		return err
	}
	took := time.Since(begin)
	r.Check("seal of "+size.String(), h.Digest == want, "from a file in the page cache, in %.2f s; the digest is the file's", took.Seconds())
	r.Number("seal, with reading and the audit log", "GB/s", float64(size)/took.Seconds()/1e9)
	var speeds []float64
	for range 5 {
		begin := time.Now()
		results, err := e.Verify(ctx, "model")
		if err != nil || len(results) != 1 || !results[0].OK {
			r.Check("verify", false, "%s", well(err))
			return err
		}
		speeds = append(speeds, float64(size)/time.Since(begin).Seconds()/1e9)
	}
	r.Check("verify", true, "5 times")
	r.Number("verify, as a caller sees it", "GB/s", speeds...)
	return nil
}

// execute seals a small shard and has a kernel add its bytes up.
func execute(ctx context.Context, e *vram.Engine, device int, r *cudacheck.Recorder) error {
	small := make([]byte, 65_537)
	if _, err := rand.Read(small); err != nil {
		return errors.Wrap(err, "random data")
	}
	if _, err := e.Seal(ctx, vram.SealRequest{ID: "small", Device: device, Source: bytes.NewReader(small), Size: gpu.BytesOf(len(small)), TotalShards: 1}); err != nil {
		r.Check("seal of a small shard", false, "%v", err)
		return err
	}
	want := uint64(0)
	for _, b := range small {
		want += uint64(b)
	}
	var got uint64
	receipt, err := e.Execute(ctx, vram.ExecuteRequest{Shards: []string{"small"}}, func(_ context.Context, run *vram.Run) (err error) {
		got, err = sum(run, "small")
		return err
	})
	r.Check("execute", err == nil && got == want, "a kernel added up %d bytes; check %.3f ms, run %.3f ms: %s",
		len(small), receipt.CheckTook.Seconds()*1e3, receipt.RunTook.Seconds()*1e3, well(err))
	return err
}

// patrol waits for a patrol that began now.
func patrol(ctx context.Context, e *vram.Engine, r *cudacheck.Recorder) {
	before := e.Status().Patrol.Passes
	within, stop := context.WithTimeout(ctx, 20*patrolEvery)
	defer stop()
	tick := time.NewTicker(patrolEvery / 20)
	defer tick.Stop()
	for {
		p := e.Status().Patrol
		if p.Passes >= before+2 {
			r.Check("patrol", p.Failed == 0 && p.Shards == 2, "%d shards, %s in %.2f ms, %d failed", p.Shards, p.Bytes, p.TookMS, p.Failed)
			return
		}
		select {
		case <-tick.C:
		case <-within.Done():
			r.Check("patrol", false, "there was none in %s", 20*patrolEvery)
			return
		}
	}
}
