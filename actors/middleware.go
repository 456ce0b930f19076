package actors

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// watched runs an actor's Receive and, when it does not return, writes where
// it was to the log: function names and lines, no arguments and no values,
// since those could be addresses or contents. The panic goes on to the
// supervisor, unless the actor is ending.
func watched(e *env) actor.ReceiverMiddleware {
	return func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
			returned := false
			defer func() {
				if returned {
					return
				}
				e.log.Error("an actor did not return from a message", "actor", unitName(c.Self()),
					"message", fmt.Sprintf("%T", envelope.Message), "frames", frames())
				if ending(envelope.Message) {
					if r := recover(); r != nil {
						e.log.Error("an actor crashed while it ended, and ends", "actor", unitName(c.Self()), "crash", fmt.Sprintf("%T", r))
					}
				}
			}()
			if e.cfg.Probe != nil {
				e.cfg.Probe(unitName(c.Self()), envelope.Message)
			}
			next(c, envelope)
			returned = true
		}
	}
}

// ending reports whether the message is one of an actor's end. A panic there
// must not reach the supervisor: protoactor would bring the actor back to
// life, or its parent would wait for its end for ever.
func ending(message any) bool {
	switch message.(type) {
	case *actor.Stopping, *actor.Stopped, *actor.Restarting:
		return true
	}
	return false
}

// frames names the functions of this project that are on the stack.
func frames() string {
	pcs := make([]uintptr, 64)
	pcs = pcs[:runtime.Callers(2, pcs)]
	var names []string
	for it := runtime.CallersFrames(pcs); ; {
		f, more := it.Next()
		if strings.Contains(f.Function, "vram-engine") {
			names = append(names, fmt.Sprintf("%s:%d", f.Function, f.Line))
		}
		if !more {
			return strings.Join(names, " < ")
		}
	}
}

// unitName is the name under which the supervisor spawned the actor.
func unitName(pid *actor.PID) string {
	id := pid.GetId()
	return id[strings.LastIndexByte(id, '/')+1:]
}
