package actors

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// EventKind says what an Event is about.
type EventKind string

// The kinds of events.
const (
	EventSealed   EventKind = "sealed"
	EventReleased EventKind = "released"
	EventIncident EventKind = "incident"
	EventDevice   EventKind = "device"
	EventWorker   EventKind = "worker"
	EventPatrol   EventKind = "patrol"
	EventRestart  EventKind = "restart"
	EventLost     EventKind = "events_lost" // Detail: how many this listener missed
)

// Event is something that listeners may want to know. It is a copy.
type Event struct {
	Time   time.Time
	Kind   EventKind
	Shard  string // "" when it concerns no shard
	Device int    // -1 when it concerns no device
	Detail string
}

// hub passes events to listeners and never waits for one.
type hub struct {
	mu        sync.Mutex
	listeners map[*listener]struct{}
	closed    bool
}

type listener struct {
	ch   chan Event
	lost atomic.Uint64
}

// listenerRoom is how many events a listener may be behind.
const listenerRoom = 256

func newHub() *hub { return &hub{listeners: map[*listener]struct{}{}} }

// listen returns a channel that is closed when ctx ends or the hub closes.
func (h *hub) listen(ctx context.Context) <-chan Event {
	l := &listener{ch: make(chan Event, listenerRoom)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(l.ch)
		return l.ch
	}
	h.listeners[l] = struct{}{}
	context.AfterFunc(ctx, func() { h.drop(l) })
	return l.ch
}

func (h *hub) drop(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.listeners[l]; ok {
		delete(h.listeners, l)
		close(l.ch)
	}
}

// publish passes the event on. A listener that is behind misses it, and is
// told how many it missed as soon as it has room.
func (h *hub) publish(e Event) {
	e.Time = time.Now().UTC()
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		if n := l.lost.Load(); n > 0 {
			select {
			case l.ch <- Event{Time: e.Time, Kind: EventLost, Device: -1, Detail: strconv.FormatUint(n, 10)}:
				l.lost.Store(0)
			default:
			}
		}
		select {
		case l.ch <- e:
		default:
			l.lost.Add(1)
		}
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for l := range h.listeners {
		delete(h.listeners, l)
		close(l.ch)
	}
}
