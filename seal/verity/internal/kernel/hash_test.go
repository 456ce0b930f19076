package kernel

import (
	"crypto/sha256"
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"
)

// group is a full group of different leaves.
func group() (leaves [MaxLanes]*Leaf) {
	for i := range leaves {
		leaves[i] = new(Leaf)
		for j := range leaves[i] {
			leaves[i][j] = byte(i*31 + j*7 + j>>8)
		}
	}
	return leaves
}

func available(t *testing.T) []Plan {
	t.Helper()
	plans := []Plan{Choose("", false).Plan}
	for _, m := range Available() {
		plans = append(plans, Choose(m.Forced(), false).Plan)
	}
	t.Logf("tried: %v", Available())
	return plans
}

func TestHashPartsOfGroups(t *testing.T) {
	leaves := group()
	for _, plan := range available(t) {
		lanes := plan.Method().Lanes()
		for n := -1; n <= MaxLanes+1; n++ {
			some := leaves
			for i := max(n, 0); i < MaxLanes; i++ {
				some[i] = nil // must not be touched
			}
			if n > 0 && n < lanes {
				some[n] = nil
			}
			var sums [MaxLanes]Sum
			plan.Hash(&sums, &some, &leaves, n)
			for i := range max(min(n, lanes), 0) {
				if sums[i] != sha256.Sum256(leaves[i][:]) {
					t.Fatalf("%v: wrong hash %d of %d", plan.Method(), i, n)
				}
			}
		}
	}
}

// A device's memory may be protected while it is hashed. The fault must reach
// whoever called, and nothing must be broken afterwards.
func TestFaultInKernel(t *testing.T) {
	page := max(unix.Getpagesize(), LeafSize)
	all, err := unix.Mmap(-1, 0, 2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Munmap(all); err != nil {
			t.Error(err)
		}
	}()
	if err := unix.Mprotect(all[page:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	for _, plan := range available(t) {
		for lane := range plan.Method().Lanes() {
			leaves := group()
			leaves[lane] = (*Leaf)(all[page-64:]) // 64 bytes can be read
			if !faults(plan, &leaves) {
				t.Errorf("%v: no fault in lane %d", plan.Method(), lane)
			}
			good := group()
			var sums [MaxLanes]Sum
			plan.Hash(&sums, &good, &good, MaxLanes)
			if sums[lane] != sha256.Sum256(good[lane][:]) {
				t.Errorf("%v: wrong hash after a fault", plan.Method())
			}
		}
	}
}

func faults(plan Plan, leaves *[MaxLanes]*Leaf) (faulted bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		_, faulted = recover().(interface{ Addr() uintptr })
	}()
	var sums [MaxLanes]Sum
	plan.Hash(&sums, leaves, leaves, MaxLanes)
	return false
}
