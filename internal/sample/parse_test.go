package sample

import (
	"encoding/binary"
	"errors"
	"testing"
)

// st makes a safetensors file of a header and a number of zero bytes.
func st(header string, data int) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), make([]byte, data)...)
}

var parseTests = []struct {
	name string
	file []byte
	want int // tensors, or -1 if refused
}{
	{"no bytes", nil, -1},
	{"seven bytes", make([]byte, 7), -1},
	{"no header", make([]byte, 8), -1},
	{"header longer than the file", append([]byte{3, 0, 0, 0, 0, 0, 0, 0}, "{}"...), -1},
	{"header of the largest length", []byte{255, 255, 255, 255, 255, 255, 255, 255, '{', '}'}, -1},
	{"header is no JSON", st("{", 0), -1},
	{"header is an array", st("[]", 0), -1},
	{"header is null", st("null", 0), 0},
	{"empty", st("{}", 0), 0},
	{"padded", st("{}      ", 0), 0},
	{"metadata only", st(`{"__metadata__":{"a":"b"}}`, 0), 0},
	{"one tensor", st(`{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}`, 24), 1},
	{"a scalar", st(`{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}`, 8), 1},
	{"an empty tensor", st(`{"a":{"dtype":"BF16","shape":[0,7],"data_offsets":[0,0]}}`, 0), 1},
	{"two tensors", st(`{"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}`, 3), 2},
	{"bytes of no tensor", st(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 2), -1},
	{"data without a tensor", st("{}", 1), -1},
	{"a gap", st(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2), -1},
	{"an overlap", st(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 3), -1},
	{"beyond the file", st(`{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}`, 2), -1},
	{"backwards", st(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}`, 1), -1},
	{"not its shape", st(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1]}}`, 1), -1},
	{"shape overflows", st(`{"a":{"dtype":"F32","shape":[4611686018427387904,2],"data_offsets":[0,0]}}`, 0), -1},
	{"negative shape", st(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}`, 0), -1},
	{"negative offset", st(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}`, 0), -1},
	{"largest offsets", st(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[18446744073709551615,18446744073709551615]}}`, 0), -1},
	{"unknown type", st(`{"a":{"dtype":"X","shape":[1],"data_offsets":[0,1]}}`, 1), -1},
	{"a tensor that is a number", st(`{"a":1}`, 0), -1},
}

func TestParse(t *testing.T) {
	for _, test := range parseTests {
		t.Run(test.name, func(t *testing.T) {
			tensors, err := Parse(test.file)
			if test.want < 0 {
				if !errors.Is(err, ErrFormat) {
					t.Errorf("got %v, error %v; want a refusal", tensors, err)
				}
				return
			}
			if err != nil || len(tensors) != test.want {
				t.Errorf("got %v, error %v; want %d tensors", tensors, err, test.want)
			}
			if _, err := Load(test.file); !errors.Is(err, ErrFormat) {
				t.Errorf("it is taken for the sample model: %v", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, test := range parseTests {
		f.Add(test.file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		tensors, err := Parse(file)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("not a proper refusal: %v", err)
			}
			return
		}
		for i, tensor := range tensors {
			if tensor.Begin > tensor.End || tensor.End > uint64(len(file)) {
				t.Errorf("%+v lies outside %d bytes", tensor, len(file))
			}
			if i > 0 && tensor.Begin != tensors[i-1].End {
				t.Errorf("%+v does not follow %+v", tensor, tensors[i-1])
			}
		}
	})
}

// FuzzLoad damages the sample model's own header and bytes.
func FuzzLoad(f *testing.F) {
	f.Add(uint32(0), byte(1), "Alice")
	f.Add(uint32(9), byte(1), "")
	f.Add(uint32(500), byte(128), "\x00")
	f.Add(uint32(1<<20), byte(255), "Oh dear!")
	whole := sampleFile(f)
	f.Fuzz(func(t *testing.T, at uint32, flip byte, prompt string) {
		damaged := make([]byte, len(whole))
		copy(damaged, whole)
		damaged[int(at)%len(damaged)] ^= flip
		if _, err := Predict(damaged, prompt); err != nil && !errors.Is(err, ErrFormat) {
			t.Errorf("not a proper refusal: %v", err)
		}
	})
}
