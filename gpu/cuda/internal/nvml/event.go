package nvml

import (
	"math"
	"time"
)

// EventType is a set of kinds of events; each kind is one bit.
type EventType uint64

// Health are the events that say something about the health of a device.
const Health = EventDoubleBitECC | EventXid | EventSingleBitECCStorm | EventRetirement | EventRetirementFailure |
	EventPoison | EventFatalPoison | EventUnavailable | EventRecoveryAction

// Event is something that happened to a device.
type Event struct {
	Device Device
	Type   EventType // one bit
	Xid    uint64    // the number of the error, if Type is EventXid
	Data   uint64    // what else the library says; its meaning depends on Type
}

// EventTypes are the kinds that the device can report. It is optional.
func (l *Library) EventTypes(d Device) (EventType, Result) {
	var types uint64
	r := l.calls.nvmlDeviceGetSupportedEventTypes(d, &types)
	return EventType(types), r
}

// CreateEventSet makes a queue of events. The caller frees it.
func (l *Library) CreateEventSet() (EventSet, Result) {
	var set EventSet
	r := l.calls.nvmlEventSetCreate(&set)
	return set, r
}

// FreeEventSet ends a queue; nobody may wait on it.
func (l *Library) FreeEventSet(set EventSet) Result { return l.calls.nvmlEventSetFree(set) }

// Register asks for events of a device. Kinds that it cannot report are
// ErrorNotSupported, and then none is registered: ask EventTypes first.
func (l *Library) Register(d Device, types EventType, set EventSet) Result {
	return l.calls.nvmlDeviceRegisterEvents(d, uint64(types), set)
}

// Wait gives the next event, or ErrorTimeout when none came within the limit,
// which is rounded up to milliseconds and at most 49 days. It blocks a thread
// so long, and cannot be called off: give short limits.
func (l *Library) Wait(set EventSet, limit time.Duration) (Event, Result) {
	milliseconds := limit / time.Millisecond
	if limit%time.Millisecond > 0 {
		milliseconds++
	}
	milliseconds = min(max(0, milliseconds), math.MaxUint32-1)
	var data eventData
	if r := l.calls.nvmlEventSetWait_v2(set, &data, uint32(milliseconds)); r != Success {
		return Event{}, r
	}
	e := Event{Device: data.device, Type: EventType(data.kind), Data: data.data}
	if e.Type == EventXid {
		e.Xid = data.data
	}
	return e, Success
}
