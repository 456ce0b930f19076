package logging

import (
	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
)

// safe is a logger that cleans everything before hclog sees it. Methods that
// take no text are hclog's own.
type safe struct{ hclog.Logger }

// Log writes a line of the level.
func (s safe) Log(level hclog.Level, msg string, args ...any) {
	if level != hclog.NoLevel && level < s.GetLevel() {
		return
	}
	s.Logger.Log(level, clean.Line(msg), values(args)...)
}

// Trace writes a line of the level trace.
func (s safe) Trace(msg string, args ...any) { s.Log(hclog.Trace, msg, args...) }

// Debug writes a line of the level debug.
func (s safe) Debug(msg string, args ...any) { s.Log(hclog.Debug, msg, args...) }

// Info writes a line of the level info.
func (s safe) Info(msg string, args ...any) { s.Log(hclog.Info, msg, args...) }

// Warn writes a line of the level warn.
func (s safe) Warn(msg string, args ...any) { s.Log(hclog.Warn, msg, args...) }

// Error writes a line of the level error.
func (s safe) Error(msg string, args ...any) { s.Log(hclog.Error, msg, args...) }

// With makes a logger that adds the values to each of its lines.
func (s safe) With(args ...any) hclog.Logger { return safe{s.Logger.With(values(args)...)} }

// Named makes a logger whose name ends with name.
func (s safe) Named(name string) hclog.Logger { return safe{s.Logger.Named(clean.Line(name))} }

// ResetNamed makes a logger of the name.
func (s safe) ResetNamed(name string) hclog.Logger {
	return safe{s.Logger.ResetNamed(clean.Line(name))}
}
