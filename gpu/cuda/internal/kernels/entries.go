package kernels

// Entry is one kernel of the module.
type Entry struct {
	Name   string // its entry in the PTX
	Params []int  // the sizes of its parameters in bytes, in order
}

// The kernels by their names in the PTX.
const (
	LeavesDirect    = "ve_leaves_direct"     // 64 bytes of its leaf per thread and step
	LeavesDirectMad = "ve_leaves_direct_mad" // the same; adds with the multiplier
	LeavesWide      = "ve_leaves_wide"       // 128 bytes per thread and step
	LeavesWideMad   = "ve_leaves_wide_mad"   // the same; adds with the multiplier
	LeavesTile      = "ve_leaves_tile"       // lines loaded by whole warps, through shared memory
	LeavesTileMad   = "ve_leaves_tile_mad"   // the same; adds with the multiplier
	Compare         = "ve_compare"
	Nonzero         = "ve_nonzero"
	Memtest         = "ve_memtest"
)

// The steps of Memtest, in order.
const (
	MemtestWrite uint32 = iota // write the pattern
	MemtestCheck               // check it, and write its complement
	MemtestClear               // check that, and write zero
)

// NoDifference is what the host presets a result of Compare to, and what it
// stays if no hash differs.
const NoDifference = ^uint64(0)

// Leaves returns the names of the kernels that hash leaves. All give the same
// hashes; which is fastest is for the device to measure. The first is the
// plainest.
func Leaves() []string {
	return []string{LeavesDirect, LeavesDirectMad, LeavesWide, LeavesWideMad, LeavesTile, LeavesTileMad}
}

// Entries returns all kernels of the module, in the order of the PTX.
func Entries() []Entry {
	batch := []int{8, 4, 8, 8}
	var all []Entry
	for _, name := range append(Leaves(), Compare) {
		all = append(all, Entry{Name: name, Params: append([]int(nil), batch...)})
	}
	return append(all,
		Entry{Name: Nonzero, Params: []int{8, 8, 8}},
		Entry{Name: Memtest, Params: []int{8, 8, 8, 4, 8}},
	)
}
