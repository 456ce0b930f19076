package actors

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// registry is the table of the shards. It is safe for concurrent use.
type registry struct {
	mu     sync.RWMutex
	shards map[string]*shard
	sorted []*shard // the same, ordered by id; nil after a change. It is never changed
}

func newRegistry() *registry { return &registry{shards: map[string]*shard{}} }

// add enters the shard, or returns the one that has its id already.
func (r *registry) add(s *shard) (*shard, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.shards[s.spec.ID]; ok {
		return old, false
	}
	r.shards[s.spec.ID] = s
	r.sorted = nil
	return s, true
}

func (r *registry) remove(s *shard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shards[s.spec.ID] == s {
		delete(r.shards, s.spec.ID)
		r.sorted = nil
	}
}

func (r *registry) get(id string) (*shard, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if s, ok := r.shards[id]; ok {
		return s, nil
	}
	return nil, fail(ErrNotFound, "", "no shard has the id %s", id)
}

// find returns the shards of the ids, and the place of each.
func (r *registry) find(ids []string) ([]place, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	places := make([]place, 0, len(ids))
	for at, id := range ids {
		s, ok := r.shards[id]
		if !ok {
			return nil, fail(ErrNotFound, "", "no shard has the id %s", id)
		}
		places = append(places, place{s, at})
	}
	return places, nil
}

// list returns the shards that keep accepts, ordered by id. The caller owns the
// slice.
func (r *registry) list(keep func(*shard) bool) []*shard {
	all := r.ordered()
	out := make([]*shard, 0, len(all))
	for _, s := range all {
		if keep == nil || keep(s) {
			out = append(out, s)
		}
	}
	return out
}

// ordered returns all shards, ordered by id. They are sorted once after each
// change.
func (r *registry) ordered() []*shard {
	r.mu.RLock()
	sorted := r.sorted
	r.mu.RUnlock()
	if sorted != nil {
		return sorted
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sorted = slices.SortedFunc(maps.Values(r.shards), func(a, b *shard) int { return strings.Compare(a.spec.ID, b.spec.ID) })
	return r.sorted
}
