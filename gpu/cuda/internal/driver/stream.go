package driver

import "time"

// CreateStream makes a queue of work that does not wait for the default
// stream. The priority is one of StreamPriorities; others are clamped by the
// driver. The caller destroys it.
func (l *Library) CreateStream(priority int) (Stream, Result) {
	var stream Stream
	r := l.calls.cuStreamCreateWithPriority(&stream, streamNonBlocking, int32(priority)) //nolint:gosec // the driver clamps
	return stream, r
}

// DestroyStream ends a stream; what is queued in it is still done.
func (l *Library) DestroyStream(s Stream) Result { return l.calls.cuStreamDestroy_v2(s) }

// QueryStream is Success when everything queued is done, and ErrorNotReady
// before. It does not wait.
func (l *Library) QueryStream(s Stream) Result { return l.calls.cuStreamQuery(s) }

// SynchronizeStream waits until everything queued is done, without limit.
func (l *Library) SynchronizeStream(s Stream) Result { return l.calls.cuStreamSynchronize(s) }

// StreamWait makes later work in the stream wait for the event. It does not
// wait itself.
func (l *Library) StreamWait(s Stream, e Event) Result { return l.calls.cuStreamWaitEvent(s, e, 0) }

// CreateEvent makes an event; only one made with timing can be used in
// Elapsed. The caller destroys it.
func (l *Library) CreateEvent(timing bool) (Event, Result) {
	var event Event
	flags := eventDisableTiming
	if timing {
		flags = eventDefault
	}
	r := l.calls.cuEventCreate(&event, flags)
	return event, r
}

// DestroyEvent ends an event.
func (l *Library) DestroyEvent(e Event) Result { return l.calls.cuEventDestroy_v2(e) }

// Record puts the event behind all that is queued in the stream now.
func (l *Library) Record(e Event, s Stream) Result { return l.calls.cuEventRecord(e, s) }

// QueryEvent is Success when the event has been reached, and ErrorNotReady
// before. It does not wait.
func (l *Library) QueryEvent(e Event) Result { return l.calls.cuEventQuery(e) }

// SynchronizeEvent waits until the event has been reached, without limit.
func (l *Library) SynchronizeEvent(e Event) Result { return l.calls.cuEventSynchronize(e) }

// Elapsed is the time between two events that have been reached, with a
// resolution of about half a microsecond.
func (l *Library) Elapsed(start, end Event) (time.Duration, Result) {
	var milliseconds float32
	r := l.calls.cuEventElapsedTime(&milliseconds, start, end)
	return time.Duration(float64(milliseconds) * float64(time.Millisecond)), r
}
