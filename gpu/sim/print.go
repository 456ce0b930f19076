package sim

import "fmt"

// What is printed of the package's values is a name, whatever the verb: they
// hold device memory, hashes of it, and addresses.

// Format writes the device's name.
func (d *device) Format(s fmt.State, _ rune) { say(s, "simulated device %d", d.info.Index) }

// Format writes what the control controls.
func (c *Control) Format(s fmt.State, _ rune) { say(s, "control of simulated device %d", c.index) }

// Format writes the number of devices.
func (b *Backend) Format(s fmt.State, _ rune) { say(s, "%d simulated devices", len(b.controls)) }

// Format writes that it is a pass.
func (p *pass) Format(s fmt.State, _ rune) {
	say(s, "digest pass of simulated device %d", p.dev.info.Index)
}

// Format writes how many hashes are kept.
func (k *kept) Format(s fmt.State, _ rune) { say(s, "%d kept hashes", k.Blocks()) }

// Format writes how many arguments there are.
func (a *arguments) Format(s fmt.State, _ rune) { say(s, "%d kernel arguments", len(a.list)) }

func say(s fmt.State, format string, args ...any) {
	_, _ = fmt.Fprintf(s, format, args...) //nolint:errcheck // a Formatter has nobody to tell
}
