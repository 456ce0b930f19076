package kernels_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestInstructionBudget holds the number of instructions that SHA-256 costs, so
// that a compiler that shares what should not be shared, or indexes what should
// be in registers, is seen. One compression of data takes 6 rotations in each
// of 64 rounds and 4 in each of 48 words, a shift twice in each word, 4 lop3 in
// each round and 2 in each word, 7 additions in each round and 3 in each word,
// and 8 at the end; that of the padding has no words and adds its constants
// beforehand, which saves an addition in each round. Everything else is small.
func TestInstructionBudget(t *testing.T) {
	const (
		rotations, shifts, logic, additions = 6*64 + 4*48, 2 * 48, 4*64 + 2*48, 7*64 + 3*48 + 8
		padRotations, padLogic, padAdds     = 6 * 64, 4 * 64, 6*64 + 8
		slack                               = 40 // finding the leaf, loops, odd bytes
	)
	_, entries := parse(t, module(t, 90))
	for _, c := range []struct {
		name                       string
		compressions, loads, swaps int
		multiplied                 bool
		sharedLoads, sharedStores  int
	}{
		{name: "ve_leaves_direct", compressions: 1, loads: 4, swaps: 16},
		{name: "ve_leaves_direct_mad", compressions: 1, loads: 4, swaps: 16, multiplied: true},
		{name: "ve_leaves_wide", compressions: 2, loads: 8, swaps: 32},
		{name: "ve_leaves_wide_mad", compressions: 2, loads: 8, swaps: 32, multiplied: true},
		{name: "ve_leaves_tile", compressions: 1, loads: 8 + 4, swaps: 32, sharedLoads: 4, sharedStores: 8 + 8},
		{name: "ve_leaves_tile_mad", compressions: 1, loads: 8 + 4, swaps: 32, sharedLoads: 4, sharedStores: 8 + 8, multiplied: true},
	} {
		i := slices.IndexFunc(entries, func(e entry) bool { return e.name == c.name })
		if i < 0 {
			t.Errorf("%s is not in the PTX", c.name)
			continue
		}
		got := entries[i].instructions()
		adder, multiplier := c.compressions*additions+padAdds, 0
		if c.multiplied {
			adder, multiplier = 0, adder
		}
		sum := 0
		for _, n := range got {
			sum += n
		}
		t.Logf("%s: %d instructions: shf %d, shr %d, lop3 %d, add %d, mad %d, prmt %d, ld.global.v4 %d", c.name, sum,
			got["shf.l.wrap.b32"], got["shr.u32"], got["lop3.b32"], got["add.s32"], got["mad.lo.u32"], got["prmt.b32"], got["ld.global.v4.u32"])
		for _, want := range []struct {
			opcode       string
			least, slack int
		}{
			{"shf.l.wrap.b32", c.compressions*rotations + padRotations, 0},
			{"shr.u32", c.compressions * shifts, 6},
			{"lop3.b32", c.compressions*logic + padLogic, 0},
			{"add.s32", adder, 16},
			{"mad.lo.u32", multiplier, 0},
			{"prmt.b32", c.swaps + 8, 4},
			{"ld.global.v4.u32", c.loads, 0},
			{"ld.shared.v4.u32", c.sharedLoads, 0},
			{"st.shared.v4.u32", c.sharedStores, 0},
			{"xor.b32", 0, 0},
			{"or.b32", 0, 4},
			{"and.b32", 0, 4},
			{"not.b32", 0, 0},
			{"mov.u32", 0, 2 * slack},
		} {
			if n := got[want.opcode]; n < want.least || n > want.least+want.slack {
				t.Errorf("%s: %d times %s, the budget is %d to %d", c.name, n, want.opcode, want.least, want.least+want.slack)
			}
		}
	}
}

// TestNoLocalMemory also refuses tables in memory: constants are immediates.
func TestNoLocalMemory(t *testing.T) {
	ptx := string(module(t, 90))
	for _, bad := range []string{".local", "__local_depot", ".const", "\n.global", "ld.const", "call", ".func", ".extern"} {
		if strings.Contains(ptx, bad) {
			t.Errorf("the module has %q", bad)
		}
	}
	// Loads and stores name their address space: a generic one is slower.
	_, entries := parse(t, module(t, 90))
	for _, e := range entries {
		for _, opcode := range slices.Sorted(maps.Keys(e.instructions())) {
			kind, space, _ := strings.Cut(opcode, ".")
			if (kind == "ld" || kind == "st") && !strings.HasPrefix(space, "global") && !strings.HasPrefix(space, "shared") && !strings.HasPrefix(space, "param") {
				t.Errorf("%s has the generic access %s", e.name, opcode)
			}
		}
	}
}
