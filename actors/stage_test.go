package actors

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// probe is an actor that keeps what it is told.
type probe struct {
	mu   sync.Mutex
	told []any
}

func (p *probe) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case actor.SystemMessage, actor.AutoReceiveMessage:
	default:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.told = append(p.told, m)
	}
}

// take returns what the probe was told since, when all is quiet.
func (p *probe) take() []any {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.told
	p.told = nil
	return told
}

// throttle is how long, in a bubble's time, a goroutine of protoactor lives on
// that counts dead letters.
const throttle = 2 * time.Second

// stage is a rig in a bubble with an actor system, in which probes stand in for
// all but the actor under test. The device's work is stepped by the test.
type stage struct {
	*rig
	auditor, incidents *probe
}

// onStage fails if the test leaves a goroutine behind, or a call unanswered.
func onStage(t *testing.T, fn func(t *testing.T, s *stage), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{rig: newRig(t, change...), auditor: &probe{}, incidents: &probe{}}
		e := s.env
		e.system = actor.NewActorSystem(actor.WithLoggerFactory(newSystemLog(e.cfg)))
		e.answerDeadLetters()
		e.auditor, e.incidents = s.spawn("auditor", s.auditor), s.spawn("incidents", s.incidents)
		fn(t, s)
		synctest.Wait()
		e.calls.mu.Lock()
		for _, c := range e.calls.live {
			t.Errorf("%s is not answered", c.op)
		}
		e.calls.mu.Unlock()
		e.system.Shutdown()
		time.Sleep(throttle)
	})
}

func (s *stage) spawn(name string, a actor.Actor) *actor.PID {
	s.t.Helper()
	pid, err := s.env.system.Root.SpawnNamed(actor.PropsFromProducer(func() actor.Actor { return a }), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return pid
}

// play spawns the actor of the shard.
func (s *stage) play(rec *shard) {
	s.t.Helper()
	root := s.env.system.Root
	pid, err := root.SpawnNamed(actor.PropsFromProducer(newShardActor(s.env, rec)), rec.unit)
	if err != nil {
		s.t.Fatal(err)
	}
	rec.send = func(m shardMessage) { root.Send(pid, m) }
	s.env.enter(rec.unit, rec)
	s.env.shards.add(rec)
	synctest.Wait()
}

// gone reports whether the shard's actor has ended.
func (s *stage) gone(rec *shard) bool {
	synctest.Wait()
	_, there := s.env.system.ProcessRegistry.GetLocal(rec.unit)
	return !there
}

// serve does all work that is queued for the device.
func (s *stage) serve() {
	for synctest.Wait(); ; synctest.Wait() {
		w := s.rec.queue.next()
		if w == nil {
			return
		}
		if w.step(s.device, time.Millisecond) {
			s.rec.queue.finish(w)
		}
	}
}

// call is a request to the shard's actor.
func (s *stage) call(rec *shard, op string) *call {
	return s.env.calls.inner(s.t.Context(), rec.unit, op)
}

// audited answers the write that waits for the disk.
func (s *stage) audited(err error) {
	s.t.Helper()
	told := s.auditor.take()
	if len(told) != 1 {
		s.t.Fatalf("the auditor was told %d things", len(told))
	}
	told[0].(auditWrite).then(err)
	synctest.Wait()
}

// waits checks that the call is not answered yet.
func (s *stage) waits(c *call) {
	s.t.Helper()
	synctest.Wait()
	if len(c.done) != 0 {
		s.t.Errorf("%s was answered early: %+v", c.op, <-c.done)
	}
}

// fails checks what the call is answered with.
func (s *stage) fails(c *call, want error) {
	s.t.Helper()
	synctest.Wait()
	select {
	case o := <-c.done:
		if !errors.Is(o.err, want) {
			s.t.Errorf("%s: %v, want %v", c.op, o.err, want)
		}
	default:
		s.t.Errorf("%s is not answered, want %v", c.op, want)
	}
}
