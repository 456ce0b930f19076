package ledger

import (
	"errors"
	"strings"
	"testing"

	crdb "github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

const granule = 2 * gpu.MiB

// step is one call of a script and what must come of it.
type step struct {
	do   func(*Book) error
	want string // "" for success, a sentinel's or message's part, or "assert"
}

func reserve(id string, exact, growth gpu.Bytes) func(*Book) error {
	return func(b *Book) error { return b.Reserve(id, exact, growth) }
}
func mapFor(id string, n gpu.Bytes) func(*Book) error {
	return func(b *Book) error { return b.MapExtent(id, n) }
}
func commit(id string) func(*Book) error { return func(b *Book) error { return b.Commit(id) } }
func release(id string, n gpu.Bytes) func(*Book) error {
	return func(b *Book) error { return b.Release(id, n) }
}
func unmap(n gpu.Bytes) func(*Book) error { return func(b *Book) error { return b.UnmapExtent(n) } }
func observe(free gpu.Bytes) func(*Book) error {
	return func(b *Book) error { b.Observe(free); return nil }
}
func reconcile(n gpu.Bytes) func(*Book) error {
	return func(b *Book) error { _, err := b.Reconcile(n); return err }
}

func TestBook(t *testing.T) {
	const capacity = 10 * granule
	empty := Snapshot{Capacity: capacity, Available: capacity}
	tests := []struct {
		name  string
		steps []step
		want  Snapshot
	}{
		{"nothing", nil, empty},
		{"a shard lives and dies", []step{
			{reserve("a", 3*gpu.MiB, 2*granule), ""},
			{mapFor("a", 2*granule), ""},
			{commit("a"), ""},
			{release("a", 2*granule), ""},
		}, empty},
		{"a shard lives", []step{
			{reserve("a", 3*gpu.MiB, 2*granule), ""}, {mapFor("a", 2*granule), ""}, {commit("a"), ""},
		}, Snapshot{Capacity: capacity, Used: 3 * gpu.MiB, Mapped: 2 * granule, Available: 8 * granule, Shards: 1}},
		{"a loading shard is reserved", []step{{reserve("a", 3*gpu.MiB, 2*granule), ""}},
			Snapshot{Capacity: capacity, Reserved: 3 * gpu.MiB, Promised: 2 * granule, Available: 8 * granule, Shards: 1}},
		{"abandoned before mapping", []step{{reserve("a", 1, granule), ""}, {release("a", 0), ""}}, empty},
		{"abandoned after mapping", []step{
			{reserve("a", 1, granule), ""}, {mapFor("a", granule), ""}, {release("a", granule), ""},
		}, empty},
		{"two small shards share a pack", []step{
			{reserve("a", gpu.KiB, granule), ""}, {mapFor("a", granule), ""}, {commit("a"), ""},
			{reserve("b", gpu.KiB, 0), ""}, {commit("b"), ""},
			{release("a", 0), ""},
		}, Snapshot{Capacity: capacity, Used: gpu.KiB, Mapped: granule, Available: 9 * granule, Shards: 1}},
		{"growth that was not used is available again", []step{
			{reserve("a", gpu.KiB, granule), ""}, {reserve("b", gpu.KiB, granule), ""},
			{mapFor("a", granule), ""}, {commit("a"), ""}, {commit("b"), ""},
		}, Snapshot{Capacity: capacity, Used: 2 * gpu.KiB, Mapped: granule, Available: 9 * granule, Shards: 2}},
		{"a shard maps more than it promised", []step{
			{reserve("a", gpu.KiB, 0), ""}, {mapFor("a", granule), ""}, {commit("a"), ""},
		}, Snapshot{Capacity: capacity, Used: gpu.KiB, Mapped: granule, Available: 9 * granule, Shards: 1}},
		{"the engine's own extents", []step{{mapFor("", 3*granule), ""}, {unmap(granule), ""}},
			Snapshot{Capacity: capacity, Mapped: 2 * granule, Available: 8 * granule}},
		{"exactly full", []step{
			{reserve("a", capacity, capacity), ""}, {reserve("b", 1, 0), "insufficient"}, {mapFor("", 1), "insufficient"},
		}, Snapshot{Capacity: capacity, Reserved: capacity, Promised: capacity, Shards: 1}},
		{"above capacity", []step{{reserve("a", capacity, capacity+granule), "insufficient"}}, empty},
		{"shards above capacity by way of packs", []step{{reserve("a", capacity+1, 0), "insufficient"}}, empty},
		{"every bit set", []step{
			{reserve("a", gpu.MaxBytes, gpu.MaxBytes), "insufficient"}, {reserve("a", 1, gpu.MaxBytes), "insufficient"},
			{reserve("a", gpu.MaxBytes, 0), "insufficient"}, {mapFor("", gpu.MaxBytes), "insufficient"},
			{unmap(gpu.MaxBytes), "assert"}, {reconcile(gpu.MaxBytes), "assert"},
			{observe(gpu.MaxBytes), ""},
		}, empty},
		{"twice", []step{{reserve("a", 1, granule), ""}, {reserve("a", 1, granule), "exists"}, {release("a", 0), ""}}, empty},
		{"unknown", []step{{commit("a"), "unknown"}, {release("a", 0), "unknown"}, {mapFor("a", 1), "unknown"}}, empty},
		{"no id, no size", []step{{reserve("", 1, granule), "assert"}, {reserve("a", 0, granule), "assert"}}, empty},
		{"committed twice", []step{
			{mapFor("", granule), ""}, {reserve("a", 1, 0), ""}, {commit("a"), ""}, {commit("a"), "assert"},
		}, Snapshot{Capacity: capacity, Used: 1, Mapped: granule, Available: 9 * granule, Shards: 1}},
		{"a shard must lie in an extent", []step{{reserve("a", 1, granule), ""}, {commit("a"), "assert"}},
			Snapshot{Capacity: capacity, Reserved: 1, Promised: granule, Available: 9 * granule, Shards: 1}},
		{"an extent with shards does not go away", []step{
			{mapFor("", granule), ""}, {reserve("a", 1, 0), ""}, {reserve("b", 1, 0), ""}, {commit("a"), ""}, {commit("b"), ""},
			{unmap(granule), "assert"}, {release("a", granule), "assert"}, {reconcile(0), "assert"}, {release("a", 2*granule), "assert"},
		}, Snapshot{Capacity: capacity, Used: 2, Mapped: granule, Available: 9 * granule, Shards: 2}},
		{"others use the device", []step{{observe(6 * granule), ""}, {reserve("a", 1, 7*granule), "insufficient"}},
			Snapshot{Capacity: capacity, External: 4 * granule, Available: 6 * granule}},
		{"our own extents are not external", []step{{mapFor("", 3*granule), ""}, {observe(7 * granule), ""}},
			Snapshot{Capacity: capacity, Mapped: 3 * granule, Available: 7 * granule}},
		{"others took what was promised", []step{{reserve("a", 1, 8*granule), ""}, {observe(0), ""}, {mapFor("a", 8*granule), ""}},
			Snapshot{Capacity: capacity, Reserved: 1, Mapped: 8 * granule, External: 2 * granule, Shards: 1}},
		{"others go away", []step{{observe(0), ""}, {observe(capacity), ""}}, empty},
		{"a restart finds an orphan", []step{{mapFor("", granule), ""}, {reconcile(3 * granule), ""}},
			Snapshot{Capacity: capacity, Mapped: 3 * granule, Available: 7 * granule}},
		{"a restart finds what was promised", []step{
			{reserve("a", 1, 8*granule), ""}, {reconcile(8 * granule), ""}, {commit("a"), ""}, {release("a", 8*granule), ""},
		}, empty},
		{"a restart cuts a promise", []step{{reserve("a", 1, 8*granule), ""}, {reconcile(3 * granule), ""}, {mapFor("a", 8*granule), "insufficient"}},
			Snapshot{Capacity: capacity, Reserved: 1, Promised: 7 * granule, Mapped: 3 * granule, Shards: 1}},
		{"a restart finds more than there is", []step{{reserve("a", 1, 8*granule), ""}, {reconcile(capacity + 1), "assert"}, {release("a", 0), ""}}, empty},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := New(capacity)
			for i, s := range test.steps {
				before := b.Snapshot()
				err := s.do(b)
				if got := class(err); got != s.want {
					t.Fatalf("step %d: %q (%v), want %q", i, got, err, s.want)
				}
				if err != nil && b.Snapshot() != before {
					t.Fatalf("step %d failed and changed %+v to %+v", i, before, b.Snapshot())
				}
				if err := b.Check(); err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
			}
			if got := b.Snapshot(); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// class names an error by what a caller could branch on, with the standard
// library.
func class(err error) string {
	var short *InsufficientError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &short) && errors.Is(err, ErrInsufficient) && short.Needed > short.Available:
		return "insufficient"
	case errors.Is(err, ErrExists):
		return "exists"
	case errors.Is(err, ErrUnknown):
		return "unknown"
	case crdb.HasAssertionFailure(err):
		return "assert"
	}
	return "other"
}

func TestInsufficientErrorNamesBothFigures(t *testing.T) {
	err := New(5*gpu.MiB).Reserve("a", 6*gpu.MiB, 6*gpu.MiB)
	if err == nil {
		t.Fatal("six MiB fit into five")
	}
	for _, part := range []string{"6291456", "5242880", "6 MiB", "5 MiB", "release shards"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
}
