package sim

import (
	"encoding/binary"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestMemory writes and checks in place. A word that fails with both patterns
// counts twice. A read-only extent is refused as a fault does. On a hostile
// device a call that fails leaves a pattern in half of the span. See
// gpu.MemoryTester.
func (d *device) TestMemory(at gpu.Span, seed uint64) (uint64, error) {
	wrong, err := d.testMemory(at, seed)
	d.control.record(err, "test memory extent %d +%d %d = %d wrong", at.Extent, uint64(at.Offset), uint64(at.Size), wrong)
	return wrong, err
}

func (d *device) testMemory(at gpu.Span, seed uint64) (uint64, error) {
	fault := d.begin(OpTestMemory)
	if fault != nil && !d.half(&at) {
		return 0, fault
	}
	m, mem, err := d.span(OpTestMemory, at)
	if err == nil && fault == nil && (at.Offset%wordSize != 0 || at.Size%wordSize != 0) {
		err = d.failure(OpTestMemory, gpu.ErrInvalidValue, "%d bytes at offset %d: give multiples of %d", uint64(at.Size), uint64(at.Offset), uint64(wordSize))
	}
	if err == nil {
		err = d.access(OpTestMemory, m, func() { fillPattern(mem, seed, asIs) })
	}
	switch {
	case fault != nil:
		return 0, fault
	case err != nil:
		return 0, err
	}
	var wrong uint64
	for _, step := range []func(){
		func() { wrong += countWrong(mem, seed, asIs); fillPattern(mem, seed, inverted) },
		func() { wrong += countWrong(mem, seed, inverted); clear(mem) },
	} {
		if err := d.stick(OpTestMemory); err != nil {
			return 0, err
		}
		if err := d.access(OpTestMemory, m, step); err != nil {
			return 0, err
		}
	}
	return wrong, nil
}

// wordSize is the unit in which memory is tested.
const wordSize = 8

// What a pattern is combined with, so that each bit is once zero and once one.
const (
	asIs     = uint64(0)
	inverted = ^asIs
)

// fillPattern writes the pattern. Bytes behind the last word are left alone.
func fillPattern(mem []byte, seed, with uint64) {
	for i := uint64(0); len(mem) >= wordSize; i++ {
		binary.LittleEndian.PutUint64(mem, mixed(seed, i)^with)
		mem = mem[wordSize:]
	}
}

// countWrong counts the words that do not hold the pattern.
func countWrong(mem []byte, seed, with uint64) uint64 {
	wrong := uint64(0)
	for i := uint64(0); len(mem) >= wordSize; i++ {
		if binary.LittleEndian.Uint64(mem) != mixed(seed, i)^with {
			wrong++
		}
		mem = mem[wordSize:]
	}
	return wrong
}

// mixed is the i-th number of the SplitMix64 sequence of the seed.
func mixed(seed, i uint64) uint64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
