package wire

import (
	"time"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
)

// Incident is an incident as the command line writes it as JSON.
type Incident struct {
	ID            string    `json:"id"`
	Time          time.Time `json:"time"`
	ShardID       string    `json:"shard_id"`
	GPUDevice     int       `json:"gpu_device"`
	Reason        string    `json:"reason"`
	FirstBadBlock int64     `json:"first_bad_block"`
	Action        string    `json:"action"`
}

// Event is an event as the command line writes it as JSON.
type Event struct {
	Time      time.Time `json:"time"`
	Kind      string    `json:"kind"`
	ShardID   string    `json:"shard_id,omitempty"`
	GPUDevice int       `json:"gpu_device"`
	Detail    string    `json:"detail,omitempty"`
}

// FromIncident makes a message of an incident.
func FromIncident(i vram.Incident) *v1.Incident {
	return &v1.Incident{
		Id: i.ID, Time: stamp(i.Time), ShardId: i.Shard, GpuDevice: number(i.Device),
		Reason: i.Reason, FirstBadBlock: i.BadBlock, Action: i.Action,
	}
}

// ToIncident makes an incident of a message.
func ToIncident(i *v1.Incident) Incident {
	return Incident{
		ID: i.GetId(), Time: timeOf(i.GetTime()), ShardID: i.GetShardId(), GPUDevice: int(i.GetGpuDevice()),
		Reason: i.GetReason(), FirstBadBlock: i.GetFirstBadBlock(), Action: i.GetAction(),
	}
}

// ToIncidents makes incidents of messages. The result is never nil.
func ToIncidents(all []*v1.Incident) []Incident {
	out := make([]Incident, 0, len(all))
	for _, i := range all {
		out = append(out, ToIncident(i))
	}
	return out
}

// FromEvent makes a message of an event.
func FromEvent(e vram.Event) *v1.Event {
	return &v1.Event{Time: stamp(e.Time), Kind: string(e.Kind), ShardId: e.Shard, GpuDevice: number(e.Device), Detail: e.Detail}
}

// ToEvent makes an event of a message.
func ToEvent(e *v1.Event) Event {
	return Event{Time: timeOf(e.GetTime()), Kind: e.GetKind(), ShardID: e.GetShardId(), GPUDevice: int(e.GetGpuDevice()), Detail: e.GetDetail()}
}

// number is the index of a device, or -1 for none.
func number(device int) int32 {
	if device < 0 {
		return -1
	}
	return int32(min(device, 1<<31-1))
}
