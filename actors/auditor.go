package actors

import (
	"context"
	"fmt"
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

// onWrite hands the record to the log on a goroutine of its own, so that writes
// that are waiting share one sync. Records that must follow each other are
// asked for one after the other's end. What was queued before goes with it.
func (a *auditor) onWrite(m auditWrite) { go a.env.writeNow(m) }

// writeNow waits for the disk and tells who waits, whatever happens.
func (e *env) writeNow(m auditWrite) {
	ctx, cancel := context.WithTimeout(context.Background(), late)
	defer cancel()
	err := error(fail(ErrCrashed, "", "the audit log's writer crashed"))
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("an audit write crashed", "crash", fmt.Sprintf("%T", r), "frames", frames())
		}
		m.then(err)
	}()
	_, written := e.audit.Write(ctx, m.record)
	err = e.judgeAudit(written)
}

// judgeAudit lets a failed write pass where the operator chose fail-open.
func (e *env) judgeAudit(err error) error {
	if err == nil {
		return nil
	}
	e.log.Error("the audit log cannot be written", "error", err.Error())
	if e.cfg.AuditFailOpen {
		return nil
	}
	return err
}
