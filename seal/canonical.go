package seal

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// canonicalVersion is the first line of the text that a seal covers.
const canonicalVersion = "vram-engine-seal/v1"

// maxCanonical is longer than any canonical text, usualCanonical than most.
const (
	maxCanonical   = 2048
	usualCanonical = 640
)

// Canonical returns the text that the seal covers, as doc.go describes it: all
// of the handle but seal and state. The caller owns it. A handle that has no
// such text is ErrInvalidHandle.
func Canonical(h Handle) ([]byte, error) {
	return appendCanonical(make([]byte, 0, usualCanonical), h)
}

// appendCanonical is Canonical for who has the memory.
func appendCanonical(out []byte, h Handle) ([]byte, error) {
	if err := h.checkComplete(); err != nil {
		return out, err
	}
	line := func(out []byte, name string) []byte { return append(append(out, name...), '=') }
	out = append(out, canonicalVersion+"\n"...)
	out = append(append(line(out, "shard_id"), h.ShardID...), '\n')
	out = append(strconv.AppendInt(line(out, "gpu_device"), int64(h.GPUDevice), 10), '\n')
	out = append(append(line(out, "gpu_uuid"), h.GPUUUID...), '\n')
	out = append(append(line(out, "kind"), h.Kind...), '\n')
	out = append(strconv.AppendUint(line(out, "vram_bytes"), h.VRAMBytes, 10), '\n')
	out = append(append(line(out, "digest_alg"), h.DigestAlg...), '\n')
	out = append(hex.AppendEncode(line(out, "digest"), h.Digest[:]), '\n')
	out = append(h.SealedAt.UTC().AppendFormat(line(out, "sealed_at"), timeFormat), '\n')
	out = append(append(line(out, "model_ref"), h.ModelRef...), '\n')
	out = append(strconv.AppendInt(line(out, "shard_index"), int64(h.ShardIndex), 10), '\n')
	out = append(strconv.AppendInt(line(out, "total_shards"), int64(h.TotalShards), 10), '\n')
	return append(hex.AppendEncode(line(out, "generation"), h.Generation[:]), '\n'), nil
}

// ParseCanonical reads what Canonical writes, and nothing else: what parses is
// written as the same bytes again. The handle has neither seal nor state.
// Anything else is ErrInvalidHandle.
func ParseCanonical(text []byte) (Handle, error) {
	if len(text) > maxCanonical {
		return Handle{}, invalid("the text is too long")
	}
	version, rest, _ := strings.Cut(string(text), "\n")
	if version != canonicalVersion {
		return Handle{}, invalid("the text does not begin with " + canonicalVersion)
	}
	fields := make(map[string]string)
	for line := range strings.SplitSeq(rest, "\n") {
		if name, value, ok := strings.Cut(line, "="); ok {
			fields[name] = value
		}
	}
	h := Handle{
		ShardID:   fields["shard_id"],
		GPUUUID:   fields["gpu_uuid"],
		Kind:      fields["kind"],
		DigestAlg: fields["digest_alg"],
		ModelRef:  fields["model_ref"],
	}
	var p fieldParser
	h.GPUDevice = p.integer("gpu_device", fields["gpu_device"])
	h.ShardIndex = p.integer("shard_index", fields["shard_index"])
	h.TotalShards = p.integer("total_shards", fields["total_shards"])
	h.VRAMBytes = p.bytes("vram_bytes", fields["vram_bytes"])
	h.Digest = p.digest(fields["digest"])
	h.SealedAt = p.time(fields["sealed_at"])
	h.Generation = p.generation(fields["generation"])
	if p.err != nil {
		return Handle{}, p.err
	}
	again, err := Canonical(h)
	if err != nil {
		return Handle{}, err
	}
	if !bytes.Equal(again, text) {
		return Handle{}, invalid("the text is not written as it has to be")
	}
	return h, nil
}

// fieldParser reads values and keeps the first error.
type fieldParser struct{ err error }

func (p *fieldParser) fail(reason string) {
	if p.err == nil {
		p.err = invalid(reason)
	}
}

func (p *fieldParser) integer(name, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		p.fail(name + " is not a number in range")
	}
	return n
}

func (p *fieldParser) bytes(name, s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		p.fail(name + " is not a number in range")
	}
	return n
}

func (p *fieldParser) digest(s string) verity.Digest {
	d, err := verity.ParseDigest(s)
	if err != nil || d.String() != s {
		p.fail("digest is not 64 lower-case hexadecimal digits")
	}
	return d
}

func (p *fieldParser) time(s string) time.Time {
	t, err := time.Parse(timeFormat, s)
	if err != nil || t.Format(timeFormat) != s {
		p.fail("sealed_at is not a UTC time with nine digits after the second")
	}
	return t
}

func (p *fieldParser) generation(s string) Generation {
	g, err := ParseGeneration(s)
	if err != nil {
		p.fail("generation is not 32 lower-case hexadecimal digits")
	}
	return g
}
