package suite

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/seal"
)

// writers are the callers that write at once.
const writers = 32

// auditLog measures records, with the log on a disk and in memory.
func auditLog(ctx context.Context, e Env, r *report.Report) error {
	places := []struct{ name, dir string }{{"audit log on disk", e.Dir}}
	if e.Shm != "" {
		places = append(places, struct{ name, dir string }{"audit log in memory", e.Shm})
	}
	for _, place := range places {
		if err := auditIn(ctx, e, r, place.name, place.dir); err != nil {
			return err
		}
	}
	return nil
}

func auditIn(ctx context.Context, e Env, r *report.Report, group, dir string) (err error) {
	keys, err := newKeys(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	signer, err := keys.Signer(seal.PurposeAuditHead)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(dir, "audit-")
	if err != nil {
		return errors.Wrap(err, "a folder for the log")
	}
	log, _, err := audit.Open(audit.Options{Dir: filepath.Join(folder, "log"), Signer: signer})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close(context.WithoutCancel(ctx))) }()
	bare, err := newBare(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.close()) }()

	var durable, floor, emit, together []float64
	for range e.rounds(20) {
		for range 20 {
			d, err := timed(func() error { _, err := log.Write(ctx, sealedRecord()); return err })
			if err != nil {
				return err
			}
			f, err := timed(bare.write)
			if err != nil {
				return err
			}
			durable, floor = append(durable, d), append(floor, f)
		}
		const batch = 1000
		d, err := timed(func() error {
			for range batch {
				if err := log.Emit(sealedRecord()); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(err, log.Flush(ctx)); err != nil {
			return err
		}
		emit = append(emit, d*1000/batch)
		d, err = timed(func() error { return writeTogether(ctx, log, 20) })
		if err != nil {
			return err
		}
		together = append(together, writers*20/d*1e6)
	}
	r.Add(group, "durable Write", "µs", durable...)
	r.Add(group, "two files written and synchronised, nothing else", "µs", floor...)
	r.Add(group, "Emit of a record", "ns", emit...)
	r.Add(group, "durable Writes by 32 callers", "records/s", together...)
	r.Compare(group, "durable Write over two files written and synchronised", durable, floor)
	return nil
}

// timed is how long fn takes, in microseconds.
func timed(fn func() error) (float64, error) {
	start := time.Now()
	err := fn()
	return float64(time.Since(start)) / float64(time.Microsecond), err
}

func writeTogether(ctx context.Context, log *audit.Log, each int) error {
	failed := make(chan error, writers)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				if _, err := log.Write(ctx, sealedRecord()); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

func sealedRecord() audit.Record {
	return audit.VramSealed("model-7b-shard-00", 0, 1<<30, "6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f6d4a2b0f", "SIM-0", "example/model")
}
