package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/audit"
)

// auditorMessage is what the auditor receives.
type auditorMessage interface{ auditorMessage() }

type (
	// auditWrite has a record written durably; then is told, once.
	auditWrite struct {
		record audit.Record
		then   func(error)
	}
	// auditFlush says that there are queued records.
	auditFlush struct{ urgent bool }
	// auditTick flushes what has gathered.
	auditTick struct{}
)

func (auditWrite) auditorMessage() {}
func (auditFlush) auditorMessage() {}
func (auditTick) auditorMessage()  {}

// auditGather is how long records that nobody waits for may gather.
const auditGather = 200 * time.Millisecond

// auditor is the only writer of the log. The log itself is a plain struct that
// outlives the actor.
type auditor struct {
	env   *env
	armed bool // an auditTick is under way
}

func (a *auditor) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		a.flush()
	case auditWrite:
		a.onWrite(m)
	case auditFlush:
		a.onFlush(c, m)
	case auditTick:
		a.armed = false
		a.flush()
	case *actor.Stopping:
		a.flush()
	}
}

// onWrite waits for the disk. What was queued before goes with it.
func (a *auditor) onWrite(m auditWrite) {
	told := false
	defer func() {
		if !told { // a panic is on its way to the supervisor
			m.then(fail(ErrCrashed, "", "the auditor restarted"))
		}
	}()
	_, err := a.env.audit.Write(context.Background(), m.record)
	told = true
	m.then(a.judge(err))
}

// judge lets a failed write pass where the operator chose fail-open.
func (a *auditor) judge(err error) error {
	if err == nil {
		return nil
	}
	a.env.log.Error("the audit log cannot be written", "error", err.Error())
	if a.env.cfg.AuditFailOpen {
		return nil
	}
	return err
}

func (a *auditor) onFlush(c actor.Context, m auditFlush) {
	if m.urgent {
		a.flush()
		return
	}
	if a.armed {
		return
	}
	a.armed = true
	self, root := c.Self(), c.ActorSystem().Root
	time.AfterFunc(auditGather, func() { root.Send(self, auditTick{}) })
}

// flush makes what is queued durable. When that fails it stays queued, and the
// next write tries again.
func (a *auditor) flush() {
	if err := a.env.audit.Flush(context.Background()); err != nil {
		a.env.log.Error("the audit log cannot be written", "error", err.Error())
	}
}
