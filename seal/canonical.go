package seal

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// canonicalVersion is the first line of the text that a seal covers.
const canonicalVersion = "vram-engine-seal/v1"

// maxCanonical is longer than any canonical text.
const maxCanonical = 2048

// Canonical returns the text that the seal covers, as doc.go describes it: all
// of the handle but seal and state. The caller owns it. A handle that has no
// such text is ErrInvalidHandle.
func Canonical(h Handle) ([]byte, error) {
	if err := h.checkComplete(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(canonicalVersion + "\n")
	for _, f := range []struct{ name, value string }{
		{"shard_id", h.ShardID},
		{"gpu_device", strconv.Itoa(h.GPUDevice)},
		{"gpu_uuid", h.GPUUUID},
		{"kind", h.Kind},
		{"vram_bytes", strconv.FormatUint(h.VRAMBytes, 10)},
		{"digest_alg", h.DigestAlg},
		{"digest", h.Digest.String()},
		{"sealed_at", h.SealedAt.UTC().Format(timeFormat)},
		{"model_ref", h.ModelRef},
		{"shard_index", strconv.Itoa(h.ShardIndex)},
		{"total_shards", strconv.Itoa(h.TotalShards)},
		{"generation", h.Generation.String()},
	} {
		out.WriteString(f.name + "=" + f.value + "\n")
	}
	return out.Bytes(), nil
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
