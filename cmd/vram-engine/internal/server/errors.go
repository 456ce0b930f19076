package server

import (
	"context"

	"connectrpc.com/connect"
	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// answer turns an error of the engine into what a client is told: the code of
// the engine's table, and the details that the command line needs.
func answer(err error) error {
	if err == nil {
		return nil
	}
	var already *connect.Error
	if errors.As(err, &already) {
		return err
	}
	var code connect.Code
	if failed := code.UnmarshalText([]byte(vram.RPCCode(err))); failed != nil {
		code = connect.CodeInternal
	}
	told := connect.NewError(code, errors.New(failure.Line(err)))
	detail, failed := connect.NewErrorDetail(info(err))
	if failed != nil {
		return connect.NewError(connect.CodeInternal, errors.New("the error's details could not be encoded"))
	}
	told.AddDetail(detail)
	return told
}

// info is the detail that describes err.
func info(err error) *v1.ErrorInfo {
	i := &v1.ErrorInfo{
		Kind:       vram.KindOf(err),
		ExitStatus: int32(vram.ExitStatus(err)), //nolint:gosec // one of nine small numbers
		Retriable:  vram.Retriable(err),
		Message:    failure.Line(err),
	}
	var short *vram.InsufficientVRAMError
	if errors.As(err, &short) {
		i.Needed, i.Available = uint64(short.Needed), uint64(short.Available)
	}
	var typed *vram.Error
	if errors.As(err, &typed) {
		i.ShardId = clean.Text(typed.Shard)
	}
	return i
}

// translator applies answer to whatever a handler returns.
type translator struct{}

// WrapUnary translates the error of a call with one answer.
func (translator) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
		res, err := next(ctx, r)
		return res, answer(err)
	}
}

// WrapStreamingHandler translates the error of a call with many answers.
func (translator) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		return answer(next(ctx, conn))
	}
}

// WrapStreamingClient changes nothing: the daemon calls nobody.
func (translator) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}
