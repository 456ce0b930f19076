package actors

import (
	"context"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// hclogHandler passes what protoactor logs by slog on to hclog. It keeps the
// message and plain attributes only: protoactor also logs messages and the
// values of panics, which could hold anything.
type hclogHandler struct {
	log    hclog.Logger
	prefix string
}

func newSlog(log hclog.Logger) *slog.Logger { return slog.New(&hclogHandler{log: log}) }

// Enabled implements slog.Handler.
func (h *hclogHandler) Enabled(_ context.Context, l slog.Level) bool {
	at := h.log.GetLevel()
	return at != hclog.Off && hclogLevel(l) >= at
}

// Handle implements slog.Handler.
func (h *hclogHandler) Handle(_ context.Context, r slog.Record) error {
	args := make([]any, 0, 2*r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		args = h.add(args, a)
		return true
	})
	h.log.Log(hclogLevel(r.Level), r.Message, args...)
	return nil
}

// WithAttrs implements slog.Handler.
func (h *hclogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var args []any
	for _, a := range attrs {
		args = h.add(args, a)
	}
	return &hclogHandler{log: h.log.With(args...), prefix: h.prefix}
}

// WithGroup implements slog.Handler.
func (h *hclogHandler) WithGroup(name string) slog.Handler {
	return &hclogHandler{log: h.log, prefix: h.prefix + name + "."}
}

func (h *hclogHandler) add(args []any, a slog.Attr) []any {
	if harmless(a) {
		return append(args, h.prefix+a.Key, a.Value.Any())
	}
	return append(args, h.prefix+a.Key, "[not shown]")
}

// harmless reports whether an attribute can hold neither what was thrown nor
// what was sent: a panic's value may well be a text or a number.
func harmless(a slog.Attr) bool {
	switch a.Key {
	case "reason", "exception", "message", "error":
		return false
	}
	switch a.Value.Kind() {
	case slog.KindInt64, slog.KindUint64, slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindTime:
		return true
	case slog.KindString:
		return a.Key == "id" || a.Key == "system"
	case slog.KindAny, slog.KindGroup, slog.KindLogValuer:
	}
	return false
}

// hclogLevel: what protoactor tells as information (that it started, that a
// message found nobody) concerns nobody but who debugs us.
func hclogLevel(l slog.Level) hclog.Level {
	switch {
	case l < slog.LevelInfo:
		return hclog.Trace
	case l < slog.LevelWarn:
		return hclog.Debug
	case l < slog.LevelError:
		return hclog.Warn
	}
	return hclog.Error
}
