package fdpass

import (
	"os"
	"sync"

	"github.com/cockroachdb/errors"
)

// key is what a held file is found by: a ticket counts only for the user who
// passed the file.
type key struct {
	uid    uint32
	ticket Ticket
}

// Desk holds passed files until they are claimed.
type Desk struct {
	mu      sync.Mutex
	held    map[key]*os.File
	perUser map[uint32]int
	limit   int
	closed  bool
}

// DefaultLimit is how many files one user may have waiting.
const DefaultLimit = 32

// NewDesk makes a desk at which each user may have up to limit files waiting.
// A limit below 1 means DefaultLimit.
func NewDesk(limit int) *Desk {
	if limit < 1 {
		limit = DefaultLimit
	}
	return &Desk{held: map[key]*os.File{}, perUser: map[uint32]int{}, limit: limit}
}

// Claim takes the file out that the user passed under the ticket. The caller
// owns it then and closes it. It never blocks. ErrUnknownTicket if there is
// none.
func (d *Desk) Claim(uid uint32, t Ticket) (*os.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := key{uid, t}
	f, ok := d.held[k]
	if !ok {
		return nil, ErrUnknownTicket
	}
	d.forget(k)
	return f, nil
}

// Waiting is the number of files that wait to be claimed.
func (d *Desk) Waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.held)
}

// Close closes every file that waits, and refuses those that still come. It
// is idempotent.
func (d *Desk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	var all error
	for k, f := range d.held {
		d.forget(k)
		all = errors.Join(all, f.Close())
	}
	return all
}

// put keeps f under the ticket; on an error the caller still owns it.
func (d *Desk) put(k key, f *os.File) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, taken := d.held[k]; d.closed || taken || d.perUser[k.uid] >= d.limit {
		return ErrRefused
	}
	d.held[k] = f
	d.perUser[k.uid]++
	return nil
}

// drop closes the file if it was not claimed.
func (d *Desk) drop(k key) error {
	f, err := d.Claim(k.uid, k.ticket)
	if errors.Is(err, ErrUnknownTicket) {
		return nil
	}
	return f.Close()
}

// forget takes the entry out of the table. The caller holds the lock.
func (d *Desk) forget(k key) {
	delete(d.held, k)
	d.perUser[k.uid]--
	if d.perUser[k.uid] <= 0 {
		delete(d.perUser, k.uid)
	}
}
