package server

import (
	"context"

	"connectrpc.com/connect"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
)

// GetStatus implements the service's call.
func (s *Server) GetStatus(context.Context, *v1.GetStatusRequest) (*v1.GetStatusResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	return &v1.GetStatusResponse{Status: wire.FromStatus(engine.Status())}, nil
}

// ListDevices implements the service's call.
func (s *Server) ListDevices(context.Context, *v1.ListDevicesRequest) (*v1.ListDevicesResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	return &v1.ListDevicesResponse{Devices: wire.FromDevices(engine.Devices())}, nil
}

// WatchEvents implements the service's call. The first message is empty: it
// says that every event from now on will be told.
func (s *Server) WatchEvents(ctx context.Context, _ *v1.WatchEventsRequest, out *connect.ServerStream[v1.WatchEventsResponse]) error {
	engine, err := s.engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events := engine.Events(ctx)
	if err := out.Send(&v1.WatchEventsResponse{}); err != nil {
		return err
	}
	for e := range events {
		if err := out.Send(&v1.WatchEventsResponse{Event: wire.FromEvent(e)}); err != nil {
			return err
		}
	}
	return nil
}
