package cuda

import (
	"context"
	"time"

	"github.com/vram-engine/vram-engine/gpu/health"
)

// WatchEvery is Watch that reads counters more often.
func (b *Backend) WatchEvery(ctx context.Context, devices []int, tell func(health.Report), poll time.Duration) error {
	return b.watch(ctx, devices, tell, poll)
}

// NewIn is New with another environment and another root of the file system.
func NewIn(o Options, environ []string, root string) (*Backend, error) {
	o.EnsureDefaults()
	return newBackend(o, surroundings{all: func() []string { return environ }, set: func(string, string) error { return nil }}, root)
}

// Updating tells whether golden files are to be written again.
func Updating() bool { return *update }
