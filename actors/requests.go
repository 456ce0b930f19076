package actors

import (
	"context"
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

// The names of the requests, as errors show them.
const (
	opLoad    = "seal"
	opVerify  = "verify"
	opExecute = "execute"
	opRelease = "release"
	opRestart = "worker restart"
	opControl = "control"
)

// ask tells a shard's actor a request and waits for its answer.
func ask[T any](ctx context.Context, e *env, rec *shard, op string, message func(*call) shardMessage) (T, error) {
	c, err := e.calls.open(ctx, rec.unit, op)
	if err != nil {
		var zero T
		return zero, err
	}
	e.request(rec, c, message(c))
	return await[T](c)
}

// Verify is VerifyMany for one shard.
func (s *System) Verify(ctx context.Context, id string) (Verdict, error) {
	verdicts, err := s.VerifyMany(ctx, []string{id})
	if err != nil || len(verdicts) != 1 {
		return Verdict{}, err
	}
	return verdicts[0], nil
}

// VerifyMany digests the shards in passes that start after the call, and
// compares them with their seals. Each leaves a record of its own. A shard with
// a failure on record is not digested again: its verdict stands. The verdicts
// are in the order of the ids. The first error ends it: ErrNotFound,
// ErrNotSealed, ErrDeviceLost, or a driver's error when a verification could
// not be carried out.
func (s *System) VerifyMany(ctx context.Context, ids []string) ([]Verdict, error) {
	whole, err := s.env.calls.open(ctx, "", opVerify)
	if err != nil {
		return nil, err
	}
	defer whole.answer(struct{}{}, nil)
	places, err := s.env.shards.find(ids)
	if err != nil {
		return nil, err
	}
	return s.env.verify(ctx, places)
}

// VerifyAll is VerifyMany for every shard that is sealed, ordered by id.
func (s *System) VerifyAll(ctx context.Context) ([]Verdict, error) {
	whole, err := s.env.calls.open(ctx, "", opVerify)
	if err != nil {
		return nil, err
	}
	defer whole.answer(struct{}{}, nil)
	shards := s.env.shards.list(func(s *shard) bool {
		_, sealed := s.sealed()
		return sealed && s.at() < phaseReleased
	})
	places := make([]place, 0, len(shards))
	for at, s := range shards {
		places = append(places, place{s, at})
	}
	return s.env.verify(ctx, places)
}

// verify verifies the shards, crowd by crowd, of which several are under way.
func (e *env) verify(ctx context.Context, places []place) ([]Verdict, error) {
	verdicts := make([]Verdict, len(places))
	var waiting []*call
	var first error
	sorted := false
	for crowd := range slices.Chunk(places, crowdSize) {
		if len(waiting) == crowdsAtOnce {
			first = e.crowdDone(ctx, waiting[0])
			waiting = waiting[1:]
		}
		if first != nil {
			break
		}
		waiting = append(waiting, e.inquire(ctx, crowd, verdicts))
		if len(places) > crowdSize && !sorted {
			byAge(places[crowdSize:]) // while the first crowd is digested
			sorted = true
		}
	}
	for _, c := range waiting {
		if err := e.crowdDone(ctx, c); first == nil {
			first = err
		}
	}
	if first != nil {
		return nil, first
	}
	return verdicts, nil
}

// crowdDone waits for a crowd, and until the audit log has room for another.
func (e *env) crowdDone(ctx context.Context, c *call) error {
	_, err := await[struct{}](c)
	e.relieve(ctx)
	return err
}

// Own reports whether the handle, whose seal the caller has verified, means
// the allocation that lives under its id now.
func (s *System) Own(h seal.Handle) bool {
	rec, err := s.env.shards.get(h.ShardID)
	if err != nil {
		return false
	}
	live, ok := rec.sealed()
	return ok && live.Same(h)
}

// Execute verifies the shards, which must be on one device, and runs fn on the
// device's thread at once, with no other callback in between. When ctx ends
// before fn starts, fn does not run; while fn runs, fn decides. ErrIntegrity
// when a shard is not what was sealed: then fn did not run.
func (s *System) Execute(ctx context.Context, ids []string, fn func(context.Context, *Run) error) (Receipt, error) {
	var shards []*shard
	for _, id := range ids {
		rec, err := s.env.shards.get(id)
		if err != nil {
			return Receipt{}, err
		}
		if len(shards) > 0 && shards[0].device != rec.device {
			return Receipt{}, fail(ErrInvalid, id, "it is on device %d, the shards before it on device %d", rec.device.index, shards[0].device.index)
		}
		shards = append(shards, rec)
	}
	if len(shards) == 0 {
		return Receipt{}, fail(ErrInvalid, "", "no shard is named")
	}
	for _, check := range append([]func() error{s.Serves, shards[0].device.serves}, serving(shards)...) {
		if err := check(); err != nil {
			return Receipt{}, err
		}
	}
	s.env.relieve(ctx)
	c, err := s.env.calls.open(ctx, shards[0].device.unit, opExecute)
	if err != nil {
		return Receipt{}, err
	}
	shards[0].device.submit(newExecuteWork(c, shards, fn))
	return await[Receipt](c)
}

func serving(shards []*shard) []func() error {
	var checks []func() error
	for _, rec := range shards {
		checks = append(checks, rec.serves)
	}
	return checks
}

// Serves returns nil while new work is admitted: the system and the worker are
// not stopped, and the audit log can be written, or its failure was chosen to
// be open.
func (s *System) Serves() error {
	if err := s.Closed(); err != nil {
		return err
	}
	if err := s.env.worker.serves(); err != nil {
		return err
	}
	if s.env.cfg.AuditFailOpen || s.env.audit.Healthy() == nil {
		return nil
	}
	// A full disk may have room again: try, so that service resumes by itself.
	ctx, cancel := context.WithTimeout(context.Background(), late)
	defer cancel()
	if err := s.env.audit.Flush(ctx); err != nil {
		return wrap(ErrAuditFailed, "", err)
	}
	return nil
}

// Release scrubs the shard's memory, proves that it is zero, and gives it
// back. It waits for passes and callbacks that are reading it.
func (s *System) Release(ctx context.Context, id string) error {
	rec, err := s.env.shards.get(id)
	if err != nil {
		return err
	}
	_, err = ask[struct{}](ctx, s.env, rec, opRelease, func(c *call) shardMessage { return shardRelease{call: c} })
	return err
}

// RestartWorker lets a stopped worker go on and reports whether it was
// stopped. Quarantined shards and devices stay so.
func (s *System) RestartWorker(ctx context.Context, operator string) (bool, error) {
	c, err := s.env.calls.open(ctx, "incidents", opRestart)
	if err != nil {
		return false, err
	}
	s.env.tell(s.env.incidents, operatorRestart{call: c, operator: operator})
	return await[bool](c)
}

// OnDevice runs fn on the shard's device's thread with the shard's span, for
// the fault injection of simulated devices. fn must not keep the span.
func (s *System) OnDevice(ctx context.Context, id string, fn func(gpu.Span) error) error {
	rec, err := s.env.shards.get(id)
	if err != nil {
		return err
	}
	c, err := s.env.calls.open(ctx, rec.device.unit, opControl)
	if err != nil {
		return err
	}
	rec.device.submit(&controlWork{call: c, do: func(*device) error {
		if rec.buffer == nil {
			return fail(ErrNotFound, id, "it holds no memory")
		}
		return fn(rec.buffer.Span())
	}})
	_, err = await[struct{}](c)
	return err
}
