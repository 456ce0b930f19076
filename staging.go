package vram

import (
	"context"
	"sync"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// The staging memory is fixed: every load has two buffers, so that reading and
// copying overlap, and only so many loads run at once. Together they are 32 MiB
// of pageable memory, or 128 MiB of page-locked memory for each device.
const (
	stagingBuffer = 2 * gpu.MiB
	maxLoads      = 8
	pinnedBuffer  = 16 * gpu.MiB
	maxPinned     = 4
)

// stagingMemory is a gpu.Staging, or host memory of a device.
type stagingMemory interface {
	Bytes() []byte
	Wipe(gpu.Bytes) error
	Close() error
}

// stagingPair is what one load has.
type stagingPair [2]stagingMemory

// stagingPool keeps the pairs. It is safe for concurrent use.
type stagingPool struct {
	turns chan struct{} // one for every load that runs
	fresh func() (stagingMemory, error)

	mu     sync.Mutex
	idle   []stagingPair
	closed bool
}

func newStagingPool(loads int, fresh func() (stagingMemory, error)) *stagingPool {
	return &stagingPool{turns: make(chan struct{}, loads), fresh: fresh}
}

// take waits for a turn and returns a zeroed pair.
func (p *stagingPool) take(ctx context.Context) (stagingPair, error) {
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return stagingPair{}, ctx.Err()
	}
	if pair, ok := p.reuse(); ok {
		return pair, nil
	}
	var pair stagingPair
	for i := range pair {
		s, err := p.fresh() // may wait for a device: not under the lock
		if err != nil {
			<-p.turns
			return stagingPair{}, errors.CombineErrors(err, pair.close())
		}
		pair[i] = s
	}
	return pair, nil
}

// reuse returns an idle pair, if there is one.
func (p *stagingPool) reuse() (stagingPair, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return stagingPair{}, false
	}
	pair := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return pair, true
}

// put wipes what was used of each buffer and takes the pair back. Nobody uses
// it any more.
func (p *stagingPool) put(pair stagingPair, used gpu.Bytes) error {
	err := errors.CombineErrors(pair[0].Wipe(used), pair[1].Wipe(used))
	p.mu.Lock()
	closed := p.closed
	if err == nil && !closed {
		p.idle = append(p.idle, pair)
	}
	p.mu.Unlock()
	if err != nil || closed {
		err = errors.CombineErrors(err, pair.close())
	}
	<-p.turns
	return err
}

// close gives the idle pairs back; the others follow when they are put.
func (p *stagingPool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var all error
	for _, pair := range p.idle {
		all = errors.CombineErrors(all, pair.close())
	}
	p.idle = nil
	return all
}

func (pair stagingPair) close() error {
	var all error
	for _, s := range pair {
		if s != nil {
			all = errors.CombineErrors(all, s.Close())
		}
	}
	return all
}
