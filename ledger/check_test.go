package ledger

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestCheckFindsDamage damages each figure of a sound book in turn.
func TestCheckFindsDamage(t *testing.T) {
	damages := map[string]func(*Book){
		"used":              func(b *Book) { b.used++ },
		"reserved":          func(b *Book) { b.reserved-- },
		"promised":          func(b *Book) { b.promised += 2 },
		"mapped too little": func(b *Book) { b.mapped = 0 },
		"mapped too much":   func(b *Book) { b.mapped = b.capacity + 1 },
		"external":          func(b *Book) { b.external = b.capacity },
		"capacity":          func(b *Book) { b.capacity = granule },
		"an entry lost":     func(b *Book) { delete(b.entries, "a") },
		"an entry added":    func(b *Book) { b.entries["c"] = entry{exact: 1} },
		"an entry huge":     func(b *Book) { b.entries["c"] = entry{exact: gpu.MaxBytes} },
		"a promise huge":    func(b *Book) { b.entries["c"] = entry{promise: gpu.MaxBytes} },
		"promise committed": func(b *Book) { b.entries["a"] = entry{exact: 5, promise: 1, committed: true} },
		"never committed":   func(b *Book) { b.entries["a"] = entry{exact: 5} },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			b := New(10 * granule)
			for i, err := range []error{
				b.Reserve("a", 5, granule), b.MapExtent("a", granule), b.Commit("a"), b.Reserve("b", 7, granule),
			} {
				if err != nil {
					t.Fatal(i, err)
				}
			}
			if err := b.Check(); err != nil {
				t.Fatal(err)
			}
			damage(b)
			if err := b.Check(); err == nil {
				t.Error("the damage was not found")
			} else if !strings.HasPrefix(err.Error(), "ledger: ") {
				t.Errorf("unclear error: %v", err)
			}
		})
	}
}

func TestEntriesAreSortedAndOwned(t *testing.T) {
	b := New(10 * granule)
	for i, err := range []error{
		b.Reserve("b", 7, granule), b.Reserve("a", 5, granule), b.MapExtent("a", granule), b.Commit("a"),
	} {
		if err != nil {
			t.Fatal(i, err)
		}
	}
	want := []Entry{{ID: "a", Exact: 5, Committed: true}, {ID: "b", Exact: 7, Promised: granule}}
	got := b.Entries()
	if !slices.Equal(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	clear(got)
	if again := b.Entries(); !slices.Equal(again, want) {
		t.Errorf("changing the list changed the book: %+v", again)
	}
}

func TestReconcileReportsWhatTheBookHad(t *testing.T) {
	b := New(10 * granule)
	if err := b.MapExtent("", granule); err != nil {
		t.Fatal(err)
	}
	was, err := b.Reconcile(4 * granule)
	if err != nil || was != granule || b.Snapshot().Mapped != 4*granule {
		t.Errorf("was %v, now %v, error %v", was, b.Snapshot().Mapped, err)
	}
}

// TestConcurrentUse lets many goroutines compete for less memory than they
// need. The race detector watches; the book must be sound at every moment
// and empty in the end.
func TestConcurrentUse(t *testing.T) {
	b := New(8 * granule)
	var wg sync.WaitGroup
	failures := make(chan error, 64)
	for worker := range 16 {
		wg.Go(func() {
			for i := range 50 {
				if err := live(b, fmt.Sprintf("w%d-%d", worker, i)); err != nil {
					failures <- err
					return
				}
				b.Observe(gpu.Bytes(i) * granule)
				if err := b.Check(); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	b.Observe(8 * granule)
	if got := b.Snapshot(); got != (Snapshot{Capacity: 8 * granule, Available: 8 * granule}) {
		t.Errorf("left behind: %+v", got)
	}
}

// live takes one shard through the book; having no room is no failure.
func live(b *Book, id string) error {
	if err := b.Reserve(id, granule, granule); err != nil {
		if class(err) == "insufficient" {
			return nil
		}
		return err
	}
	if err := b.MapExtent(id, granule); err != nil {
		return err
	}
	if err := b.Commit(id); err != nil {
		return err
	}
	return b.Release(id, granule)
}

func BenchmarkReserveRelease(b *testing.B) {
	book := New(10 * granule)
	for b.Loop() {
		if err := book.Reserve("shard", granule, granule); err != nil {
			b.Fatal(err)
		}
		if err := book.Release("shard", 0); err != nil {
			b.Fatal(err)
		}
	}
}
