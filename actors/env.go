package actors

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/seal"
)

// env is what all actors of one system share. Everything in it is safe for
// concurrent use and outlives the actors.
type env struct {
	cfg    Config
	system *actor.ActorSystem
	log    hclog.Logger
	keys   *seal.Keyring
	audit  *audit.Log

	calls   *calls
	shards  *registry
	devices []*deviceRecord
	worker  *worker
	cases   *caseBook
	patrol  *patrolRecord
	hub     *hub

	fatalOnce sync.Once
	units     sync.Map // name of an actor → unit
	lastUnit  atomic.Uint64

	// Set before anybody is told that the system is there; kept for life.
	supervisor, auditor, incidents, verifier *actor.PID
}

// unit finds what stands behind an actor's name.
func (e *env) unit(name string) (unit, bool) {
	v, ok := e.units.Load(name)
	if !ok {
		return nil, false
	}
	u, ok := v.(unit)
	return u, ok
}

func (e *env) enter(name string, u unit) { e.units.Store(name, u) }
func (e *env) forget(name string)        { e.units.Delete(name) }

// tell sends a message to an actor; nobody is told when there is none.
func (e *env) tell(to *actor.PID, message any) {
	if to != nil {
		e.system.Root.Send(to, message)
	}
}

// bury tells the supervisor that an actor has ended whose thread is gone: its
// mailbox never runs again, and nobody would say so.
func (e *env) bury(who *actor.PID) {
	e.system.ProcessRegistry.Remove(who)
	if p, ok := e.system.ProcessRegistry.Get(e.supervisor); ok {
		p.SendSystemMessage(e.supervisor, &actor.Terminated{Who: who})
	}
}

// note writes what the record says to the log too, with the same fields. What
// every request brings is for debugging only: the audit log has it.
func (e *env) note(r audit.Record) {
	level, wanted := hclog.Info, e.log.IsInfo
	switch r.Severity() {
	case audit.SeverityCritical:
		level, wanted = hclog.Error, e.log.IsError
	case audit.SeverityWarning:
		level, wanted = hclog.Warn, e.log.IsWarn
	case audit.SeverityInfo:
		if k := r.Kind(); k == audit.KindSealVerified || k == audit.KindExecuted || k == audit.KindPatrolPass {
			level, wanted = hclog.Debug, e.log.IsDebug
		}
	}
	if wanted() {
		e.log.Log(level, r.Message(), r.LogArgs()...)
	}
}

// emit queues an audit record without waiting. A full queue leaves a record of
// its own when there is room again.
func (e *env) emit(r audit.Record) { e.emitAll([]audit.Record{r}) }

// emitAll is emit for several records, which stay together.
func (e *env) emitAll(records []audit.Record) {
	for _, r := range records {
		e.note(r)
	}
	if len(records) == 0 {
		return
	}
	if err := e.audit.Emit(records...); err != nil {
		e.log.Warn("an audit record was not queued", "error", err.Error())
	}
}

// auditCrowd is how many requests that each leave a record are sent at a time.
// auditBehind is how many records may be queued before who asks for more waits
// for them: half of what the log's queue holds, so that none is dropped while
// the disk is well, nor does a disk that is slow for a moment hold anybody up.
const (
	auditCrowd  = 1024
	auditBehind = 8192
)

// relieve waits until the log has written what is queued, if that is much. It
// runs where requests come in and never on an actor. A log that cannot be
// written holds nobody up: that is for Serves to refuse.
func (e *env) relieve(ctx context.Context) {
	if e.audit.Stats().Queued < auditBehind || e.audit.Healthy() != nil {
		return
	}
	if err := e.audit.Flush(ctx); err != nil {
		e.log.Warn("the audit log is behind", "error", err.Error())
	}
}

// write has the record written durably and tells then.
func (e *env) write(r audit.Record, then func(error)) {
	// What is critical is told at once, the rest when it is true.
	critical := r.Severity() == audit.SeverityCritical
	if critical {
		e.note(r)
	}
	e.tell(e.auditor, auditWrite{record: r, then: func(err error) {
		if err == nil && !critical {
			e.note(r)
		}
		then(err)
	}})
}

func (e *env) reportIncident(r incidentReport) { e.tell(e.incidents, r) }

// request tells a shard's actor a message with a call. An actor that is gone by
// now may have left the message in a mailbox that nobody reads: whoever sees
// here that the unit is forgotten answers; else its end still comes and does.
func (e *env) request(s *shard, c *call, m shardMessage) {
	s.tell(m)
	if _, there := e.unit(s.unit); !there {
		c.answer(nil, fail(ErrNotFound, s.spec.ID, "it was released in the meantime"))
	}
}

// recheck has the shards verify themselves.
func (e *env) recheck(which func(*shard) bool) {
	for _, s := range e.shards.list(which) {
		if s.at() == phaseSealed {
			s.tell(shardRecheck{})
		}
	}
}

// fatal tells the embedder, once, that the engine cannot go on. It runs the
// callback on a goroutine of its own: nothing of ours waits for it.
func (e *env) fatal(err error) {
	if e.cfg.OnFatal == nil {
		return
	}
	e.fatalOnce.Do(func() { go e.cfg.OnFatal(err) })
}
