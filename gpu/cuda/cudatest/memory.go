package cudatest

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/vram-engine/vram-engine/gpu"
)

// Allocation is live memory of a device. Its number says the how-manieth it is
// of the device, since the last Reset.
type Allocation struct {
	Serial int
	Size   gpu.Bytes
}

// Place is a byte of an allocation.
type Place struct {
	Serial int
	Offset gpu.Bytes
}

// List are the allocations of the device, oldest first, mapped or not.
func (c *Control) List(device int) []Allocation {
	c.t.Helper()
	var all []Allocation
	for line := range strings.Lines(c.Command("list %d", device)) {
		var a Allocation
		if _, err := fmt.Sscan(line, &a.Serial, &a.Size); err != nil {
			c.t.Errorf("cudatest: a line of the list: %v", err)
		}
		all = append(all, a)
	}
	return all
}

// Flip turns one bit over, as a fault of the hardware does: whether the memory
// is mapped for reading or not at all makes no difference.
func (c *Control) Flip(device int, at Place, bit int) {
	c.t.Helper()
	c.Command("flip %d %d %d %d", device, at.Serial, uint64(at.Offset), bit)
}

// Find looks for the bytes in all live memory of the device. False: they are
// nowhere.
func (c *Control) Find(device int, content []byte) (Place, bool) {
	c.t.Helper()
	if len(content) == 0 {
		c.t.Error("cudatest: nothing to find")
		return Place{}, false
	}
	// Not finding it is an answer, and no error of the test.
	answer, err := c.fake.Run(fmt.Sprintf("find %d %s", device, hex.EncodeToString(content)))
	if err != nil {
		if !nowhere(err) {
			c.t.Errorf("%v", err)
		}
		return Place{}, false
	}
	var at Place
	if _, err := fmt.Sscan(answer, &at.Serial, &at.Offset); err != nil {
		c.t.Errorf("cudatest: an answer: %v", err)
		return Place{}, false
	}
	return at, true
}

// Mapped is how much of the device's memory is mapped.
func (c *Control) Mapped(device int) gpu.Bytes {
	c.t.Helper()
	return gpu.Bytes(c.number("mapped %d", device))
}

// Dirty counts the bytes that are not zero in memory of the device that was
// given back.
func (c *Control) Dirty(device int) gpu.Bytes {
	c.t.Helper()
	return gpu.Bytes(c.number("dirty %d", device))
}

// HostDirty counts the bytes that were not zero in pinned host memory when it
// was given back.
func (c *Control) HostDirty() gpu.Bytes {
	c.t.Helper()
	return gpu.Bytes(c.number("hostdirty"))
}
