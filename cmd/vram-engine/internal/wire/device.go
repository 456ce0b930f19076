package wire

import (
	"math"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/gpu"
)

// Count makes an unsigned number of one that is never negative.
func Count(n int) uint32 {
	return uint32(min(max(n, 0), math.MaxUint32))
}

// FromDevices makes messages of devices.
func FromDevices(all []vram.DeviceStatus) []*v1.Device {
	out := make([]*v1.Device, 0, len(all))
	for _, d := range all {
		out = append(out, &v1.Device{
			Index: Count(d.Index), Uuid: d.UUID, Name: d.Name, Kind: string(d.Kind),
			TotalBytes: uint64(d.Total), UsedBytes: uint64(d.Used), MappedBytes: uint64(d.Mapped),
			AvailableBytes: uint64(d.Available), ExternalBytes: uint64(d.External),
			State: d.State, Reason: d.Reason, Restarts: d.Restarts, ReadOnlyMappings: d.ReadOnly, Staging: d.Staging, Notes: d.Notes,
		})
	}
	return out
}

// ToDevices makes devices of messages. The result is never nil.
func ToDevices(all []*v1.Device) []vram.DeviceStatus {
	out := make([]vram.DeviceStatus, 0, len(all))
	for _, d := range all {
		out = append(out, vram.DeviceStatus{
			Index: int(d.GetIndex()), UUID: d.GetUuid(), Name: d.GetName(), Kind: gpu.Kind(d.GetKind()),
			Total: gpu.Bytes(d.GetTotalBytes()), Used: gpu.Bytes(d.GetUsedBytes()), Mapped: gpu.Bytes(d.GetMappedBytes()),
			Available: gpu.Bytes(d.GetAvailableBytes()), External: gpu.Bytes(d.GetExternalBytes()),
			State: d.GetState(), Reason: d.GetReason(), Restarts: d.GetRestarts(),
			ReadOnly: d.GetReadOnlyMappings(), Staging: d.GetStaging(), Notes: d.GetNotes(),
		})
	}
	return out
}
