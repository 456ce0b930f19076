package cli

import (
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/internal/input"
)

// sizeFlag is a flag that takes a size such as 4GiB.
type sizeFlag gpu.Bytes

// String writes the size for the help.
func (s *sizeFlag) String() string { return gpu.Bytes(*s).String() }

// Set reads the size. It is the flag's own method, called by the parser.
func (s *sizeFlag) Set(text string) error {
	n, err := input.ParseSize(text)
	if err != nil {
		return err
	}
	*s = sizeFlag(n)
	return nil
}

// Type names the flag's value in the help.
func (*sizeFlag) Type() string { return "SIZE" }

// maxSample is the most memory that a measurement takes.
const maxSample = 16 * gpu.GiB

// lengthOf checks the size of a sample.
func lengthOf(size gpu.Bytes) (int, error) {
	n, ok := size.Int()
	if !ok || size == 0 || size > maxSample {
		return 0, failure.Usage("a sample of %s cannot be measured; name a size of up to %s with --size", size, maxSample)
	}
	return n, nil
}
