// Package props holds the properties that the project states about itself:
// what must be true whatever is done, checked on thousands of random runs.
//
// # What
//
// Every property has a number, a name and one test function. A test's
// comment repeats the number.
//
// The book of a device (package ledger), driven at random with good, bad and
// extreme calls, and watched after each:
//
//	P-101  TestLedgerNeverAboveCapacity        mapped and promised bytes, used and reserved bytes, and mapped
//	                                           and external bytes each stay within the capacity (RP-001)
//	P-102  TestLedgerSumsAreThoseOfLiveShards  every figure is what exact arithmetic over the live shards gives;
//	                                           none has wrapped below zero
//	P-103  TestLedgerFailedSealLeavesNothing   a shard that is abandoned anywhere on its way leaves the book as it was
//	P-104  TestLedgerObservesAnything          whatever the device reports as free, shards and promises stay, and what
//	                                           is available is exactly what is neither ours nor external
//	P-105  TestLedgerRefusalChangesNothing     a call that returns an error has changed nothing
//	P-106  TestLedgerGivesWhatIsAvailable      what is available can be reserved, and one byte more cannot
//	P-107  TestLedgerKeepsPromises             what was reserved can be mapped, whatever others do in between
//	P-108  TestLedgerReconciles                the extents that a device lists become the book's, and promises give way
//
// What comes from outside (package internal/input):
//
//	P-201  TestSizesRoundTrip                  a size written in any unit is read as that size; what exceeds 64 bits is
//	                                           refused (IV-001)
//	P-202  TestFileNamesGiveShardIDs           every file name gives a valid id, and a valid id gives itself (IV-003)
//	P-203  TestDigestsHaveOneText              a digest is read back from its text, and no other text gives it (IV-004)
//	P-204  TestRefusalsCannotForge             an error about any text is one line of printable ASCII (IV-005)
//
// Sizes (package gpu), against arithmetic of arbitrary precision:
//
//	P-301  TestBytesNeverWrap                  sums, differences and products are exact, or refused (MS-003)
//	P-302  TestBytesSaturate                   saturating sums and differences stop at the bounds (RP-002)
//	P-303  TestBytesRoundUp                    the next multiple is exact, or refused
//	P-304  TestBytesWithinIsExact              a range lies within a size exactly when arithmetic says so (MS-007)
//
// The whole engine on a hostile simulated device, driven at random with seals at
// the borders of packs and extents, verifications, callbacks, flipped bits,
// failing driver calls, forged handles, operators' words and reopening, all in
// TestEngineKeepsItsPromises, whose failures name the property:
//
//	P-401  no callback runs on changed bytes, and a callback sees the sealed ones
//	P-402  every changed block is found by the next verification, and a changed one is named
//	P-403  ledger, live shards and the device's memory agree after every step
//	P-404  the capacity is never exceeded
//	P-405  everything that was freed is zero, or its device is out of use
//	P-406  every request is answered: a step that is not ends the test by its time limit
//	P-407  the audit log is a valid chain that tells of each seal and each release
//	P-408  no output, log line or record contains the token, bytes of a model, or an address
//
// This is a module of its own, so that its dependencies do not reach those
// who embed the engine.
//
// # Not for
//
// Examples of single cases: those are tests of the packages.
//
// # Ownership
//
// Each check makes what it needs and keeps nothing.
//
// # Concurrency
//
// The properties run one after the other. After the last one no goroutine
// may be left.
//
// # Units
//
// As in the packages.
//
// # Failure
//
// A failure prints the steps, shrunk to few, and the command that repeats
// them; rapid leaves the script under testdata/rapid. Each property is
// checked a hundred times; for more:
//
//	go test ./... -rapid.checks=10000
package props
