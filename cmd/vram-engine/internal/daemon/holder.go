package daemon

import (
	"sync"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/server"
)

// holder gives the server the engine that runs now.
type holder struct {
	mu     sync.Mutex
	engine *vram.Engine
}

func (h *holder) set(e *vram.Engine) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.engine = e
}

// get is the server's source of the engine.
func (h *holder) get() (server.Engine, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.engine == nil {
		return nil, failure.New(vram.ErrStopped, "the engine is starting or stopping; try again in a moment")
	}
	return h.engine, nil
}
