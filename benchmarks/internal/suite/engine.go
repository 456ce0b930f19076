package suite

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"time"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// token makes a worker token that nobody knows.
func token() ([]byte, error) {
	t := make([]byte, 32)
	_, err := rand.Read(t)
	return t, errors.Wrap(err, "a token")
}

// openEngine starts an engine on one simulated device, without a patrol, with
// its data in a new folder below dir. The caller closes it with closeEngine.
func openEngine(ctx context.Context, dir string, memory gpu.Bytes, kernels ...gpu.Kernel) (*vram.Engine, error) {
	return openPatrolled(ctx, dir, memory, -1, kernels...)
}

// openPatrolled is openEngine with a patrol.
func openPatrolled(ctx context.Context, dir string, memory gpu.Bytes, patrol time.Duration, kernels ...gpu.Kernel) (*vram.Engine, error) {
	t, err := token()
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp(dir, "engine-")
	if err != nil {
		return nil, errors.Wrap(err, "a data folder")
	}
	return vram.Open(ctx, vram.Options{
		DataDir: filepath.Join(data, "data"), Token: t, PatrolInterval: patrol,
		Simulated: &sim.Options{Memory: memory}, Kernels: kernels,
	})
}

// closeEngine closes the engine and joins what goes wrong to err.
func closeEngine(ctx context.Context, e *vram.Engine, err *error) {
	*err = errors.Join(*err, e.Close(context.WithoutCancel(ctx)))
}
