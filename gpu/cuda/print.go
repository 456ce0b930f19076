package cuda

import "fmt"

// What is printed of the package's values is a name, whatever the verb: they
// hold device addresses and handles.

// Format writes the device's number.
func (d *device) Format(s fmt.State, _ rune) { say(s, "CUDA device %d", d.info.Index) }

// Format writes how many devices there are.
func (b *Backend) Format(s fmt.State, _ rune) { say(s, "%d CUDA devices", len(b.devices)) }

// Format writes that it is a pass.
func (p *pass) Format(s fmt.State, _ rune) { say(s, "digest pass of CUDA device %d", p.dev.info.Index) }

// Format writes how many hashes are kept.
func (k *kept) Format(s fmt.State, _ rune) { say(s, "%d kept hashes", k.Blocks()) }

// Format writes the size.
func (m *mapping) Format(s fmt.State, _ rune) { say(s, "mapping of %s", m.size) }

// Format writes the size.
func (b *block) Format(s fmt.State, _ rune) { say(s, "block of %s", b.size) }

func say(s fmt.State, format string, args ...any) {
	_, _ = fmt.Fprintf(s, format, args...) //nolint:errcheck // a Formatter has nobody to tell
}
