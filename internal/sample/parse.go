package sample

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"slices"

	"github.com/cockroachdb/errors"
)

// ErrFormat is what every refusal of a file is.
var ErrFormat = errors.New("sample: not a model file of the expected form")

// Tensor is one tensor of a safetensors file.
type Tensor struct {
	Name       string
	DType      string
	Shape      []uint64
	Begin, End uint64 // bytes, from the start of the file
}

// jsonTensor is a tensor as the header has it.
type jsonTensor struct {
	DType   string    `json:"dtype"`
	Shape   []uint64  `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
}

const (
	lengthBytes  = 8
	metadataName = "__metadata__"
	float32Name  = "F32"
)

// Parse lists the tensors of a safetensors file, in the order of their bytes.
// The list is the caller's. The error is ErrFormat unless the tensors cover
// the file from the end of its header without gaps.
func Parse(file []byte) ([]Tensor, error) {
	if len(file) < lengthBytes {
		return nil, errors.Wrap(ErrFormat, "it is shorter than 8 bytes")
	}
	length := binary.LittleEndian.Uint64(file)
	rest := file[lengthBytes:]
	if length > uint64(len(rest)) {
		return nil, errors.Wrapf(ErrFormat, "its header of %d bytes exceeds the file", length)
	}
	var header map[string]json.RawMessage
	if err := json.Unmarshal(rest[:length], &header); err != nil {
		return nil, errors.Wrap(ErrFormat, "its header is not a JSON object")
	}
	tensors := make([]Tensor, 0, len(header))
	for name, raw := range header {
		if name == metadataName {
			continue
		}
		t, err := parseTensor(name, raw)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, t)
	}
	slices.SortFunc(tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(a.Begin, b.Begin), cmp.Compare(a.End, b.End), cmp.Compare(a.Name, b.Name))
	})
	return place(tensors, lengthBytes+length, uint64(len(file)))
}

// parseTensor checks one tensor by itself; its offsets are still relative.
func parseTensor(name string, raw json.RawMessage) (Tensor, error) {
	var j jsonTensor
	if err := json.Unmarshal(raw, &j); err != nil {
		return Tensor{}, errors.Wrapf(ErrFormat, "tensor %q is not described as a tensor", name)
	}
	size, known := elementSize(j.DType)
	if !known {
		return Tensor{}, errors.Wrapf(ErrFormat, "tensor %q has the unknown type %q", name, j.DType)
	}
	for _, n := range j.Shape {
		var over uint64
		if over, size = bits.Mul64(size, n); over != 0 {
			return Tensor{}, errors.Wrapf(ErrFormat, "the shape of tensor %q does not fit in 64 bits", name)
		}
	}
	begin, end := j.Offsets[0], j.Offsets[1]
	if begin > end || end-begin != size {
		return Tensor{}, errors.Wrapf(ErrFormat, "the offsets of tensor %q do not fit its shape", name)
	}
	return Tensor{Name: name, DType: j.DType, Shape: j.Shape, Begin: begin, End: end}, nil
}

// place makes the offsets relative to the file, of which the tensors cover
// what is between start and end.
func place(tensors []Tensor, start, end uint64) ([]Tensor, error) {
	at := start
	for i := range tensors {
		t := &tensors[i]
		if t.Begin != at-start || t.End > end-start {
			return nil, errors.Wrapf(ErrFormat, "tensor %q does not follow the one before it", t.Name)
		}
		t.Begin, t.End = start+t.Begin, start+t.End
		at = t.End
	}
	if at != end {
		return nil, errors.Wrapf(ErrFormat, "%d bytes belong to no tensor", end-at)
	}
	return tensors, nil
}

// elementSize is the size of one element in bytes.
func elementSize(dtype string) (uint64, bool) {
	switch dtype {
	case "F64", "I64", "U64":
		return 8, true
	case float32Name, "I32", "U32":
		return 4, true
	case "F16", "BF16", "I16", "U16":
		return 2, true
	case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2":
		return 1, true
	}
	return 0, false
}
