// Package fdpass hands an open file from a client to the daemon over a Unix
// socket, so that the daemon never opens a path that a client names.
//
// # What
//
// [Send] passes one descriptor under a random [Ticket]; a [Desk] in the daemon
// keeps it until [Desk.Claim] takes it out for a request that names the ticket.
//
// The wire is one SOCK_SEQPACKET message per connection: the 16 bytes of the
// ticket with exactly one descriptor as SCM_RIGHTS. The daemon answers one
// byte, 1, when it holds the descriptor; it closes the connection without an
// answer when it refuses. The client keeps the connection open until its
// request has ended.
//
// # Not for
//
// Deciding whether the file may be sealed: see package server.
//
// # Ownership
//
// The desk owns a received file until it is claimed; the claimer closes it.
// A file that is not claimed is closed when its client disconnects, when its
// time is up, or with the desk. Send does not close the sender's file.
//
// # Concurrency
//
// A Desk is safe for concurrent use. Serve runs one goroutine per connection
// and returns when all of them have ended.
//
// # Units
//
// Tickets are 16 bytes; times are time.Duration.
//
// # Failure
//
// ErrUnknownTicket for a ticket that is not, or no longer, held for that user;
// ErrRefused when the daemon did not take the descriptor.
package fdpass
