package render

import (
	"fmt"
	"io"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
)

// ErrorLine writes an error's text as the one line that a person reads. It
// blocks as w does.
func ErrorLine(w io.Writer, text string) error {
	_, failed := fmt.Fprintf(w, "vram-engine: %s\n", clean.Line(text))
	return failed
}

// WarningLine writes a warning as one line. It blocks as w does.
func WarningLine(w io.Writer, text string) error {
	_, err := fmt.Fprintf(w, "vram-engine: warning: %s\n", clean.Line(text))
	return err
}
