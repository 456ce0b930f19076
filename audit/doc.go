// Package audit is a tamper-evident log of JSON lines: each
// line names the SHA-256 of the line before it, and a signed head beside the
// lines says how far the log was acknowledged.
//
// # What
//
// [Open] makes a process the only writer of a directory. [Log.Emit] queues a
// record and never waits; [Log.Write] returns when its record is durable.
// [Verify] checks a log offline and names the place where it was tampered with.
// Records are made by one constructor for each [Kind], such as [VramSealed].
//
// # Not for
//
// Deciding what a failed write means for a request, or formatting logs that
// people read. Whoever can replace the whole directory, the key beside it
// included, can put an older or another log in its place: keep a copy of
// audit-key.pem, and of a head, elsewhere. Whoever can write in it can destroy
// the newer head, and then change the lines of the last batch, because that is
// what a crash could leave; it shows as unacknowledged records, in [Verify] and
// in the log. They cannot make the batch vanish, or touch any line before it.
//
// # Ownership
//
// An open [Log] owns its directory until Close. Records are immutable. Nothing
// that is passed in is kept but the strings of records and the [Signer].
//
// # Concurrency
//
// All methods of a [Log] are safe for concurrent use. One goroutine writes; what
// queues up while it waits for the disk becomes the next batch, with one
// synchronisation of the lines and one of the head. [Verify] may run beside a
// writer, also in another process.
//
// # Units
//
// Sizes are in bytes, field names that end in _us count microseconds, times are
// UTC. Sequence numbers count from 1 without gaps, across files.
//
// # Failure
//
// When a batch cannot be written ([ErrUnavailable]), those who wait are refused
// and their records are withdrawn; emitted records stay queued, and the log tries
// again whenever somebody waits and every Options.RetryEvery. After a failed
// synchronisation the files are opened anew and compared with what memory knows
// before anything more is written. The first line after an outage or a crash is
// an AuditRecovered record. What was acknowledged is never lost by any of this.
// A log that is not what was written is refused ([ErrTampered], [ErrTruncated]).
//
// # Format of the directory
//
//	audit-<first sequence, 20 digits>.jsonl   lines, mode 0600
//	head                                      the signed head, mode 0600
//	audit-key.pem                             the public key, mode 0644
//	lock                                      empty; the writer holds flock(LOCK_EX) on it
//
// The segments are one log: their lines, in the order of the names, form one
// sequence and one chain. A name carries the number of the file's first line.
// Files with the suffix .new are unfinished, and other names mean nothing.
//
// # Format of a line
//
// A line is the following, with no space between its parts, and a newline (0x0a):
//
//	{"seq":N,"time":"T","kind":"K","severity":"S","fields":{F},"prev":"H"}
//
// N is decimal, from 1. T is RFC 3339 in UTC with a "Z" and a fraction of up to
// nine digits without trailing zeros; it never decreases: when the clock goes
// backwards, or shows a year outside 1 to 9999, the time of the line before is
// kept and the field "clock" has the value "held". K is 1 to 32 ASCII letters. S
// is info, warning or critical. F is at most 13 members, "name":value, with
// commas between and the names, of [0-9_a-z], strictly ascending. A value is a
// string; an integer in shortest decimal that fits 64 bits, signed or unsigned;
// true; false; or an array of at most 64 strings. H is 64 lower-case hex digits:
// the SHA-256 of the bytes of the line before, without its newline, or 64 zeros
// in line 1. A line has at most 65536 bytes without its newline.
//
// A string is UTF-8, of at most 1024 bytes, or 256 in an array, before escaping;
// in it only " and \ are escaped, by \. It never holds U+0000–001F, U+007F–009F,
// U+2028, U+2029, U+202A–202E or U+2066–2069. The writer puts \u{hex} as text in
// the place of every character that is not printable, \xhh in the place of a byte
// that is not UTF-8, and ends a text that was cut with U+2026.
//
// Every line has exactly one encoding. The hash of its bytes is therefore also
// fit to be a leaf of an RFC 6962 tree, with index N-1.
//
// # Format of the head
//
// The file has two slots of 4096 bytes. A slot is the following, with no space
// between its parts, then spaces, and a newline as its last byte:
//
//	{"v":1,"n":N,"seq":Q,"size":B,"segment":"F","hash":"H","sig":"G"}
//
// N counts heads: even ones stand in the first slot, odd ones in the second, and
// the two differ by one. Q is the number of the last line that the head covers,
// B the bytes of all lines up to it, newlines included, F the name of its
// segment and H its SHA-256; with no lines, Q and B are 0, F is empty and H is
// zeros. G is the Ed25519 signature, in padded base64, of
//
//	vram-engine audit head v1\n{"v":1,"n":N,"seq":Q,"size":B,"segment":"F","hash":"H"}
//
// where \n is one newline. The valid slot with the higher N counts. Lines are
// made durable (fdatasync) before the head that covers them is written, and the
// head before anything is acknowledged; so a slot may be invalid only if there
// are lines beyond the other. Lines beyond the head were not acknowledged: Open
// keeps those that continue the chain and cuts what follows them. The file keeps
// its size from its creation on, and is only overwritten in place.
package audit
