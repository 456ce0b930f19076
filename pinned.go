package vram

import (
	"context"
	"sync"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// The kinds of staging memory, as status shows them.
const (
	stagingPageable = "pageable"
	stagingPinned   = "pinned"
)

// stagings is the staging memory of an engine: pageable memory, and for each
// device page-locked memory where that was asked for and can be had. It is
// safe for concurrent use.
type stagings struct {
	pageable *stagingPool

	mu     sync.Mutex
	pinned map[int]*stagingPool // by device
	notes  map[int]string       // by device: why it has none
}

func newStagings() *stagings {
	pageable := newStagingPool(maxLoads, func() (stagingMemory, error) {
		s, err := gpu.NewStaging(stagingBuffer)
		if err != nil {
			return nil, err
		}
		return s, nil
	})
	return &stagings{pageable: pageable, pinned: map[int]*stagingPool{}, notes: map[int]string{}}
}

// of is the pool for loads to the device, and its kind.
func (s *stagings) of(device int) (*stagingPool, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.pinned[device]; ok {
		return p, stagingPinned
	}
	return s.pageable, stagingPageable
}

// note is why the device has no page-locked memory, or "".
func (s *stagings) note(device int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notes[device]
}

// close gives the idle memory back; the rest follows when it is put.
func (s *stagings) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.pageable.close()
	for _, p := range s.pinned {
		err = errors.CombineErrors(err, p.close())
	}
	return err
}

// pinStaging gets page-locked memory for one load to each device, to see
// whether it can be had.
func (e *Engine) pinStaging(ctx context.Context) {
	for _, d := range e.sys.Devices() {
		index := d.Info.Index
		pool := newStagingPool(maxPinned, func() (stagingMemory, error) {
			m, err := e.sys.HostMemory(index, pinnedBuffer)
			if err != nil {
				return nil, err
			}
			return m, nil
		})
		pair, err := pool.take(ctx)
		if err == nil {
			err = pool.put(pair, 0)
		}
		if err != nil {
			e.options.Logger.Warn("page-locked staging memory cannot be had; loads go through pageable memory, which is slower",
				"device", index, "error", err.Error())
		}
		e.staging.pin(index, pool, err)
	}
}

// pin takes the device's pool into use, unless there is an error.
func (s *stagings) pin(device int, pool *stagingPool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.notes[device] = "page-locked staging memory was asked for and cannot be had: loads go through pageable memory"
		return
	}
	s.pinned[device] = pool
}

// takeStaging waits for a pair for a load to the device. When there is no more
// page-locked memory, the load gets a pageable pair.
func (e *Engine) takeStaging(ctx context.Context, device int) (stagingPair, *stagingPool, error) {
	pool, kind := e.staging.of(device)
	pair, err := pool.take(ctx)
	if err == nil || kind == stagingPageable || ctx.Err() != nil {
		return pair, pool, err
	}
	e.options.Logger.Warn("there is no more page-locked memory; a load goes through pageable memory", "device", device, "error", err.Error())
	pair, err = e.staging.pageable.take(ctx)
	return pair, e.staging.pageable, err
}
