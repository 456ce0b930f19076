// Package actors is the supervised tree: one actor per device on its locked
// thread, one per shard, a verifier that patrols, an auditor, and incidents.
//
// # What
//
// [Start] opens the devices and starts the tree; [System] is the way in: typed
// methods that send a message or queue work and wait for the answer. PIDs,
// futures and protoactor's types never leave this package. tree.go draws who
// owns what, who tells whom, and what each crash means.
//
// # Not for
//
// Rules. They are in plain structs of the packages below (gpu.Heap, ledger,
// seal.Judge, audit.Log) and in the records and the queue of this package,
// which tests drive without an actor system. Actors serialise, translate and
// answer.
//
// # Ownership
//
// What must survive a crash is in records outside the actor instances: intent,
// effect, commit. A restarted actor adopts its record. A shard goes from phase
// to phase by its actor only; the part of its record that says so is changed by
// its device's thread only; what checks found, and the check that waits, by
// whoever asks and whoever judges, under the record's lock.
//
// # Concurrency
//
// The methods of System are safe for concurrent use. Work for a device goes
// into its queue, which bounds nothing by itself: requests are bounded where
// they come in (Config.MaxPending). No actor waits for another inside Receive.
//
// # Units
//
// Sizes are gpu.Bytes, digests 32 bytes, times those of the local clock with
// its monotonic part.
//
// # Failure
//
// Refusals are [*Error] with a [Code]. A panic in any actor answers whoever
// asked with ErrCrashed, is recorded by type only, and restarts the actor;
// too many quarantine the device or the shard. A sticky driver error loses the
// device: everyone who waits on it is answered, and Config.OnFatal is told. What
// a driver reports outside of calls (package health) is recorded, and has what is
// resident digested again, or the device quarantined or lost.
package actors
