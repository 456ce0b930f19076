package vram

import (
	"context"
	"crypto/sha256"
	"io"
	"os"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/internal/input"
	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// AnyDevice lets the engine choose the device with the most room.
const AnyDevice = -1

// SealRequest says what to load and what is expected of it.
type SealRequest struct {
	ID     string // 1 to 256 letters, digits and dashes (IV-003)
	Device int    // index, or AnyDevice
	// Source gives exactly Size bytes; one byte more or less is an error.
	// Instead of both, File may name an open regular file, read from offset 0.
	Source io.Reader
	Size   gpu.Bytes
	File   *os.File
	// ExpectDigest is the digest that must result, "" if none is expected: 64
	// hexadecimal digits, "sha256:" may stand before them.
	ExpectDigest string
	// ExpectSHA256 is the plain SHA-256 of the source, as model registries
	// publish it. It is checked once while loading; no seal rests on it.
	ExpectSHA256 string
	ModelRef     string // free text that the handle carries
	ShardIndex   int
	TotalShards  int
	// Progress is called now and then on the calling goroutine.
	Progress func(done, total gpu.Bytes)
}

// Seal loads a shard into device memory, digests what arrived there, compares
// it with what is expected, and seals it. When it returns without an error,
// the shard serves and the audit record is on disk. On any error nothing of it
// stays allocated and what was written is scrubbed.
//
// An id that is in use is ErrConflict, unless size and bytes agree with the
// shard that has it: then its handle is returned. ErrInsufficientVRAM comes as
// *InsufficientVRAMError; a digest that is not the expected one is
// ErrIntegrityViolation. Seal reads through a fixed staging buffer that is
// zeroed, and never the whole source. It blocks on the source, the device and
// the disk until ctx ends.
func (e *Engine) Seal(ctx context.Context, r SealRequest) (Handle, error) {
	h, err := e.seal(ctx, r)
	return h, translate("seal", r.ID, err)
}

func (e *Engine) seal(ctx context.Context, r SealRequest) (Handle, error) {
	if err := e.enter(ctx, "seal"); err != nil {
		return Handle{}, err
	}
	spec, src, err := e.sealSpec(r)
	if err != nil {
		return Handle{}, err
	}
	if old, err := e.sys.Shard(r.ID); err == nil {
		return e.sameShard(ctx, old, spec, src, r.ExpectSHA256)
	}
	device := r.Device
	if device == AnyDevice {
		device = e.roomiest()
	}
	loader, err := e.sys.Load(ctx, device, spec)
	if err != nil {
		return Handle{}, err
	}
	if err := e.load(ctx, loader, spec, src, r); err != nil {
		return Handle{}, err
	}
	return loader.Seal(ctx)
}

// load pumps, and gives the load up if that fails, or if a function of the
// caller's panics.
func (e *Engine) load(ctx context.Context, loader *actors.Loader, spec actors.ShardSpec, src io.Reader, r SealRequest) error {
	err := error(&actors.Error{Code: actors.ErrSourceFailed, Shard: spec.ID, Detail: "Progress did not return"})
	defer func() {
		if err != nil {
			loader.Abort(err)
		}
	}()
	err = e.pump(loader.Context(), loader, spec, src, r)
	if cause := context.Cause(loader.Context()); err != nil && cause != nil && ctx.Err() == nil {
		err = cause
	}
	return err
}

// sealSpec checks everything that the caller says.
func (e *Engine) sealSpec(r SealRequest) (actors.ShardSpec, io.Reader, error) {
	spec := actors.ShardSpec{ID: r.ID, Size: r.Size, ModelRef: r.ModelRef, ShardIndex: r.ShardIndex, TotalShards: r.TotalShards}
	src := r.Source
	if r.File != nil {
		if r.Source != nil {
			return spec, nil, errors.Wrap(ErrInvalidInput, "Source and File are both set: choose one")
		}
		info, err := r.File.Stat()
		if err != nil {
			return spec, nil, unreadable(err)
		}
		if !info.Mode().IsRegular() {
			return spec, nil, errors.Wrap(ErrInvalidInput, "the model is not a regular file")
		}
		spec.Size = gpu.Bytes(max(info.Size(), 0))
		src = io.NewSectionReader(r.File, 0, 1<<63-1)
	}
	if src == nil {
		return spec, nil, errors.Wrap(ErrInvalidInput, "there is nothing to seal: set Source and Size, or File")
	}
	checks := []error{
		input.ShardID(r.ID),
		input.Size(uint64(spec.Size), uint64(e.options.MaxShardSize)),
		input.ModelRef(r.ModelRef),
	}
	if r.ShardIndex != 0 || r.TotalShards != 0 {
		checks = append(checks, input.ShardIndexOf(r.ShardIndex, r.TotalShards))
	}
	if r.Device != AnyDevice {
		checks = append(checks, input.DeviceIndex(r.Device, len(e.sys.Devices())))
	}
	if r.ExpectSHA256 != "" {
		_, err := input.PlainSHA256(r.ExpectSHA256)
		checks = append(checks, err)
	}
	for _, err := range checks {
		if err != nil {
			return spec, nil, err
		}
	}
	if r.ExpectDigest != "" {
		digest, err := input.Digest(r.ExpectDigest)
		if err != nil {
			return spec, nil, err
		}
		spec.Expect = &digest
	}
	return spec, src, nil
}

// sameShard returns the handle of a shard that has the id already, if the
// source holds the same bytes.
func (e *Engine) sameShard(ctx context.Context, old actors.Shard, spec actors.ShardSpec, src io.Reader, plain string) (Handle, error) {
	conflict := &actors.Error{Code: actors.ErrConflict, Detail: "a shard of this id is there already: release it first, or choose another id"}
	if old.State == seal.StateLoading {
		return Handle{}, &actors.Error{Code: actors.ErrNotSealed, Detail: "a shard of this id is being loaded, or scrubbed after its load was given up: try again shortly"}
	}
	if old.State != seal.StateSealed && old.State != seal.StateVerifying || old.Handle.VRAMBytes != uint64(spec.Size) {
		return Handle{}, conflict
	}
	if h := old.Handle; h.ModelRef != spec.ModelRef || h.ShardIndex != spec.ShardIndex || h.TotalShards != spec.TotalShards {
		return Handle{}, conflict
	}
	if spec.Expect != nil && !old.Handle.Digest.Equal(*spec.Expect) {
		return Handle{}, conflict
	}
	all := io.LimitReader(guarded{r: src, ctx: ctx}, int64(min(spec.Size.AddSat(1), 1<<62)))
	sum := sha256.New()
	err := aside(ctx, func() error {
		digest, size, err := verity.DigestReader(ctx, io.TeeReader(all, sum), verity.Options{})
		if err == nil && (size != uint64(spec.Size) || !digest.Equal(old.Handle.Digest)) {
			return conflict
		}
		return err
	})
	if err == nil && plain != "" {
		err = checkPlain(spec.ID, sum, plain)
	}
	if err != nil {
		return Handle{}, err
	}
	return old.Handle, nil
}

// roomiest is the active device with the most available memory.
func (e *Engine) roomiest() int {
	best, room := 0, gpu.Bytes(0)
	for _, d := range e.sys.Devices() {
		if d.State == actors.DeviceActive && d.Memory.Available > room {
			best, room = d.Info.Index, d.Memory.Available
		}
	}
	return best
}
