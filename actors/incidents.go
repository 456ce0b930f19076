package actors

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/audit"
)

// IncidentPolicy says what a mismatch on a resident shard does.
type IncidentPolicy string

// The policies.
const (
	OnIncidentStop       IncidentPolicy = "stop"       // the worker stops until an operator restarts it
	OnIncidentQuarantine IncidentPolicy = "quarantine" // the device takes no new work
)

// Incident is a mismatch on a resident, sealed shard. It is never removed
// while the engine lives.
type Incident struct {
	ID       string
	Time     time.Time
	Shard    string
	Device   int
	Reason   string // "digest", "seal" or "residency"
	BadBlock int64  // the first 4096-byte block that differs, or -1
	Action   string // what was done: "stopped" or "quarantined"
	// Counted is what the device had counted since the engine opened it.
	Counted audit.Counters
}

// caseBook keeps the incidents. It is safe for concurrent use.
type caseBook struct {
	mu      sync.Mutex
	cases   []Incident
	pending map[string][]func() // those whose record is being written, and what is to be done then
}

// writing says that the incident's record is being written.
func (b *caseBook) writing(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pending == nil {
		b.pending = map[string][]func(){}
	}
	b.pending[id] = nil
}

// then calls fn when the incident's record is on disk, or cannot get there: at
// once if that is known.
func (b *caseBook) then(id string, fn func()) {
	b.mu.Lock()
	waiting, pending := b.pending[id]
	if pending {
		b.pending[id] = append(waiting, fn)
	}
	b.mu.Unlock()
	if !pending {
		fn()
	}
}

// written ends the writing and calls who waits for it.
func (b *caseBook) written(id string) {
	b.mu.Lock()
	waiting := b.pending[id]
	delete(b.pending, id)
	b.mu.Unlock()
	for _, fn := range waiting {
		fn()
	}
}

// open enters an incident and names it.
func (b *caseBook) open(i Incident) Incident {
	b.mu.Lock()
	defer b.mu.Unlock()
	i.ID = fmt.Sprintf("incident-%d", len(b.cases)+1)
	b.cases = append(b.cases, i)
	return i
}

// diagnosed adds to an incident what its device counts.
func (b *caseBook) diagnosed(id string, c audit.Counters) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.cases {
		if b.cases[i].ID == id {
			b.cases[i].Counted = c
		}
	}
}

func (b *caseBook) list() []Incident {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.cases)
}

// ofShard returns the incident of a shard that is on the device still.
func (b *caseBook) ofShard(id string, found time.Time) (Incident, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, i := range slices.Backward(b.cases) {
		if i.Shard == id && i.Time.Equal(found) {
			return i, true
		}
	}
	return Incident{}, false
}

// incidentsUnit is the name of the actor of the incidents.
const incidentsUnit = "incidents"

// incidentReport tells of a failed verification.
type incidentReport struct {
	shard   *shard
	failure Failure
	calls   []*call // answered when the incident is on record
}

// operatorRestart is an operator's word that the worker may go on.
type operatorRestart struct {
	call     *call
	operator string
}

func (m operatorRestart) requests() []*call { return []*call{m.call} }
func (m incidentReport) requests() []*call  { return m.calls }

// incidents decides what a mismatch does. Its state is in plain structs.
type incidents struct{ env *env }

func (a *incidents) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		a.adopt()
	case incidentReport:
		a.onReport(m)
	case operatorRestart:
		a.onRestart(m)
	}
}

// adopt opens the incidents whose report was lost with a predecessor.
func (a *incidents) adopt() {
	for _, s := range a.env.shards.list(nil) {
		if f := s.snapshot().Failure; f != nil && f.Incident == "" {
			a.onReport(incidentReport{shard: s, failure: *f})
		}
	}
}

// onReport acts first and records then; who asked is told when the record is on
// disk, or cannot get there. A shard's second report is its first incident.
func (a *incidents) onReport(m incidentReport) {
	first := m.shard.snapshot().Failure
	if first == nil {
		first = &m.failure
	}
	if known, ok := a.env.cases.ofShard(m.shard.spec.ID, first.At); ok {
		a.env.cases.then(known.ID, func() { a.env.recorded(m, known.ID) })
		return
	}
	i := a.env.cases.open(Incident{Time: first.At, Shard: m.shard.spec.ID, Device: m.shard.device.index,
		Reason: first.Reason, BadBlock: first.BadBlock, Action: a.act(m.shard), Counted: notCounted()})
	a.env.hub.publish(Event{Kind: EventIncident, Shard: i.Shard, Device: i.Device, Detail: i.ID})
	a.env.cases.writing(i.ID)
	a.env.cases.then(i.ID, func() { a.env.recorded(m, i.ID) })
	a.env.counted(m.shard.device, func(c audit.Counters) { a.env.recordIncident(i, c) })
}

// recordIncident completes the incident and writes it. It may run on any
// goroutine, and lets who waits for the record go on whatever happens.
func (e *env) recordIncident(i Incident, c audit.Counters) {
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("recording an incident crashed", "crash", fmt.Sprintf("%T", r), "frames", frames())
			e.cases.written(i.ID)
		}
	}()
	e.cases.diagnosed(i.ID, c)
	e.write(audit.Incident(i.ID, i.Shard, i.Device, i.Reason, i.Action, i.BadBlock, c), func(error) { e.cases.written(i.ID) })
}

// act does what the policy says.
func (a *incidents) act(s *shard) string {
	if a.env.cfg.OnIncident == OnIncidentQuarantine {
		a.env.changeDevice(s.device, DeviceQuarantined, "shard "+s.spec.ID+" failed verification")
		return "quarantined"
	}
	a.env.worker.stop("shard " + s.spec.ID + " failed verification")
	a.env.hub.publish(Event{Kind: EventWorker, Device: -1, Detail: "stopped"})
	return "stopped"
}

func (a *incidents) onRestart(m operatorRestart) {
	a.env.write(audit.OperatorAction(m.operator, "worker restart", "worker", audit.ResultSuccess), func(err error) {
		if err != nil {
			m.call.answer(nil, wrap(ErrAuditFailed, "", err))
			return
		}
		was := a.env.worker.restart()
		a.env.hub.publish(Event{Kind: EventWorker, Device: -1, Detail: "running"})
		m.call.answer(was, nil)
	})
}
