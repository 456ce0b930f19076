package sample

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/cockroachdb/errors"
)

// part is one tensor of the model as it is written.
type part struct {
	name   string
	shape  []uint64
	values []float32
}

func (n *network) parts() []part {
	return []part{
		{hiddenWeight, []uint64{Context, uint64(symbols), hidden}, n.hiddenWeight},
		{hiddenBias, []uint64{hidden}, n.hiddenBias},
		{outputWeight, []uint64{hidden, uint64(symbols)}, n.outputWeight},
		{outputBias, []uint64{uint64(symbols)}, n.outputBias},
	}
}

// Write trains the model and writes its file to w. It computes for about a
// second; the bytes are the same each time. The errors are those of w.
func Write(w io.Writer) error {
	parts := train().parts()
	header, err := headerOf(parts)
	if err != nil {
		return err
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	file = append(file, header...)
	for _, p := range parts {
		for _, v := range p.values {
			file = binary.LittleEndian.AppendUint32(file, math.Float32bits(v))
		}
	}
	_, err = w.Write(file)
	return errors.Wrap(err, "write the sample model")
}

// headerOf returns the JSON header with its padding.
func headerOf(parts []part) (string, error) {
	header := map[string]any{"__metadata__": map[string]string{
		"format":   "pt",
		"model":    "next-character model with one hidden layer",
		"alphabet": Alphabet,
		"context":  fmt.Sprint(Context),
		"text":     "Lewis Carroll, Alice's Adventures in Wonderland (1865), public domain",
	}}
	var offset uint64
	for _, p := range parts {
		end := offset + 4*uint64(len(p.values))
		header[p.name] = jsonTensor{DType: float32Name, Shape: p.shape, Offsets: [2]uint64{offset, end}}
		offset = end
	}
	raw, err := json.Marshal(header) // map keys come out sorted
	if err != nil {
		return "", errors.Wrap(err, "encode the header of the sample model")
	}
	padding := (8 - len(raw)%8) % 8
	return string(raw) + strings.Repeat(" ", padding), nil
}
