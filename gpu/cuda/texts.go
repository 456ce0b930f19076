package cuda

import (
	"fmt"
	"sync"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// texts keeps the PTX of a backend's kernels, so that a device that is opened
// again does not decompress it again.
type texts struct {
	mu sync.Mutex
	by map[string][]byte
}

func newTexts() *texts { return &texts{by: map[string][]byte{}} }

// of is the PTX of the package's kernels with one digest kernel.
func (t *texts) of(capability int, leaves string) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := fmt.Sprintf("%d %s", capability, leaves)
	if text, ok := t.by[key]; ok {
		return text, nil
	}
	text, err := kernels.PTX(capability, leaves, kernels.Compare, kernels.Nonzero, kernels.Memtest)
	if err != nil {
		return nil, err
	}
	t.by[key] = text
	return text, nil
}
