package actors

import (
	"context"
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
)

// System is the running tree of actors. Its methods are safe for concurrent
// use by any goroutine but the devices' own (see IsInsideRun).
type System struct {
	env     *env
	stopped chan struct{} // the supervisor is gone
	watch   *sentinel     // nil if the driver tells nothing
}

// Start opens every device of the backend on a thread of its own and starts
// the actors. On an error nothing is left behind.
func Start(ctx context.Context, cfg Config) (*System, error) {
	e := &env{
		cfg: cfg, log: cfg.Log, keys: cfg.Keys, audit: cfg.Audit,
		calls: newCalls(cfg.MaxPending), shards: newRegistry(), worker: &worker{}, cases: &caseBook{},
		patrol: &patrolRecord{last: Patrol{Interval: max(cfg.PatrolInterval, 0)}}, hub: newHub(),
	}
	infos, err := cfg.Backend.Devices()
	if err != nil {
		return nil, err
	}
	for _, info := range infos {
		d, err := openDevice(cfg, info.Index)
		if err != nil {
			return nil, errors.CombineErrors(err, e.closeDevices(ctx))
		}
		e.devices = append(e.devices, d)
	}
	e.system = actor.NewActorSystem(actor.WithLoggerFactory(newSystemLog(cfg)))
	s := &System{env: e, stopped: make(chan struct{})}
	e.answerDeadLetters()
	ready := make(chan error, 1)
	props := actor.PropsFromProducer(func() actor.Actor { return &supervisor{env: e, ready: ready, stopped: s.stopped} },
		actor.WithSupervisor(strategy{e}))
	if e.supervisor, err = e.system.Root.SpawnNamed(props, "supervisor"); err == nil {
		err = <-ready
	}
	for _, d := range e.devices {
		if err == nil {
			err = d.awaitActor(ctx)
		}
	}
	if err != nil {
		return nil, errors.CombineErrors(err, s.Stop(ctx))
	}
	s.watch = e.watchHealth()
	return s, nil
}

// openDevice opens one device on a new thread.
func openDevice(cfg Config, index int) (*deviceRecord, error) {
	r := &deviceRecord{index: index, unit: fmt.Sprintf("device-%d", index), queue: &queue{},
		state: DeviceStarting, adopted: make(chan struct{})}
	thread, err := gpu.NewThread(func() error {
		dev, err := cfg.Backend.Open(index)
		if err != nil {
			return err
		}
		for _, k := range cfg.Kernels {
			if err := dev.Register(k); err != nil {
				return errors.CombineErrors(errors.Wrapf(err, "kernel %q", k.Name), dev.Close())
			}
		}
		r.dev, r.heap, r.info = dev, gpu.NewHeap(dev), dev.Info()
		return nil
	}, nil)
	if err != nil {
		return nil, err
	}
	r.thread, r.book, r.court.device = thread, ledger.New(r.info.Total), r
	if r.gauge, err = newGauge(cfg.Backend, index); err != nil {
		cfg.Log.Debug("what a device counts is not known", "gpu_device", index, "error", err.Error())
	}
	return r, nil
}

// closeDevices scrubs and frees what is left on the devices and ends their
// threads. What a driver that hangs holds is left to the process's end.
func (e *env) closeDevices(ctx context.Context) error {
	var all error
	for _, d := range e.devices {
		var closing, err error
		if d.loans.settled(ctx) {
			err = d.thread.Do(ctx, func() { closing = d.close() })
		} else {
			closing = fail(ErrDeviceLost, "", "a source that does not return is still read into page-locked memory of device %d, which is left to the end of the process", d.index)
		}
		if err == nil && d.current() != DeviceLost {
			err = closing
		}
		all = errors.CombineErrors(all, errors.CombineErrors(err, d.thread.Close(ctx)))
	}
	return all
}

// goneError is what is told of an actor that has ended.
func (e *env) goneError() error {
	if e.calls.over() {
		return fail(ErrClosed, "", "the engine is closing")
	}
	return fail(ErrNotFound, "", "it was released in the meantime")
}

// answerDeadLetters answers the calls of messages to actors that are gone.
func (e *env) answerDeadLetters() {
	e.system.EventStream.Subscribe(func(event any) {
		letter, ok := event.(*actor.DeadLetterEvent)
		if !ok {
			return
		}
		switch m := letter.Message.(type) {
		case requester:
			answerAll(m.requests(), nil, e.goneError())
		case auditWrite:
			m.then(fail(ErrClosed, "", "the engine is closing"))
		}
	})
}
