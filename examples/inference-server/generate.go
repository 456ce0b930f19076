package main

import (
	"context"
	"strings"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
)

// generate continues the prompt by n characters on weights that were verified
// after the call began. When they are not what was sealed, nothing runs.
func generate(ctx context.Context, engine *vram.Engine, m model, prompt string, n int) (string, vram.Receipt, error) {
	text := append(m.encode(prompt), make([]byte, n)...)
	receipt, err := engine.Execute(ctx, vram.ExecuteRequest{Shards: []string{m.id}}, func(_ context.Context, r *vram.Run) error {
		weights, err := r.Shard(m.id)
		if err != nil {
			return err
		}
		scratch, err := r.Scratch(gpu.BytesOf(len(text)))
		if err != nil {
			return err
		}
		if err := r.Write(scratch, 0, text); err != nil {
			return err
		}
		args := []any{weights, scratch}
		for _, t := range m.tensors {
			args = append(args, uint64(t.begin), uint64(t.end))
		}
		args = append(args, uint64(m.context), uint64(len(m.alphabet)), uint64(m.hidden)) //nolint:gosec // small and positive
		if err := r.Launch("continue", gpu.Dim3{X: 1}, gpu.Dim3{X: 1}, args...); err != nil {
			return err
		}
		return r.Read(scratch, 0, text)
	})
	if err != nil {
		return "", receipt, err
	}
	return m.decode(text[m.context:]), receipt, nil
}

// encode returns the numbers of the last characters of the prompt, with new
// lines before a prompt that is shorter than what the model sees. What is not
// in the alphabet counts as its first character.
func (m model) encode(prompt string) []byte {
	window := make([]byte, m.context)
	for i := range window {
		window[i] = m.number('\n')
	}
	for _, c := range prompt {
		window = append(window[1:], m.number(c))
	}
	return window
}

func (m model) number(c rune) byte {
	return byte(max(strings.IndexRune(m.alphabet, c), 0)) //nolint:gosec // at most 256 symbols
}

func (m model) decode(numbers []byte) string {
	var text strings.Builder
	for _, n := range numbers {
		if int(n) < len(m.alphabet) {
			text.WriteByte(m.alphabet[n])
		}
	}
	return text.String()
}
