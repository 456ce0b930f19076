// Package socket finds, opens and guards the daemon's two Unix sockets.
//
// # What
//
// [Path] is where the daemon listens: what --socket says, then
// VRAM_ENGINE_SOCKET, then the default place. [Listen] opens the socket for
// calls and, beside it, the one for files ("<path>.fd"), both with mode 0600.
// [Caller] tells the daemon who is at the other end, and refuses everybody but
// its own user and root; [CheckDaemon] is the same question of a client.
//
// # Not for
//
// What is said on the sockets: packages server and fdpass.
//
// # Ownership
//
// Pair owns both listeners, their names in the file system, and the lock
// "<path>.lock", which stays there when it is closed so that the next daemon
// finds the same lock.
//
// # Concurrency
//
// Listen sets the process's umask while it opens the sockets, so nothing
// else may create files meanwhile. Everything else is safe for concurrent use.
//
// # Units
//
// Lengths of paths are bytes; the kernel allows 107.
//
// # Failure
//
// ErrConflict when another daemon is running there, ErrInvalidInput for a path
// that cannot be one, ErrPolicyViolation for a directory in which anybody
// could replace the socket, and for a peer who may not use it.
package socket
