package seal

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/cockroachdb/errors"
)

// maxJSON bounds a handle's JSON, white space included.
const maxJSON = 16 << 10

// handleJSON is the JSON form of a handle, in this order. What is not known
// before the shard is sealed is the empty text.
type handleJSON struct {
	ShardID     string `json:"shard_id"`
	GPUDevice   int    `json:"gpu_device"`
	GPUUUID     string `json:"gpu_uuid"`
	Kind        string `json:"kind"`
	VRAMBytes   uint64 `json:"vram_bytes"`
	Digest      string `json:"digest"`
	DigestAlg   string `json:"digest_alg"`
	Sealed      bool   `json:"sealed"`
	SealedAt    string `json:"sealed_at"`
	ModelRef    string `json:"model_ref"`
	ShardIndex  int    `json:"shard_index"`
	TotalShards int    `json:"total_shards"`
	Generation  string `json:"generation"`
	Seal        string `json:"seal"`
	State       State  `json:"state"`
}

// MarshalJSON returns the handle in the one form that ParseHandle reads. A
// handle with a text, number or state that ParseHandle would refuse is
// ErrInvalidHandle. The caller owns the bytes.
func (h Handle) MarshalJSON() ([]byte, error) {
	if err := h.checkJSON(); err != nil {
		return nil, err
	}
	out := handleJSON{
		ShardID: h.ShardID, GPUDevice: h.GPUDevice, GPUUUID: h.GPUUUID, Kind: h.Kind,
		VRAMBytes: h.VRAMBytes, DigestAlg: h.DigestAlg, Sealed: h.IsSealed(), ModelRef: h.ModelRef,
		ShardIndex: h.ShardIndex, TotalShards: h.TotalShards, Seal: h.Seal, State: h.State,
	}
	if !h.Digest.IsZero() {
		out.Digest = h.Digest.String()
	}
	if !h.SealedAt.IsZero() {
		out.SealedAt = h.SealedAt.UTC().Format(timeFormat)
	}
	if !h.Generation.IsZero() {
		out.Generation = h.Generation.String()
	}
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		return nil, errors.Wrap(err, "seal: encode a handle")
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// ParseHandle reads a handle's JSON. Apart from white space between tokens,
// and from < > & that may be written as escapes, the text has to be exactly
// what MarshalJSON writes for the handle that it yields: an unknown, missing,
// repeated or misplaced field, another spelling of a value, or data behind the
// object is ErrInvalidHandle. It checks the form only: Keyring.Verify checks
// the seal. The data is not kept.
func ParseHandle(data []byte) (Handle, error) {
	if len(data) > maxJSON {
		return Handle{}, invalid("the JSON is too long")
	}
	var in handleJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return Handle{}, invalid("not the JSON of a handle") // the decoder's error repeats input
	}
	h, err := in.handle()
	if err != nil {
		return Handle{}, err
	}
	written, err := h.MarshalJSON()
	if err != nil {
		return Handle{}, err
	}
	var given, escaped bytes.Buffer
	if err := json.Compact(&given, data); err != nil {
		return Handle{}, invalid("there is more than one JSON value")
	}
	json.HTMLEscape(&escaped, written)
	if !bytes.Equal(given.Bytes(), written) && !bytes.Equal(given.Bytes(), escaped.Bytes()) {
		return Handle{}, invalid("the JSON is not written as it was given out")
	}
	return h, nil
}

// UnmarshalJSON is ParseHandle; on an error the handle is not changed.
func (h *Handle) UnmarshalJSON(data []byte) error {
	parsed, err := ParseHandle(data)
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// handle turns the texts into values; unset ones are left unset.
func (in handleJSON) handle() (Handle, error) {
	h := Handle{
		ShardID: in.ShardID, GPUDevice: in.GPUDevice, GPUUUID: in.GPUUUID, Kind: in.Kind,
		VRAMBytes: in.VRAMBytes, DigestAlg: in.DigestAlg, ModelRef: in.ModelRef,
		ShardIndex: in.ShardIndex, TotalShards: in.TotalShards, Seal: in.Seal, State: in.State,
	}
	var p fieldParser
	if in.Digest != "" {
		h.Digest = p.digest(in.Digest)
	}
	if in.SealedAt != "" {
		h.SealedAt = p.time(in.SealedAt)
	}
	if in.Generation != "" {
		h.Generation = p.generation(in.Generation)
	}
	return h, p.err
}

// checkJSON says why the handle has no JSON form.
func (h Handle) checkJSON() error {
	if !h.State.Valid() {
		return invalid("state is unknown")
	}
	if !h.IsSealed() {
		return h.check()
	}
	if len(h.Seal) != sealDigits || strings.Trim(h.Seal, "0123456789abcdef") != "" {
		return invalid("seal is not 64 lower-case hexadecimal digits")
	}
	return h.checkComplete()
}
