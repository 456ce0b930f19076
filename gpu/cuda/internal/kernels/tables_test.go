package kernels_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// place stands for the driver's type of an address.
type place uint64

func TestJobsAreEncoded(t *testing.T) {
	var table []byte
	var next uint64
	for _, j := range []struct {
		source place
		length gpu.Bytes
		target place
		next   uint64
	}{
		{0x1122334455667788, 1, 0x99aabbccddeeff00, 1},
		{1, 4096, 4, 2},
		{0, 4097, 0, 4},
		{3, 1 << 40, 64, 4 + 1<<28},
	} {
		var err error
		if table, next, err = kernels.AppendJob(table, j.source, j.length, j.target, next); err != nil || next != j.next {
			t.Fatalf("%d bytes: the next start is %d, want %d; %v", j.length, next, j.next, err)
		}
	}
	const want = "8877665544332211" + "0100000000000000" + "00ffeeddccbbaa99" + "0000000000000000" +
		"0100000000000000" + "0010000000000000" + "0400000000000000" + "0100000000000000" +
		"0000000000000000" + "0110000000000000" + "0000000000000000" + "0200000000000000" +
		"0300000000000000" + "0000000000010000" + "4000000000000000" + "0400000000000000"
	if got := hex.EncodeToString(table); got != want {
		t.Errorf("the table is\n%s, want\n%s", got, want)
	}
}

func TestBadJobsAreRefused(t *testing.T) {
	const top = place(math.MaxUint64)
	for _, j := range []struct {
		what   string
		source place
		length gpu.Bytes
		target place
		start  uint64
	}{
		{"no length", 4096, 0, 4096, 0},
		{"an odd target", 4096, 1, 4098, 0},
		{"a source that wraps", top - 99, 101, 4096, 0},
		{"a target that wraps", 4096, 8192, top - 62 - 1, 0},
		{"too many leaves", 4096, 8192, 4096, math.MaxUint64 - 1},
	} {
		table, next, err := kernels.AppendJob([]byte("kept"), j.source, j.length, j.target, j.start)
		if !errors.Is(err, kernels.ErrBadRecord) || string(table) != "kept" || next != j.start {
			t.Errorf("%s: %q, %d, %v", j.what, table, next, err)
		}
	}
	if _, _, err := kernels.AppendJob(nil, top-99, 99, top-31, math.MaxUint64-1); !errors.Is(err, kernels.ErrBadRecord) {
		t.Errorf("a target at an odd address near the end: %v", err)
	}
	if _, _, err := kernels.AppendJob(nil, top-99, 99, top-35, math.MaxUint64-1); err != nil {
		t.Errorf("everything just below the limit: %v", err)
	}
}

func TestPairsAreEncoded(t *testing.T) {
	table, next, err := kernels.AppendPair([]byte{0xee}, place(4), place(0x0102030405060708), 5, place(16), 7)
	if err != nil || next != 12 {
		t.Fatalf("the next start is %d; %v", next, err)
	}
	const want = "ee" + "0400000000000000" + "0807060504030201" + "0700000000000000" + "1000000000000000"
	if got := hex.EncodeToString(table); got != want {
		t.Errorf("the table is %s, want %s", got, want)
	}
	for _, p := range []struct {
		what          string
		a, b          place
		hashes, start uint64
		result        place
	}{
		{"no hashes", 4, 4, 0, 0, 8},
		{"an odd first", 2, 4, 1, 0, 8},
		{"an odd second", 4, 5, 1, 0, 8},
		{"an odd result", 4, 4, 1, 0, 12},
		{"hashes that wrap", math.MaxUint64 - 31, 4, 2, 0, 8},
		{"hashes beyond all memory", 4, 4, 1 << 60, 0, 8},
		{"too many hashes", 4, 4, 2, math.MaxUint64 - 1, 8},
		{"a result that wraps", 4, 4, 1, 0, math.MaxUint64 - 7},
	} {
		if got, _, err := kernels.AppendPair(table, p.a, p.b, p.hashes, p.result, p.start); !errors.Is(err, kernels.ErrBadRecord) || !bytes.Equal(got, table) {
			t.Errorf("%s: %v", p.what, err)
		}
	}
}

func TestGridsCoverTheWork(t *testing.T) {
	for count, want := range map[uint64]uint32{
		1: 1, 127: 1, 128: 1, 129: 2, 1 << 20: 1 << 13, kernels.MaxCount - 127: 1<<31 - 1, kernels.MaxCount: 1<<31 - 1,
	} {
		if got, err := kernels.Grid(count); err != nil || got != (gpu.Dim3{X: want, Y: 1, Z: 1}) {
			t.Errorf("%d: %v, %v, want %d blocks", count, got, err, want)
		}
	}
	for _, count := range []uint64{0, kernels.MaxCount + 1, math.MaxUint64} {
		if got, err := kernels.Grid(count); !errors.Is(err, kernels.ErrBadGrid) {
			t.Errorf("%d: %v, %v", count, got, err)
		}
	}
	for _, c := range []struct {
		multiprocessors int
		size            gpu.Bytes
		want            uint32
	}{
		{132, 0, 1}, {132, 8, 1}, {132, 1024, 1}, {132, 1032, 2}, {132, 1 << 34, 132 * 8}, {0, 1 << 34, 8}, {-5, 1 << 34, 8},
		{math.MaxInt, math.MaxUint64, 1 << 19},
	} {
		if got := kernels.StrideGrid(c.multiprocessors, c.size); got != (gpu.Dim3{X: c.want, Y: 1, Z: 1}) {
			t.Errorf("%d multiprocessors, %s: %v, want %d blocks", c.multiprocessors, c.size, got, c.want)
		}
	}
	if got, ok := kernels.Block().Count(); !ok || got != kernels.Threads {
		t.Errorf("a block has %d threads", got)
	}
}

func TestEntriesBelongToTheCaller(t *testing.T) {
	for _, e := range kernels.Entries() {
		clear(e.Params)
	}
	for _, e := range kernels.Entries() {
		for _, p := range e.Params {
			if p != 4 && p != 8 {
				t.Errorf("%s has a parameter of %d bytes", e.Name, p)
			}
		}
	}
}
