package server_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/server"
	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// TestErrorsSurviveTheSocket: what the client sees is what the engine said,
// with the same exit status.
func TestErrorsSurviveTheSocket(t *testing.T) {
	for _, kind := range []error{
		vram.ErrInvalidInput, vram.ErrNotFound, vram.ErrConflict, vram.ErrAllocationFailed, vram.ErrNotSealed,
		vram.ErrPolicyViolation, vram.ErrDeviceLost, vram.ErrQuarantined, vram.ErrAuditUnavailable, vram.ErrStopped,
		vram.ErrOverloaded, vram.ErrNoDevice, vram.ErrInternal,
		&vram.InsufficientVRAMError{Needed: 1 << 40, Available: 5},
	} {
		said := &vram.Error{Op: "verify", Shard: "a\nb", Kind: kind, Cause: errors.New("do this\x1b")}
		b := serve(t, func() (server.Engine, error) { return nil, said }, false)
		_, err := client.Call(t.Context(), b.client, b.client.GetStatus, &v1.GetStatusRequest{})
		if vram.ExitStatus(err) != vram.ExitStatus(said) || vram.KindOf(err) != vram.KindOf(said) {
			t.Errorf("%v became %v", said, err)
			continue
		}
		if !strings.Contains(err.Error(), `do this\u{1b}`) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("the text became %q", err)
		}
		var want, got *vram.InsufficientVRAMError
		if errors.As(said, &want) && (!errors.As(err, &got) || *got != *want) {
			t.Errorf("the figures became %+v", got)
		}
	}
}

func TestFailedChecksAreAnswers(t *testing.T) {
	for _, kind := range []error{vram.ErrIntegrityViolation, vram.ErrSealVerificationFailed} {
		f := &fake{verify: func() ([]vram.VerifyResult, error) {
			return []vram.VerifyResult{{ShardID: "a", Reason: "digest", FirstBadBlock: 2}, {ShardID: "b", OK: true}},
				&vram.Error{Op: "verify", Shard: "a", Kind: kind}
		}}
		b := serve(t, with(f), false)
		res, err := client.Call(t.Context(), b.client, b.client.Verify, &v1.VerifyRequest{All: true})
		if err != nil || len(res.GetResults()) != 2 || res.GetResults()[0].GetFirstBadBlock() != 2 {
			t.Fatalf("%v, %v", res, err)
		}
		if err := client.FromInfo(res.GetFailure()); !errors.Is(err, kind) || res.GetFailure().GetShardId() != "a" {
			t.Errorf("the failure became %v", err)
		}
	}
}

func TestAmbiguousRequestsAreRefused(t *testing.T) {
	b := serve(t, with(&fake{}), false)
	for _, r := range []*v1.VerifyRequest{
		{}, {All: true, ShardIds: []string{"a"}}, {All: true, Handle: []byte("{}")}, {ShardIds: []string{"a"}, Handle: []byte("{}")},
	} {
		if _, err := client.Call(t.Context(), b.client, b.client.Verify, r); !errors.Is(err, vram.ErrInvalidInput) {
			t.Errorf("verify %v: %v", r, err)
		}
	}
	for _, r := range []*v1.ReleaseRequest{{}, {All: true, ShardIds: []string{"a"}}} {
		if _, err := client.Call(t.Context(), b.client, b.client.Release, r); !errors.Is(err, vram.ErrInvalidInput) {
			t.Errorf("release %v: %v", r, err)
		}
	}
	_, err := client.Call(t.Context(), b.client, b.client.UnquarantineDevice, &v1.UnquarantineDeviceRequest{GpuDevice: 1<<32 - 1})
	if !errors.Is(err, vram.ErrInvalidInput) {
		t.Errorf("a huge device: %v", err)
	}
}

// TestPanicsStayInside: the caller gets an answer that repeats nothing.
func TestPanicsStayInside(t *testing.T) {
	b := serve(t, with(&fake{}), false)
	_, err := client.Call(t.Context(), b.client, b.client.FlipBit, &v1.FlipBitRequest{})
	if !errors.Is(err, vram.ErrInternal) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func sealed(id string) vram.Handle {
	h := vram.Handle{
		ShardID: id, GPUUUID: "SIM-0", Kind: "simulated", VRAMBytes: 7, Digest: verity.Digest{1}, DigestAlg: verity.Algorithm,
		SealedAt: time.Unix(1, 0).UTC(), TotalShards: 1, Generation: seal.Generation{1}, Seal: strings.Repeat("a", 64), State: seal.StateSealed,
	}
	return h
}

func TestSealReadsThePassedFile(t *testing.T) {
	var got vram.SealRequest
	f := &fake{seal: func(_ context.Context, r vram.SealRequest) (vram.Handle, error) {
		got = r
		r.Progress(3, 7)
		text, err := read(r)
		if text != "weights" || err != nil {
			return vram.Handle{}, errors.Join(err, errors.New("read "+text))
		}
		return sealed(r.ID), nil
	}}
	b := serve(t, with(f), false)
	stream, err := b.client.Seal(t.Context(), &v1.SealRequest{
		Ticket: b.pass(t, b.open(t, 0o644)), ShardId: "a", GpuDevice: -1, ExpectDigest: "d", ExpectSha256: "s",
		ModelRef: "m", ShardIndex: 1, TotalShards: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var last *v1.SealResponse
	for stream.Receive() {
		last = stream.Msg()
	}
	if err := b.client.Explain(stream.Err()); err != nil || last.GetShard().GetShardId() != "a" {
		t.Fatalf("%v, %v", last, err)
	}
	if len(last.GetWarnings()) != 1 || len(f.notes) != 1 {
		t.Errorf("the finding was not told: %v, %v", last.GetWarnings(), f.notes)
	}
	if got.Device != -1 || got.ExpectDigest != "d" || got.ExpectSHA256 != "s" || got.ModelRef != "m" || got.ShardIndex != 1 || got.TotalShards != 2 {
		t.Errorf("the request became %+v", got)
	}
	if got.File == nil || got.File.Close() == nil {
		t.Error("the server left the file open")
	}
}

func TestSealRefuses(t *testing.T) {
	f := &fake{seal: func(context.Context, vram.SealRequest) (vram.Handle, error) {
		t.Error("the engine was called")
		return vram.Handle{}, nil
	}}
	b := serve(t, with(f), true)
	for name, c := range map[string]struct {
		mode    os.FileMode // 0: no file is passed
		request *v1.SealRequest
		want    error
	}{
		"no ticket":      {0, &v1.SealRequest{}, vram.ErrInvalidInput},
		"unknown ticket": {0, &v1.SealRequest{Ticket: make([]byte, 16)}, vram.ErrInvalidInput},
		"shared file":    {0o644, &v1.SealRequest{}, vram.ErrPolicyViolation},
		"huge index":     {0o600, &v1.SealRequest{ShardIndex: 1 << 31}, vram.ErrInvalidInput},
		"huge number":    {0o600, &v1.SealRequest{TotalShards: 1 << 31}, vram.ErrInvalidInput},
	} {
		if c.mode != 0 {
			c.request.Ticket = b.pass(t, b.open(t, c.mode))
		}
		if _, err := one(t.Context(), b, c.request); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := b.desk.Waiting(); n != 0 {
		t.Errorf("%d files still wait", n)
	}
}

// one makes the call and returns its last message.
func one(ctx context.Context, b *bench, r *v1.SealRequest) (*v1.SealResponse, error) {
	stream, err := b.client.Seal(ctx, r)
	if err != nil {
		return nil, b.client.Explain(err)
	}
	var last *v1.SealResponse
	for stream.Receive() {
		last = stream.Msg()
	}
	return last, b.client.Explain(errors.Join(stream.Err(), stream.Close()))
}

// TestClientThatGoesAwayCancels: Ctrl-C of the client ends the engine's work.
func TestClientThatGoesAwayCancels(t *testing.T) {
	started, cancelled := make(chan struct{}), make(chan struct{})
	f := &fake{seal: func(ctx context.Context, _ vram.SealRequest) (vram.Handle, error) {
		close(started)
		<-ctx.Done()
		close(cancelled)
		return vram.Handle{}, &vram.Error{Op: "seal", Kind: vram.ErrCanceled, Cause: ctx.Err()}
	}}
	b := serve(t, with(f), false)
	ctx, cancel := context.WithCancel(t.Context())
	request := &v1.SealRequest{Ticket: b.pass(t, b.open(t, 0o600)), ShardId: "a"}
	ended := make(chan error, 1)
	go func() {
		_, err := one(ctx, b, request)
		ended <- err
	}()
	<-started
	cancel()
	<-cancelled
	if err := <-ended; !errors.Is(err, vram.ErrCanceled) {
		t.Errorf("got %v", err)
	}
}

func TestEventsUntilTheEngineCloses(t *testing.T) {
	f := &fake{events: make(chan vram.Event, 1)}
	b := serve(t, with(f), false)
	stream, err := b.client.WatchEvents(t.Context(), &v1.WatchEventsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if !stream.Receive() || stream.Msg().GetEvent() != nil {
		t.Fatalf("the first message: %v, %v", stream.Msg(), stream.Err())
	}
	f.events <- vram.Event{Kind: "sealed", Shard: "a", Device: -1}
	if !stream.Receive() || stream.Msg().GetEvent().GetKind() != "sealed" || stream.Msg().GetEvent().GetGpuDevice() != -1 {
		t.Fatalf("the event: %v, %v", stream.Msg(), stream.Err())
	}
	close(f.events)
	if stream.Receive() || stream.Err() != nil {
		t.Errorf("after the end: %v, %v", stream.Msg(), stream.Err())
	}
}

func TestNobodyThere(t *testing.T) {
	c := client.New(t.TempDir() + "/none")
	defer c.Close()
	_, err := client.Call(t.Context(), c, c.GetStatus, &v1.GetStatusRequest{})
	if vram.ExitStatus(err) != 7 || !strings.Contains(err.Error(), "vram-engine serve") {
		t.Errorf("got %v", err)
	}
}
