package cli

import "sync"

// turns lets small files be read together and large ones alone, in the order
// of their arguments: what is printed first never waits for what comes later.
type turns struct {
	mu      sync.Mutex
	changed *sync.Cond
	next    int
	active  map[int]bool // the files in hand, and whether they are large
}

func newTurns() *turns {
	t := &turns{active: map[int]bool{}}
	t.changed = sync.NewCond(&t.mu)
	return t
}

// begin takes the next file, which counts as a small one until it waits.
func (t *turns) begin() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.next
	t.next++
	t.active[i] = false
	return i
}

// wait waits for the turn of a file: a large one for all in front of it, a
// small one for the large ones in front of it.
func (t *turns) wait(i int, large bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.active[i] = large
	for t.blocked(i, large) {
		t.changed.Wait()
	}
}

func (t *turns) blocked(i int, large bool) bool {
	for other, otherLarge := range t.active {
		if other < i && (large || otherLarge) {
			return true
		}
	}
	return false
}

// end tells that nobody has to wait for a file any more. It may be told twice.
func (t *turns) end(i int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.active, i)
	t.changed.Broadcast()
}
