package draw

import (
	"os"

	"github.com/cockroachdb/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// ErrNothing says that a report has nothing that can be drawn.
var ErrNothing = errors.New("draw: the report has no rows that can be drawn; it may be of an older form, or of other suites")

// picture is one that may be drawn; nil says that the rows are missing.
type picture struct {
	name   string
	height vg.Length
	make   func(r *report.Report) (*plot.Plot, error)
}

// All writes the pictures into a folder and returns their paths.
func All(r *report.Report, dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // pictures are public
		return nil, errors.Wrap(err, "the folder of the pictures")
	}
	var paths []string
	for _, pic := range []picture{
		{"digest", 480, oneCore},
		{"sizes", 480, bySize},
		{"threads", 440, byThreads},
		{"latency", 440, latency},
		{"kernels", 520, kernels},
	} {
		p, err := pic.make(r)
		if err != nil {
			return nil, errors.Wrapf(err, "the picture %s", pic.name)
		}
		if p == nil {
			continue
		}
		written, err := save(p, dir, pic.name, pic.height)
		if err != nil {
			return nil, err
		}
		paths = append(paths, written...)
	}
	if len(paths) == 0 {
		return nil, ErrNothing
	}
	return paths, nil
}
