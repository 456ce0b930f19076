package main

import (
	"encoding/binary"
	"math"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// The arguments of the kernel "continue", by number.
const (
	argWeights = iota // the shard
	argText           // scratch: context bytes, then one byte for each result
	argTensors        // begin and end of each of the four tensors
	argContext = argTensors + 8
	argSymbols = argContext + 1
	argHidden  = argContext + 2
	argCount   = argContext + 3
)

// continueKernel is the kernel that runs the model. On the simulated device a
// kernel is a Go function; on a GPU it would be PTX with the same parameters.
func continueKernel() gpu.Kernel {
	params := make([]int, argCount)
	for i := range params {
		params[i] = 8
	}
	return gpu.Kernel{Name: "continue", Params: params, Go: continueText}
}

// network is the model in device memory, as the kernel sees it.
type network struct {
	tensors                  [4][]byte
	context, symbols, hidden int
}

// continueText fills text, whose first bytes are the context, with the numbers
// of the characters that most likely follow.
func continueText(_, _ gpu.Dim3, args gpu.KernelArgs) error {
	weights, text := args.Memory(argWeights), args.Memory(argText)
	n := network{
		context: int(args.Uint64(argContext)), //nolint:gosec // checked when the model was read
		symbols: int(args.Uint64(argSymbols)), //nolint:gosec // as above
		hidden:  int(args.Uint64(argHidden)),  //nolint:gosec // as above
	}
	for i := range n.tensors {
		begin, end := args.Uint64(argTensors+2*i), args.Uint64(argTensors+2*i+1)
		if begin > end || end > uint64(len(weights)) {
			return errors.New("a tensor is not inside the shard")
		}
		n.tensors[i] = weights[begin:end]
	}
	for i := n.context; i < len(text); i++ {
		text[i] = n.next(text[i-n.context : i])
	}
	return nil
}

// next returns the number of the character that most likely follows.
func (n network) next(window []byte) byte {
	scores := make([]float32, n.symbols)
	for k := range scores {
		scores[k] = value(n.tensors[3], k)
	}
	for j := range n.hidden {
		h := value(n.tensors[1], j)
		for place, symbol := range window {
			h += value(n.tensors[0], (place*n.symbols+int(symbol))*n.hidden+j)
		}
		if h <= 0 {
			continue
		}
		for k := range scores {
			scores[k] += float32(h * value(n.tensors[2], j*n.symbols+k))
		}
	}
	best := byte(0)
	highest := float32(math.Inf(-1))
	for k, score := range scores {
		if score > highest {
			best, highest = byte(k), score
		}
	}
	return best
}

// value returns the i-th float of a tensor, or 0 beyond its end.
func value(tensor []byte, i int) float32 {
	if i < 0 || i > len(tensor)/4-1 {
		return 0
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(tensor[4*i:]))
}
