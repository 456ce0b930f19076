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
	switch a.Value.Kind() {
	case slog.KindString, slog.KindInt64, slog.KindUint64, slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindTime:
		return append(args, h.prefix+a.Key, a.Value.Any())
	case slog.KindAny, slog.KindGroup, slog.KindLogValuer:
	}
	return append(args, h.prefix+a.Key, "[not shown]")
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
