package failure

import (
	"strings"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
)

// Line is err as the one line that a person reads: what was tried, what kind
// of failure it is, and the cause, each once. It is clean and does not block.
func Line(err error) string {
	var own *Failure
	var engine *vram.Error
	switch {
	case errors.As(err, &own):
		return clean.Line(own.text)
	case errors.As(err, &engine):
		return clean.Line(engineLine(engine))
	default:
		return clean.Line(err.Error())
	}
}

// engineLine is the engine's error without its package's name, which a person
// at a terminal knows.
func engineLine(e *vram.Error) string { return strings.ReplaceAll(e.Error(), "vram: ", "") }
