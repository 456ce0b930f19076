package sample

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/cockroachdb/errors"
)

// The names of the tensors.
const (
	hiddenWeight = "hidden.weight"
	hiddenBias   = "hidden.bias"
	outputWeight = "output.weight"
	outputBias   = "output.bias"
)

// Model is the sample model in the bytes of its file. It reads them in place
// and is valid as long as they are. It is safe for concurrent use.
type Model struct {
	hiddenWeight, hiddenBias, outputWeight, outputBias []byte
}

// Load finds the sample model in the bytes of its file, of which it keeps
// references. ErrFormat if it is another file.
func Load(file []byte) (*Model, error) {
	tensors, err := Parse(file)
	if err != nil {
		return nil, err
	}
	m := &Model{}
	expected := (&network{}).parts()
	for i, target := range []*[]byte{&m.hiddenWeight, &m.hiddenBias, &m.outputWeight, &m.outputBias} {
		want := expected[i]
		at := slices.IndexFunc(tensors, func(t Tensor) bool { return t.Name == want.name })
		if at < 0 {
			return nil, errors.Wrapf(ErrFormat, "there is no tensor %q", want.name)
		}
		t := tensors[at]
		if t.DType != float32Name || !slices.Equal(t.Shape, want.shape) {
			return nil, errors.Wrapf(ErrFormat, "tensor %q is not %s of the shape %v", t.Name, float32Name, want.shape)
		}
		*target = file[t.Begin:t.End]
	}
	return m, nil
}

// Next returns the character that most likely follows the prompt, of which
// the last [Context] characters count.
func (m *Model) Next(prompt string) byte {
	w := newWindow()
	for _, symbol := range encode(prompt) {
		w.push(symbol)
	}
	return Alphabet[m.next(w)]
}

// Continue returns the n characters that most likely follow the prompt.
func (m *Model) Continue(prompt string, n int) string {
	w := newWindow()
	for _, symbol := range encode(prompt) {
		w.push(symbol)
	}
	text := make([]byte, 0, max(n, 0))
	for range n {
		symbol := m.next(w)
		text = append(text, Alphabet[symbol])
		w.push(symbol)
	}
	return string(text)
}

// Predict loads the model from the bytes of its file and returns the
// character that most likely follows the prompt. ErrFormat if it is another
// file.
func Predict(file []byte, prompt string) (byte, error) {
	m, err := Load(file)
	if err != nil {
		return 0, err
	}
	return m.Next(prompt), nil
}

// next runs the network on the bytes; the sums have the order of training.
// For the directive see forward.
//
//go:norace
func (m *Model) next(w window) int {
	var h [hidden]float32
	var z [symbols]float32
	for j := range h {
		h[j] = value(m.hiddenBias, j)
		for place, symbol := range w {
			h[j] += value(m.hiddenWeight, (place*symbols+symbol)*hidden+j)
		}
	}
	for k := range z {
		z[k] = value(m.outputBias, k)
		for j, v := range h {
			if v > 0 {
				z[k] += float32(v * value(m.outputWeight, j*symbols+k))
			}
		}
	}
	return best(z[:])
}

// value returns the i-th float of a tensor, or 0 beyond its end.
func value(tensor []byte, i int) float32 {
	if i < 0 || i > len(tensor)/4-1 {
		return 0
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(tensor[4*i:]))
}

// best returns the index of the highest score, the first of equal ones.
func best(scores []float32) int {
	top, highest := 0, float32(math.Inf(-1))
	for k, z := range scores {
		if z > highest {
			top, highest = k, z
		}
	}
	return top
}
