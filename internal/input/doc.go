// Package input checks what comes from outside: ids, digests, sizes, device
// numbers, texts and paths, whether they arrive by the library's methods, the
// command line or a socket. Every such check is here and nowhere else.
//
// # What
//
// Each function checks one kind of value. Those that also parse return the
// value; the rest return only an error. testdata/examples.txt lists good and
// bad examples of all of them, with the exact text of each refusal.
//
// Rules that hold for all texts: they are valid UTF-8, bounded in length, and
// contain no NUL (IV-005). Ids are ASCII, so that no two look alike.
//
// # Not for
//
// Whether something exists, fits or is allowed: that is for the packages that
// know. Secrets: a refusal quotes the value, so a token must not come here.
//
// # Ownership
//
// Values are returned as copies. Nothing is kept.
//
// # Concurrency
//
// All functions are pure, safe for concurrent use, and never block.
//
// # Units
//
// Sizes are plain uint64 bytes, because this package lies below the one that
// defines the type for them. Durations are time.Duration.
//
// # Failure
//
// Every refusal satisfies errors.Is(err, [ErrInvalid]). Its text is one line:
// the field, the value (quoted in ASCII and cut short, so that it can forge
// nothing in a log or on a terminal), the rule, and what to do.
package input
