package main

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"strconv"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// model is what the host knows of a sealed model: its names and sizes, and
// where its tensors are in the shard. The weights are on the device only.
type model struct {
	id       string // of the shard
	digest   string
	alphabet string
	context  int // characters that the model sees
	hidden   int
	tensors  [4]tensor // in the order of tensorNames
}

// tensor is a range of bytes of the shard.
type tensor struct{ begin, end gpu.Bytes }

func tensorNames() [4]string {
	return [4]string{"hidden.weight", "hidden.bias", "output.weight", "output.bias"}
}

// errModel is what every refusal of a file is.
var errModel = errors.New("inference-server: not a model that this example can run")

// maxHeader is the longest header that is read.
const maxHeader = 1 << 20

// readModel reads the header of a safetensors file. It reads no weights.
func readModel(file io.ReaderAt) (model, error) {
	m := model{id: "model"}
	var length [8]byte
	if _, err := file.ReadAt(length[:], 0); err != nil {
		return m, errors.Wrap(err, "read the length of the header")
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return m, errors.Wrap(errModel, "the header is too long")
	}
	raw, err := io.ReadAll(io.NewSectionReader(file, int64(len(length)), int64(n)))
	if err != nil {
		return m, errors.Wrap(err, "read the header")
	}
	return m, m.parse(raw, gpu.Bytes(n).AddSat(gpu.BytesOf(len(length))))
}

// parse reads the header; start is where the tensors' bytes begin.
func (m *model) parse(raw []byte, start gpu.Bytes) error {
	var header map[string]json.RawMessage
	if err := json.Unmarshal(raw, &header); err != nil {
		return errors.Wrap(errModel, "the header is not JSON")
	}
	var about struct{ Alphabet, Context string }
	if err := json.Unmarshal(header["__metadata__"], &about); err != nil {
		return errors.Wrap(errModel, "the header does not describe the model")
	}
	context, err := strconv.Atoi(about.Context)
	if err != nil || context < 1 || context > 1024 || about.Alphabet == "" || len(about.Alphabet) > 256 {
		return errors.Wrap(errModel, "the alphabet or the context is missing")
	}
	m.alphabet, m.context = about.Alphabet, context
	for i, name := range tensorNames() {
		var t struct {
			Offsets [2]gpu.Bytes `json:"data_offsets"`
		}
		if err := json.Unmarshal(header[name], &t); err != nil || t.Offsets[0] > t.Offsets[1] {
			return errors.Wrapf(errModel, "the tensor %q is missing", name)
		}
		m.tensors[i] = tensor{start.AddSat(t.Offsets[0]), start.AddSat(t.Offsets[1])}
	}
	bias := m.tensors[1]
	hidden, ok := (bias.end.SubSat(bias.begin) / 4).Int()
	if !ok || hidden < 1 || hidden > 1<<16 {
		return errors.Wrap(errModel, "the hidden layer has an impossible size")
	}
	m.hidden = hidden
	return nil
}
