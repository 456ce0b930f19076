package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/audit"
)

// auditWrite has a record written durably; then is told, once.
type auditWrite struct {
	record audit.Record
	then   func(error)
}

// late is how long a durable write may take before it counts as failed: a disk
// that hangs is no better than one that is full.
const late = 10 * time.Second

// auditor makes durable what others wait for. What nobody waits for goes into
// the log's own bounded queue by env.emit, and not through a mailbox. The log
// is a plain struct that outlives the actor.
type auditor struct{ env *env }

func (a *auditor) Receive(c actor.Context) {
	if m, ok := c.Message().(auditWrite); ok {
		a.onWrite(m)
	}
}

// onWrite waits for the disk. What was queued before goes with it. When it
// crashes, the supervision strategy tells who waits.
func (a *auditor) onWrite(m auditWrite) {
	ctx, cancel := context.WithTimeout(context.Background(), late)
	defer cancel()
	_, err := a.env.audit.Write(ctx, m.record)
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
