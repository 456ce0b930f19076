package actors

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/ledger"
	"github.com/vram-engine/vram-engine/seal"
)

// rig is one simulated device and what actors share, without any actor: a test
// steps the device's work itself, and sees what the shards are told.
type rig struct {
	*device
	t       *testing.T
	control *sim.Control
	told    map[*shard][]shardMessage
}

// config is that of a system on a hostile device of its own.
func config(t *testing.T, change ...func(*Config)) (Config, *sim.Control) {
	t.Helper()
	backend, err := sim.New(sim.Options{Memory: 16 * gpu.MiB, Faults: true, Hostile: true, Seed: 7, AnyThread: true})
	if err != nil {
		t.Fatal(err)
	}
	control, err := backend.Control(0)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.NewKeyring(bytes.Repeat([]byte{'k'}, 32), bytes.Repeat([]byte{'i'}, 32), "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := keys.Signer(seal.PurposeAuditHead)
	if err != nil {
		t.Fatal(err)
	}
	log, _, err := audit.Open(audit.Options{Dir: quickDir(t), Signer: signer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := keys.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg := Config{Backend: backend, Keys: keys, Audit: log, Log: hclog.NewNullLogger(), OnIncident: OnIncidentStop, MaxPending: 100}
	for _, c := range change {
		c(&cfg)
	}
	return cfg, control
}

// quickDir is a directory that needs no disk, where there is one.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "vram-engine-test-")
	if err != nil {
		return filepath.Join(t.TempDir(), "data")
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "data")
}

func newEnv(cfg Config) *env {
	return &env{cfg: cfg, log: cfg.Log, keys: cfg.Keys, audit: cfg.Audit, calls: newCalls(cfg.MaxPending), shards: newRegistry(),
		worker: &worker{}, cases: &caseBook{}, patrol: &patrolRecord{}, hub: newHub()}
}

func newRig(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	cfg, control := config(t, change...)
	dev, err := cfg.Backend.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dev.Close(); err != nil {
			t.Error(err)
		}
	})
	rec := &deviceRecord{unit: "device-0", info: dev.Info(), book: ledger.New(dev.Info().Total), queue: &queue{}, dev: dev,
		heap: gpu.NewHeap(dev), state: DeviceActive, adopted: make(chan struct{})}
	e := newEnv(cfg)
	e.devices = []*deviceRecord{rec}
	return &rig{device: &device{env: e, rec: rec}, t: t, control: control, told: map[*shard][]shardMessage{}}
}

// shard is a record whose messages the rig collects.
func (r *rig) shard(id string, size gpu.Bytes) *shard {
	s := &shard{spec: ShardSpec{ID: id, Size: size}, device: r.rec, unit: "shard-" + id, phase: phaseAllocating, state: seal.StateLoading}
	s.send = func(m shardMessage) { r.told[s] = append(r.told[s], m) }
	return s
}

// do steps the work until it is done.
func (r *rig) do(w work) {
	for !w.step(r.device, time.Millisecond) {
		continue
	}
}

// judged is what the job found.
func (r *rig) judged(j *digestJob) (found *Failure, failed error) {
	r.t.Helper()
	told := 0
	r.env.judge([]*digestJob{j}, func(_ *digestJob, f *Failure, err error) { told, found, failed = told+1, f, err })
	if told != 1 {
		r.t.Errorf("told %d times", told)
	}
	return found, failed
}

// last is what the shard was told last, and how much it was told.
func (r *rig) last(s *shard) (shardMessage, int) {
	if n := len(r.told[s]); n > 0 {
		return r.told[s][n-1], n
	}
	return nil, 0
}

// load brings random bytes of the shard's size into device memory.
func (r *rig) load(id string, size int) *shard {
	r.t.Helper()
	s := r.shard(id, gpu.BytesOf(size))
	r.do(&allocateWork{s})
	if m, _ := r.last(s); m != shardMessage(allocated{}) {
		r.t.Fatalf("told %+v", m)
	}
	s.set(phaseLoading, seal.StateLoading)
	w := &writeWork{shard: s, p: content(size), ctx: r.t.Context(), done: make(chan error, 1)}
	r.do(w)
	if err := <-w.done; err != nil {
		r.t.Fatal(err)
	}
	return s
}

// sealed is a shard that serves.
func (r *rig) sealed(id string, size int) *shard {
	r.t.Helper()
	s := r.load(id, size)
	s.set(phaseDigesting, seal.StateLoading)
	job := &digestJob{shard: s, keep: true, done: func(*digestJob) {}}
	r.do(newDigestWork(classSeal, job))
	h := s.draft()
	h.Digest, h.SealedAt = job.digest, time.Now().UTC()
	var err error
	if h.Generation, err = seal.NewGeneration(); err == nil {
		s.handle, err = r.env.keys.Seal(h)
	}
	if err != nil || job.err != nil {
		r.t.Fatal(err, job.err)
	}
	if err := r.rec.book.Commit(id); err != nil {
		r.t.Fatal(err)
	}
	s.set(phaseSealed, seal.StateSealed)
	r.env.shards.add(s)
	return s
}

// release scrubs the shard and checks that it went well.
func (r *rig) release(s *shard) {
	r.t.Helper()
	s.releasing()
	r.do(&scrubWork{shard: s})
	if m, _ := r.last(s); m == nil || m.(freed).err != nil {
		r.t.Errorf("told %+v", m)
	}
	s.set(phaseReleased, seal.StateReleased)
	r.env.shards.remove(s)
}

// agrees checks that device, heap and ledger have the same idea.
func (r *rig) agrees() {
	r.t.Helper()
	if err := checkDevice(r.device); err != nil {
		r.t.Error(err)
	}
}

// empty checks that nothing is left.
func (r *rig) empty() {
	r.t.Helper()
	r.agrees()
	now := r.rec.book.Snapshot()
	if r.control.Mapped() != 0 || now.Used != 0 || now.Reserved != 0 {
		r.t.Errorf("%v are mapped, the ledger says %+v", r.control.Mapped(), now)
	}
	if dirty, err := r.control.Dirty(); dirty != 0 || err != nil {
		r.t.Errorf("%d bytes were given back dirty, %v", uint64(dirty), err)
	}
}

func content(n int) []byte {
	r := rand.NewChaCha8([32]byte{1})
	p := make([]byte, n)
	_, _ = r.Read(p)
	return p
}
