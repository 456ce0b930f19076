package audit

import (
	"crypto/sha256"
	"time"
)

// chain is what the lines so far require of the next one.
type chain struct {
	next   uint64   // its sequence number
	prev   [32]byte // the hash of the last line
	before [32]byte // the hash of the line before the last
	total  uint64   // bytes of all lines, newlines included
	last   time.Time
}

func newChain() chain { return chain{next: 1} }

// seq is the sequence number of the last line, 0 while there is none.
func (c *chain) seq() uint64 { return c.next - 1 }

// fit says how a line relates to the chain.
type fit uint8

const (
	fits     fit = iota
	gap          // its number is too high
	repeat       // its number is too low
	unlinked     // it does not name the line before
	backward     // its time is before that of the line before
)

func (c *chain) fit(e entry) fit {
	switch {
	case e.seq > c.next:
		return gap
	case e.seq < c.next:
		return repeat
	case e.prev != c.prev:
		return unlinked
	case e.time.Before(c.last):
		return backward
	}
	return fits
}

// advance takes the line, which fits, into the chain.
func (c *chain) advance(e entry, line []byte) {
	c.before = c.prev
	c.prev = sha256.Sum256(line)
	c.next++
	c.total += uint64(len(line)) + 1
	c.last = e.time
}
