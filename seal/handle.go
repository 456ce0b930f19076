package seal

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// Handle is what the holder of a sealed shard gets: ModelShardHandle. It says
// what is resident where since when, and its seal proves that this engine said
// so. It holds no address. It is a value: copies are independent, and two
// handles that were sealed or parsed may be compared with ==.
//
// A Handle has a MarshalJSON of its own: a struct that is to have further JSON
// fields holds it as a named field and does not embed it.
type Handle struct {
	ShardID     string        // 1 to 256 bytes
	GPUDevice   int           // index of the device
	GPUUUID     string        // "GPU-…" or "SIM-…"
	Kind        string        // "cuda" or "simulated"
	VRAMBytes   uint64        // exact size of the shard in bytes
	Digest      verity.Digest // of the bytes in device memory
	DigestAlg   string        // verity.Algorithm
	SealedAt    time.Time     // UTC, nanoseconds
	ModelRef    string        // what the model is called elsewhere; may be empty
	ShardIndex  int           // which part of the model this is, from 0
	TotalShards int           // how many parts the model has; 0 if not known
	Generation  Generation    // names the allocation
	Seal        string        // 64 lower-case hexadecimal digits, or empty: not sealed
	State       State         // not covered by the seal
}

// IsSealed reports whether the handle carries a seal, good or bad.
func (h Handle) IsSealed() bool { return h.Seal != "" }

// Same reports whether both handles make the same statement under the same
// seal; their states may differ. Comparing a presented handle with the live
// shard's own tells whether it means this very allocation.
func (h Handle) Same(other Handle) bool {
	other.State = h.State
	return h.normal() == other.normal()
}

// The longest texts in bytes.
const (
	maxShardID  = 256
	maxUUID     = 128
	maxKind     = 32
	maxModelRef = 512
	maxIndex    = 1<<31 - 1
)

// timeFormat is RFC 3339 in UTC with exactly nine digits after the second.
const timeFormat = "2006-01-02T15:04:05.000000000Z"

// normal returns the handle with its time as parsing would give it.
func (h Handle) normal() Handle {
	if !h.SealedAt.IsZero() {
		h.SealedAt = h.SealedAt.Round(0).UTC()
	}
	return h
}

// check says what in the handle cannot be written as text. What is not known
// before a shard is sealed may be unset.
func (h Handle) check() error {
	for _, f := range []struct {
		name, value string
		limit       int
		optional    bool
	}{
		{"shard_id", h.ShardID, maxShardID, false},
		{"gpu_uuid", h.GPUUUID, maxUUID, false},
		{"kind", h.Kind, maxKind, false},
		{"model_ref", h.ModelRef, maxModelRef, true},
	} {
		if f.value == "" && !f.optional {
			return invalid(f.name + " is empty")
		}
		if len(f.value) > f.limit {
			return invalid(f.name + " is too long")
		}
		if !plain(f.value) {
			return invalid(f.name + " has control characters or is not UTF-8")
		}
	}
	switch {
	case h.DigestAlg != verity.Algorithm:
		return invalid("digest_alg is not " + verity.Algorithm)
	case h.GPUDevice < 0 || h.GPUDevice > maxIndex:
		return invalid("gpu_device is out of range")
	case h.TotalShards < 0 || h.TotalShards > maxIndex:
		return invalid("total_shards is out of range")
	case h.ShardIndex < 0 || h.ShardIndex >= max(h.TotalShards, 1):
		return invalid("shard_index is not below total_shards")
	case !h.SealedAt.IsZero() && !writable(h.SealedAt):
		return invalid("sealed_at is not a time from 1970 to 9999")
	}
	return nil
}

// checkComplete is check for what a seal covers, where nothing is unset.
func (h Handle) checkComplete() error {
	switch {
	case h.Digest.IsZero():
		return invalid("digest is missing")
	case h.Generation.IsZero():
		return invalid("generation is missing")
	case h.SealedAt.IsZero():
		return invalid("sealed_at is missing")
	}
	return h.check()
}

// plain reports whether s can stand in a line: valid UTF-8 without control
// characters and without anything that some reader takes for a line's end.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

// writable reports whether t has four digits of year after 1969 in UTC.
func writable(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 1970 && year <= 9999
}

// invalid is ErrInvalidHandle with a reason that repeats nothing of the input.
func invalid(reason string) error { return errors.Wrap(ErrInvalidHandle, reason) }
