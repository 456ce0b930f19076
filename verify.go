package vram

import (
	"context"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/internal/input"
	"github.com/vram-engine/vram-engine/seal"
)

// VerifyResult is what a verification found.
type VerifyResult struct {
	ShardID string `json:"shard_id"`
	OK      bool   `json:"ok"`
	// Reason is why it is not: "digest", "seal", "residency", "handle", or
	// "crashes". "" when it is.
	Reason string `json:"reason"`
	// FirstBadBlock is the index of the first 4096-byte block that differs
	// from what was sealed, or -1.
	FirstBadBlock  int64     `json:"first_bad_block"`
	Bytes          gpu.Bytes `json:"bytes"`
	DurationMS     float64   `json:"duration_ms"`
	BytesPerSecond float64   `json:"bytes_per_second"`
}

// Verify digests the shards' bytes in device memory in passes that start after
// the call, and compares them with their seals. A shard whose failure is on
// record is not digested again: it has failed. When any shard is not OK the
// error is ErrIntegrityViolation and the results are complete; on other errors
// there are none. The worker has then acted on the incident, and the audit log
// says so.
func (e *Engine) Verify(ctx context.Context, ids ...string) ([]VerifyResult, error) {
	results, err := e.verify(ctx, ids)
	return results, translate("verify", "", err)
}

// VerifyAll verifies every shard that is sealed, as Verify does.
func (e *Engine) VerifyAll(ctx context.Context) ([]VerifyResult, error) {
	results, err := e.verifyAll(ctx)
	return results, translate("verify", "", err)
}

func (e *Engine) verifyAll(ctx context.Context) ([]VerifyResult, error) {
	if err := e.enter(ctx, "verify"); err != nil {
		return nil, err
	}
	verdicts, err := e.sys.VerifyAll(ctx)
	if err != nil {
		return nil, err
	}
	return resultsOf(verdicts)
}

func (e *Engine) verify(ctx context.Context, ids []string) ([]VerifyResult, error) {
	if err := e.enter(ctx, "verify"); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := input.ShardID(id); err != nil {
			return nil, err
		}
	}
	verdicts, err := e.sys.VerifyMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	return resultsOf(verdicts)
}

// resultsOf is complete, and the error says whether any shard failed.
func resultsOf(verdicts []actors.Verdict) ([]VerifyResult, error) {
	results := make([]VerifyResult, 0, len(verdicts))
	var failed error
	for _, v := range verdicts {
		r := resultOf(v)
		results = append(results, r)
		if !r.OK && failed == nil {
			failed = &actors.Error{Code: actors.ErrIntegrity, Shard: r.ShardID, Detail: "it failed verification (" + r.Reason + ") and is quarantined: see incident list"}
		}
	}
	return results, failed
}

func resultOf(v actors.Verdict) VerifyResult {
	r := VerifyResult{ShardID: v.ID, OK: v.Failure == nil, FirstBadBlock: gpu.NoBlock, Bytes: v.Bytes,
		DurationMS: float64(v.Took) / float64(time.Millisecond)}
	if v.Failure != nil {
		r.Reason, r.FirstBadBlock = v.Failure.Reason, v.Failure.BadBlock
	}
	if v.Took > 0 {
		r.BytesPerSecond = float64(v.Bytes) / v.Took.Seconds()
	}
	return r
}

// VerifyHandle checks a handle that somebody presents: its seal, that it means
// the allocation that lives under its id now, and the bytes in device memory.
// A handle that fails the first two is ErrSealVerificationFailed, whatever the
// cause: that request is refused and recorded, and nothing else happens.
func (e *Engine) VerifyHandle(ctx context.Context, h Handle) (VerifyResult, error) {
	r, err := e.verifyHandle(ctx, h)
	return r, translate("verify", "", err)
}

func (e *Engine) verifyHandle(ctx context.Context, h Handle) (VerifyResult, error) {
	if err := e.enter(ctx, "verify"); err != nil {
		return VerifyResult{}, err
	}
	refused := VerifyResult{ShardID: h.ShardID, Reason: "handle", FirstBadBlock: gpu.NoBlock}
	err := e.keys.Verify(h)
	if errors.Is(err, seal.ErrKeyClosed) {
		return VerifyResult{}, &actors.Error{Code: actors.ErrClosed}
	}
	if err != nil || !e.sys.Own(h) {
		if input.ShardID(h.ShardID) != nil {
			refused.ShardID = ""
		}
		if err := e.log.Emit(audit.HandleRefused(refused.ShardID, "handle", "caller")); err != nil {
			e.options.Logger.Warn("an audit record was not queued", "error", err.Error())
		}
		return refused, &actors.Error{Code: actors.ErrSeal, Detail: "the handle is not one of a live shard of this engine"}
	}
	results, err := e.verify(ctx, []string{h.ShardID})
	if len(results) != 1 {
		return VerifyResult{}, err
	}
	return results[0], err
}
