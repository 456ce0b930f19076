package sim

import (
	"fmt"
	"slices"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

const logLines = 10_000

// operationLog keeps the last lines.
type operationLog struct {
	lines []string
}

func (l *operationLog) add(err error, format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	var e *gpu.Error
	switch {
	case errors.As(err, &e):
		line += ": " + e.Code.Error()
		if e.Sticky {
			line += " (sticky)"
		}
	case err != nil:
		line += ": failed"
	}
	l.lines = append(l.lines, line)
	if len(l.lines) > 2*logLines {
		l.lines = slices.Clone(l.lines[len(l.lines)-logLines:])
	}
}

func (l *operationLog) all() []string {
	return slices.Clone(l.lines[max(0, len(l.lines)-logLines):])
}
