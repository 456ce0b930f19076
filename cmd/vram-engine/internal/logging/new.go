package logging

import (
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// Levels are the names of the levels, from the most to the least talkative.
func Levels() []string { return []string{"trace", "debug", "info", "warn", "error"} }

// New makes a logger that writes lines of the level and above to w.
// ErrInvalidInput for a level that Levels does not list.
func New(w io.Writer, level string, json bool) (hclog.Logger, error) {
	if !slices.Contains(Levels(), level) {
		return nil, failure.Usage("%q is not a log level; use one of %s", level, strings.Join(Levels(), ", "))
	}
	return safe{hclog.New(&hclog.LoggerOptions{
		Name:       "vram-engine",
		Level:      hclog.LevelFromString(level),
		Output:     w,
		JSONFormat: json,
	})}, nil
}
