package fdpass

import (
	"crypto/rand"

	"github.com/cockroachdb/errors"
)

// TicketSize is the length of a ticket in bytes.
const TicketSize = 16

// Ticket names a passed descriptor. It is random, so that nobody can name the
// descriptor of somebody else.
type Ticket [TicketSize]byte

// The errors a caller can branch on.
var (
	ErrUnknownTicket = errors.New("fdpass: no file was passed under this ticket, or it waited too long; seal the file again")
	ErrRefused       = errors.New("fdpass: the engine did not take the file; too many files may be waiting, try again")
)

// NewTicket returns a random ticket.
func NewTicket() (Ticket, error) {
	var t Ticket
	if _, err := rand.Read(t[:]); err != nil {
		return Ticket{}, errors.Wrap(err, "no random bytes for a ticket")
	}
	return t, nil
}

// ParseTicket reads a ticket from a request. It does not keep b.
func ParseTicket(b []byte) (Ticket, error) {
	if len(b) != TicketSize {
		return Ticket{}, ErrUnknownTicket
	}
	var t Ticket
	copy(t[:], b)
	return t, nil
}
