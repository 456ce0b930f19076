package actors

import (
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
)

// spawnShard starts the actor of a shard and enters the shard in the registry.
type spawnShard struct {
	call  *call
	shard *shard
}

func (m spawnShard) requests() []*call { return []*call{m.call} }

// supervisor spawns every actor and keeps no state whose loss would matter.
type supervisor struct {
	env     *env
	ready   chan<- error // told once, when the actors of the start are there
	stopped chan<- struct{}
}

// Receive recovers from panics of its own: the restart of a root actor would
// stop all its children.
func (s *supervisor) Receive(c actor.Context) {
	defer func() {
		if r := recover(); r != nil {
			s.env.log.Error("the supervisor crashed and goes on", "crash", fmt.Sprintf("%T", r), "frames", frames())
			if m, ok := c.Message().(requester); ok {
				answerAll(m.requests(), nil, fail(ErrCrashed, "", "the supervisor restarted"))
			}
		}
	}()
	switch m := c.Message().(type) {
	case *actor.Started:
		s.ready <- s.start(c)
	case spawnShard:
		m.call.answer(struct{}{}, s.spawnShard(c, m.shard))
	case *actor.Terminated:
		name := unitName(m.Who)
		if u, ok := s.env.unit(name); ok {
			s.env.forget(name) // before ended: see env.request
			u.ended(s.env)
		}
	case *actor.Stopped:
		close(s.stopped)
	}
}

func (s *supervisor) start(c actor.Context) error {
	e := s.env
	var err error
	if e.auditor, err = s.spawn(c, "auditor", func() actor.Actor { return &auditor{env: e} }); err != nil {
		return err
	}
	if e.incidents, err = s.spawn(c, incidentsUnit, func() actor.Actor { return &incidents{env: e} }); err != nil {
		return err
	}
	for _, d := range e.devices {
		name := fmt.Sprintf("judge-%d", d.index)
		e.enter(name, &d.court)
		if _, err := s.spawn(c, name, func() actor.Actor { return &judge{env: e, court: &d.court} }); err != nil {
			return err
		}
		e.enter(d.unit, d)
		if _, err := s.spawn(c, d.unit, newDevice(e, d), actor.WithDispatcher(d.thread)); err != nil {
			return err
		}
	}
	e.verifier, err = s.spawn(c, "verifier", func() actor.Actor { return &verifier{env: e} })
	return err
}

func (s *supervisor) spawn(c actor.Context, name string, producer actor.Producer, options ...actor.PropsOption) (*actor.PID, error) {
	options = append([]actor.PropsOption{
		actor.WithReceiverMiddleware(watched(s.env)),
		actor.WithMailbox(actor.UnboundedLockfree()),
	}, options...)
	return c.SpawnNamed(actor.PropsFromProducer(producer, options...), name)
}

func (s *supervisor) spawnShard(c actor.Context, rec *shard) error {
	s.env.enter(rec.unit, rec)
	pid, err := s.spawn(c, rec.unit, newShardActor(s.env, rec))
	if err != nil {
		s.env.forget(rec.unit)
		return err
	}
	root := c.ActorSystem().Root
	rec.send = func(m shardMessage) { root.Send(pid, m) }
	if _, entered := s.env.shards.add(rec); !entered {
		c.Stop(pid)
		return fail(ErrConflict, rec.spec.ID, "a shard of this id is there already: release it first, or choose another id")
	}
	return nil
}
