package server

import (
	"context"
	"math"
	"strconv"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
	"github.com/vram-engine/vram-engine/gpu"
)

// operator names who gave an order, for the audit log.
func operator(ctx context.Context) (string, error) {
	uid, err := callerOf(ctx)
	return "uid " + strconv.FormatUint(uint64(uid), 10), err
}

// RestartWorker implements the service's call.
func (s *Server) RestartWorker(ctx context.Context, _ *v1.RestartWorkerRequest) (*v1.RestartWorkerResponse, error) {
	who, err := operator(ctx)
	if err != nil {
		return nil, err
	}
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	return &v1.RestartWorkerResponse{}, engine.RestartWorker(ctx, who)
}

// UnquarantineDevice implements the service's call.
func (s *Server) UnquarantineDevice(ctx context.Context, r *v1.UnquarantineDeviceRequest) (*v1.UnquarantineDeviceResponse, error) {
	who, err := operator(ctx)
	if err != nil {
		return nil, err
	}
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	if r.GetGpuDevice() > math.MaxInt32 {
		return nil, failure.Usage("there is no device %d; vram-engine devices lists them", r.GetGpuDevice())
	}
	return &v1.UnquarantineDeviceResponse{}, engine.UnquarantineDevice(ctx, int(r.GetGpuDevice()), who)
}

// FlipBit implements the service's call.
func (s *Server) FlipBit(ctx context.Context, r *v1.FlipBitRequest) (*v1.FlipBitResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	return &v1.FlipBitResponse{}, engine.FlipBit(ctx, r.GetShardId(), gpu.Bytes(r.GetByteOffset()), uint(r.GetBit()))
}

// ListIncidents implements the service's call.
func (s *Server) ListIncidents(context.Context, *v1.ListIncidentsRequest) (*v1.ListIncidentsResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	res := &v1.ListIncidentsResponse{}
	for _, i := range engine.Incidents() {
		res.Incidents = append(res.Incidents, wire.FromIncident(i))
	}
	return res, nil
}

// GetIncident implements the service's call.
func (s *Server) GetIncident(_ context.Context, r *v1.GetIncidentRequest) (*v1.GetIncidentResponse, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	i, err := engine.Incident(r.GetId())
	if err != nil {
		return nil, err
	}
	return &v1.GetIncidentResponse{Incident: wire.FromIncident(i)}, nil
}
