package cudatest

import "github.com/vram-engine/vram-engine/gpu"

// Xid raises an Xid event of NVML.
func (c *Control) Xid(device, code int) {
	c.t.Helper()
	c.Command("xid %d %d", device, code)
}

// ECC sets the counters of memory errors. One that grows raises an event.
func (c *Control) ECC(device int, corrected, uncorrected uint64) {
	c.t.Helper()
	c.Command("ecc %d %d %d", device, corrected, uncorrected)
}

// Remap sets the counters of remapped rows, and whether a remapping waits for
// a reset or has failed.
func (c *Control) Remap(device int, corrected, uncorrected uint64, pending, failed bool) {
	c.t.Helper()
	digit := map[bool]int{true: 1}
	c.Command("remap %d %d %d %d %d", device, corrected, uncorrected, digit[pending], digit[failed])
}

// Recovery sets what the driver says must be done with the device, and raises
// the event of it.
func (c *Control) Recovery(device, action int) {
	c.t.Helper()
	c.Command("recovery %d %d", device, action)
}

// Process lets another process use so much of the device's memory; zero bytes
// end it.
func (c *Control) Process(device, pid int, used gpu.Bytes) {
	c.t.Helper()
	c.Command("process %d %d %d", device, pid, uint64(used))
}
