package cudatest

import "time"

// Fail makes the nth call from now of the function fail once with the code,
// without doing anything; "*" stands for every function of libcuda. Codes
// after which a process must end, 700 and its like, poison the current context
// as well.
func (c *Control) Fail(function string, nth, code int) {
	c.t.Helper()
	c.Command("fail %s %d %d", function, nth, code)
}

// FailSticky is Fail, and poisons the current context whatever the code is.
func (c *Control) FailSticky(function string, nth, code int) {
	c.t.Helper()
	c.Command("fail %s %d %d sticky", function, nth, code)
}

// FailAlways makes every call of the function fail, until Clear.
func (c *Control) FailAlways(function string, code int) {
	c.t.Helper()
	c.Command("fail %s always %d", function, code)
}

// Skip makes the nth piece of work from now do nothing, although it succeeds.
// The name is that of a kernel, or of a function that copies or fills.
func (c *Control) Skip(name string, nth int) {
	c.t.Helper()
	c.Command("skip %s %d", name, nth)
}

// SkipAlways is Skip for all such work, until Clear.
func (c *Control) SkipAlways(name string) {
	c.t.Helper()
	c.Command("skip %s always", name)
}

// Fired counts the failures and skips that happened, since the last Clear.
func (c *Control) Fired() int {
	c.t.Helper()
	return int(c.number("fired")) //nolint:gosec // a count of a test
}

// Latency delays every call of the function, or every run of the kernel. It
// adds to earlier ones.
func (c *Control) Latency(name string, d time.Duration) {
	c.t.Helper()
	c.Command("latency %s %d", name, d.Nanoseconds())
}

// Hang makes calls of the function wait, until Unhang.
func (c *Control) Hang(function string) {
	c.t.Helper()
	c.Command("hang %s", function)
}

// Unhang lets all calls go on.
func (c *Control) Unhang() {
	c.t.Helper()
	c.Command("unhang")
}

// Stall stops the progress of all work on the device: queries answer that it
// is not ready, and who waits for it waits.
func (c *Control) Stall(device int) {
	c.t.Helper()
	c.Command("stall %d", device)
}

// Unstall lets work go on.
func (c *Control) Unstall(device int) {
	c.t.Helper()
	c.Command("unstall %d", device)
}

// Clear drops all failures, skips, delays and hangs.
func (c *Control) Clear() {
	c.t.Helper()
	c.Command("clear")
}

// Lose makes the device disappear with the Xid 79: its contexts fail with 999,
// and new ones cannot be made, until Reset.
func (c *Control) Lose(device int) {
	c.t.Helper()
	c.Command("lose %d", device)
}

// Lie makes cuPointerGetAttribute answer that value for all device memory.
func (c *Control) Lie(attribute int, value uint64) {
	c.t.Helper()
	c.Command("lie %d %d", attribute, value)
}

// LieLocation makes allocations say that they are on that device.
func (c *Control) LieLocation(device int) {
	c.t.Helper()
	c.Command("lie location %d", device)
}

// Truth ends all lies.
func (c *Control) Truth() {
	c.t.Helper()
	c.Command("truth")
}
