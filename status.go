package vram

import (
	"context"
	"slices"
	"time"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

// Event is something that happened. See Engine.Events.
type Event = actors.Event

// Incident is a mismatch that was found on a resident, sealed shard.
type Incident = actors.Incident

// ShardInfo is a shard as it is now.
type ShardInfo struct {
	Handle       Handle
	LastVerified time.Time // start of the last pass that found it intact
	Unverified   bool      // something restarted, and it was not verified since
	Reason       string    // why it failed verification, "" if it did not
	FirstBad     int64     // first 4096-byte block that differs, or -1
	Incident     string    // the incident's id, "" if there is none
}

// DeviceStatus is a device as it is now. Capacity is counted in mapped bytes.
type DeviceStatus struct {
	Index     int       `json:"index"`
	UUID      string    `json:"uuid"`
	Name      string    `json:"name"`
	Kind      gpu.Kind  `json:"kind"`
	Total     gpu.Bytes `json:"total_bytes"`
	Used      gpu.Bytes `json:"used_bytes"`   // exact bytes of sealed shards
	Mapped    gpu.Bytes `json:"mapped_bytes"` // extents that hold them
	External  gpu.Bytes `json:"external_bytes"`
	Available gpu.Bytes `json:"available_bytes"`
	State     string    `json:"state"`
	Reason    string    `json:"reason,omitempty"`
	Restarts  int64     `json:"restarts"`
	ReadOnly  bool      `json:"read_only_mappings"` // sealed memory refuses writes
	Staging   string    `json:"staging"`            // host memory that loads pass through: "pageable" or "pinned"
	Notes     []string  `json:"notes,omitempty"`
}

// Status is the engine as it is now.
type Status struct {
	State   string         `json:"state"` // "running" or "stopped"
	Reason  string         `json:"reason,omitempty"`
	Backend gpu.Kind       `json:"backend"`
	Version string         `json:"version"`
	Devices []DeviceStatus `json:"devices"`
	Shards  ShardCounts    `json:"shards"`
	Audit   AuditStatus    `json:"audit"`
	Patrol  PatrolStatus   `json:"patrol"`
	Seals   string         `json:"seal_key_fingerprint"`
}

// ShardCounts counts shards by state.
type ShardCounts struct {
	Total       int       `json:"total"`
	Sealed      int       `json:"sealed"` // verifying ones included
	Loading     int       `json:"loading"`
	Quarantined int       `json:"quarantined"`
	Lost        int       `json:"lost"`
	Bytes       gpu.Bytes `json:"bytes"` // exact bytes of sealed shards
}

// AuditStatus is the state of the audit log.
type AuditStatus struct {
	Mode    AuditMode `json:"mode"`
	Healthy bool      `json:"healthy"`
	Problem string    `json:"problem,omitempty"`
	audit.Stats
}

// PatrolStatus is what the last complete patrol found.
type PatrolStatus struct {
	IntervalMS float64   `json:"interval_ms"` // 0: there is no patrol
	Passes     uint64    `json:"passes"`
	Started    time.Time `json:"started,omitzero"`
	TookMS     float64   `json:"took_ms"`
	Shards     int       `json:"shards"`
	Failed     int       `json:"failed"`
	Bytes      gpu.Bytes `json:"bytes"`
}

// Shards returns all shards, by id.
func (e *Engine) Shards() []ShardInfo {
	views := e.sys.Shards()
	infos := make([]ShardInfo, 0, len(views))
	for _, v := range views {
		infos = append(infos, shardInfo(v))
	}
	return infos
}

// Shard returns one shard. ErrNotFound if there is none of the id.
func (e *Engine) Shard(id string) (ShardInfo, error) {
	v, err := e.sys.Shard(id)
	return shardInfo(v), translate("shards", id, err)
}

func shardInfo(v actors.Shard) ShardInfo {
	info := ShardInfo{Handle: v.Handle, LastVerified: v.LastVerified.UTC(), Unverified: v.Unverified, FirstBad: gpu.NoBlock}
	if v.Failure != nil {
		info.Reason, info.FirstBad, info.Incident = v.Failure.Reason, v.Failure.BadBlock, v.Failure.Incident
	}
	return info
}

// Incidents returns all incidents since the start, oldest first.
func (e *Engine) Incidents() []Incident { return e.sys.Incidents() }

// Incident returns one incident. ErrNotFound if there is none of the id.
func (e *Engine) Incident(id string) (Incident, error) {
	for _, i := range e.sys.Incidents() {
		if i.ID == id {
			return i, nil
		}
	}
	return Incident{}, translate("incident show", "", &actors.Error{Code: actors.ErrNotFound, Detail: "no incident has this id: see incident list"})
}

// Events returns a channel of what happens from now on. It is closed when ctx
// ends or the engine closes. A listener that is more than 256 events behind
// misses some and gets an event that says how many.
func (e *Engine) Events(ctx context.Context) <-chan Event { return e.sys.Events(ctx) }

// Devices returns all devices, by index.
func (e *Engine) Devices() []DeviceStatus {
	var all []DeviceStatus
	for _, d := range e.sys.Devices() {
		_, staging := e.staging.of(d.Info.Index)
		notes := d.Info.Notes
		if note := e.staging.note(d.Info.Index); note != "" {
			notes = append(slices.Clone(notes), note)
		}
		all = append(all, DeviceStatus{
			Index: d.Info.Index, UUID: d.Info.UUID, Name: d.Info.Name, Kind: d.Info.Kind, Total: d.Info.Total,
			Used: d.Memory.Used, Mapped: d.Memory.Mapped, External: d.Memory.External, Available: d.Memory.Available,
			State: string(d.State), Reason: d.Reason, Restarts: d.Restarts, ReadOnly: d.Info.ReadOnlyMappings, Staging: staging, Notes: notes,
		})
	}
	return all
}

// Status returns the engine as it is now. It does not wait for any device.
func (e *Engine) Status() Status {
	s := Status{Backend: e.backend.Kind(), Version: Version(), Devices: e.Devices(), Shards: e.countShards()}
	s.State, s.Reason = e.sys.Worker()
	s.Audit = AuditStatus{Mode: e.options.AuditMode, Healthy: true, Stats: e.log.Stats()}
	if err := e.log.Healthy(); err != nil {
		s.Audit.Healthy, s.Audit.Problem = false, err.Error()
	}
	p := e.sys.Patrol()
	s.Patrol = PatrolStatus{IntervalMS: milliseconds(p.Interval), Passes: p.Passes, Started: p.Started.UTC(),
		TookMS: milliseconds(p.Took), Shards: p.Shards, Failed: p.Failed, Bytes: p.Bytes}
	if fingerprint, err := e.keys.Fingerprint(); err == nil {
		s.Seals = fingerprint
	}
	return s
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (e *Engine) countShards() ShardCounts {
	var c ShardCounts
	for _, v := range e.sys.Shards() {
		c.Total++
		switch v.State {
		case seal.StateLoading:
			c.Loading++
		case seal.StateSealed, seal.StateVerifying:
			c.Sealed++
			c.Bytes = c.Bytes.AddSat(gpu.Bytes(v.Handle.VRAMBytes))
		case seal.StateQuarantined:
			c.Quarantined++
		case seal.StateLost:
			c.Lost++
		case seal.StateReleased:
		}
	}
	return c
}
