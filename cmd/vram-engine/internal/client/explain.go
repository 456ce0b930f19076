package client

import (
	"context"
	"io"

	"connectrpc.com/connect"
	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu"
)

// Explain turns an error of a call into the engine's error that it stands
// for. It returns nil for nil, and does not block.
func (c *Client) Explain(err error) error {
	if err == nil {
		return nil
	}
	var own *failure.Failure
	if errors.As(err, &own) {
		return own
	}
	var told *connect.Error
	if errors.As(err, &told) {
		if info, ok := detail(told); ok {
			return FromInfo(info)
		}
	}
	return c.unexplained(err, told)
}

// detail finds the engine's own description of the error.
func detail(told *connect.Error) (*v1.ErrorInfo, bool) {
	for _, d := range told.Details() {
		value, err := d.Value()
		if err != nil {
			continue
		}
		if info, ok := value.(*v1.ErrorInfo); ok {
			return info, true
		}
	}
	return nil, false
}

// FromInfo makes the engine's error of its description in an answer.
func FromInfo(info *v1.ErrorInfo) error {
	text, kind := clean.Line(info.GetMessage()), vram.ErrorOf(info.GetKind())
	if !errors.Is(kind, vram.ErrInsufficientVRAM) {
		return failure.New(kind, "%s", text)
	}
	return failure.New(&vram.InsufficientVRAMError{
		Needed: gpu.Bytes(info.GetNeeded()), Available: gpu.Bytes(info.GetAvailable()),
	}, "%s", text)
}

// unexplained is for errors that did not come from the engine.
func (c *Client) unexplained(err error, told *connect.Error) error {
	switch {
	case errors.Is(err, context.Canceled) || told != nil && told.Code() == connect.CodeCanceled:
		return failure.New(vram.ErrCanceled, "cancelled")
	case errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ECONNREFUSED):
		return failure.New(vram.ErrStopped, "no engine is running on %q; start one with: vram-engine serve (add --sim where there is no GPU), or name its socket with --socket", c.path)
	case errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM):
		return failure.New(vram.ErrStopped, "no permission to use the engine on %q; run this as the engine's user", c.path)
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, unix.ECONNRESET) || errors.Is(err, unix.EPIPE):
		return failure.New(vram.ErrStopped, "the engine on %q went away during the call; see its log, and start it again with: vram-engine serve", c.path)
	case told != nil && told.Code() == connect.CodeUnavailable || told == nil:
		return failure.New(vram.ErrStopped, "the engine on %q cannot be reached: %s; see whether it is running", c.path, clean.Line(err.Error()))
	default:
		return failure.New(vram.ErrInternal, "the engine on %q answered in a way that this client does not understand: %s; use the same version of both",
			c.path, clean.Line(told.Message()))
	}
}
