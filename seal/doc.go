// Package seal says what a sealed shard is and proves it: handles, their
// canonical text, the keys, the seal, and the verdict over a shard.
//
// # What
//
// A [Handle] is what the holder of a shard gets. A [Keyring] derives keys from
// the worker token and keeps them where they cannot be printed, swapped or
// dumped; it seals handles, verifies them, and gives out a [Signer] for audit
// heads and for attestations. [Judge] combines a handle's seal with a digest
// measured of what is resident. [LoadTokenFile], [CreateTokenFile] and
// [LoadOrCreateIdentity] read and make the files with the secrets.
//
// # Format of the canonical text
//
// The seal covers this text: a line with the version, then twelve lines
// "name=value", in this order, each with one newline (0x0a) at its end, the
// last too. There is no escaping: no value can have a newline. A value begins
// after the first "=" of its line and may have more of them.
//
//	vram-engine-seal/v1
//	shard_id=      1 to 256 bytes of text
//	gpu_device=    0 to 2147483647
//	gpu_uuid=      1 to 128 bytes of text
//	kind=          1 to 32 bytes of text: cuda or simulated
//	vram_bytes=    0 to 18446744073709551615
//	digest_alg=    fs-verity-sha256-4096
//	digest=        64 digits of lower-case hexadecimal, not all zero
//	sealed_at=     2006-01-02T15:04:05.000000000Z: UTC, nine digits after the second, year 1970 to 9999
//	model_ref=     0 to 512 bytes of text
//	shard_index=   0 to 2147483647, below total_shards; 0 if that is 0
//	total_shards=  0 to 2147483647; 0 if not known
//	generation=    32 digits of lower-case hexadecimal, not all zero
//
// Numbers are decimal without sign and without leading zeros. Text is valid
// UTF-8 without control characters (Unicode category Cc: U+0000 to U+001F,
// U+007F to U+009F) and without U+2028 and U+2029. Every handle has at most
// one canonical text, and a text that is not exactly the one of its handle is
// refused. This covers what CI-002 asks for (shard_id, digest, sealed_at,
// gpu_device) and all else that a handle says, except state.
//
// # Format of the seal
//
//	seal key = HKDF-SHA256(secret: token, salt: hardware id, info: "llorch-seal-key-v1", 32 bytes)
//	seal     = HMAC-SHA256(seal key, canonical text), as 64 digits of lower-case hexadecimal
//
// An engine without a hardware id has an empty salt. The other keys:
//
//	head seed        = HKDF-SHA256(token, salt: identity, info: "vram-engine-head-key-v1", 32 bytes)
//	attestation seed = HKDF-SHA256(token, salt: identity, info: "vram-engine-attestation-key-v1", 32 bytes)
//	fingerprint      = HKDF-SHA256(token, salt: hardware id, info: "vram-engine-fingerprint-v1", 8 bytes)
//
// The seeds are private keys of Ed25519 (RFC 8032); a signature is over the
// message itself. The identity is 32 random bytes in a local file, so that
// whoever shares the token cannot sign for this worker.
//
// # Format of the JSON
//
// One object with these names in this order: shard_id, gpu_device, gpu_uuid,
// kind, vram_bytes, digest, digest_alg, sealed, sealed_at, model_ref,
// shard_index, total_shards, generation, seal, state. gpu_device, vram_bytes,
// shard_index and total_shards are numbers (vram_bytes may exceed what a
// double holds exactly), sealed is true or false, the others are texts with
// the values of the canonical text. sealed is true exactly if seal is not
// empty; only then must digest, sealed_at and generation be set, else they
// may be the empty text. state is one of loading, sealed, verifying,
// quarantined, lost, released. A reader accepts white space between tokens
// and refuses every other deviation, up to 16 KiB.
//
// # Format of the secret files
//
// A token file holds the token, 16 to 4096 bytes, and optionally one newline.
// An identity file holds 64 digits of lower-case hexadecimal and a newline.
// Both are regular files of the user who runs the engine, mode 0600 or less,
// with one name, and not reached through a symbolic link as last element.
//
// # Not for
//
// Deciding what happens after a verdict, knowing which shards live (package
// actors), or checking what comes from outside in general: package
// internal/input decides which ids are good, this package only what a seal
// can express.
//
// # Ownership
//
// Slices with secrets that are given to [NewKeyring] are zeroed by it. Other
// slices are used during the call only. What is returned belongs to the
// caller, who closes a [Keyring].
//
// # Concurrency
//
// A [Keyring] and a [Signer] may be used from any goroutine, also while
// another closes the Keyring: a call either completes or fails with
// ErrKeyClosed. Handles are values.
//
// # Units
//
// Sizes are bytes in a uint64, since a leaf imports no sibling but
// seal/verity; times are time.Time in UTC; a digest is a verity.Digest.
//
// # Failure
//
// Errors that a caller can branch on are of type [Code]. A seal that does not
// fit is always [ErrSealVerificationFailed], whatever is wrong with it. No
// error, text or log value holds a key, a token or an identity. Keys pass
// through the heap while they are used; a build with
// GOEXPERIMENT=runtimesecret erases what that leaves. [Keyring.Notes] says
// what the system did not allow: without memfd_secret a debugger with enough
// rights can read the page.
package seal
