package actors

import (
	"sync"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

// ShardSpec is what a caller says of a shard before it is loaded.
type ShardSpec struct {
	ID          string
	Size        gpu.Bytes
	ModelRef    string
	ShardIndex  int
	TotalShards int
	// Expect is the digest that must result; nil if the caller expects none.
	Expect *[32]byte
}

// phase is how far a shard's actor has come. What is promised to a restarted
// actor is decided by it alone.
type phase int

const (
	phaseNew        phase = iota // nothing was asked of the device
	phaseAllocating              // the device was asked for memory
	phaseLoading                 // bytes are arriving
	phaseDigesting               // the first digest is being taken
	phaseCommitting              // the audit record is being written
	phaseSealed                  // it serves, unless quarantined or lost
	phaseReleasing               // its memory is being scrubbed
	phaseReleased                // nothing is left
)

// shard is the record of one shard. It outlives the shard's actor, which is
// the only one that brings it from phase to phase. What is marked as the
// device's is changed on its thread only; what checks find and who waits for
// them is changed by whoever asks and whoever judges, under the lock.
type shard struct {
	spec   ShardSpec
	device *deviceRecord
	unit   string             // the name of its actor, never used twice
	age    uint64             // a shard that came later has a higher one
	send   func(shardMessage) // tells the shard's actor; set when it is spawned

	mu           sync.Mutex
	phase        phase
	state        seal.State
	handle       seal.Handle // set once, when sealed
	failure      *Failure    // set once, by the first mismatch
	lastVerified time.Time   // start of the last pass that found the seal intact
	exposures    uint64      // of its memory, when that pass started
	unverified   bool        // after a restart, until the next pass
	doubted      time.Time   // when that was
	refusal      error       // why it is released before it served

	// calls that the actor has to answer; a new incarnation finds them here
	loading  *call   // shardLoad or shardSeal
	waiting  []*call // for the release
	restarts int

	next   *digestJob // the check that is queued and has not begun: others may join it
	checks int        // how many are queued or under way

	// the device's: touched only on its thread
	buffer   *gpu.Buffer
	kept     gpu.Kept
	logged   bool       // the audit log says that the shard got memory
	pins     int        // passes and callbacks that are reading the buffer
	parked   *scrubWork // waits until the last pin is gone
	scrubbed *freed     // how its scrub ended, once it has
}

// tell sends the message to the shard's actor.
func (s *shard) tell(m shardMessage) {
	if s.send != nil {
		s.send(m)
	}
}

// Failure says what a shard's verification found. It is never forgotten.
type Failure struct {
	Reason   string        // "digest", "seal" or "residency"
	BadBlock int64         // first 4096-byte block that differs, or -1
	Measured string        // the digest of what is resident, where one was taken
	Took     time.Duration // how long the pass took that found it
	At       time.Time
	Incident string // the incident's id, once it has one
}

// Shard is a snapshot of a shard.
type Shard struct {
	Handle       seal.Handle
	State        seal.State
	Failure      *Failure // a copy; nil while nothing was found
	LastVerified time.Time
	Unverified   bool // restarted, and not verified since
}

func (s *shard) snapshot() Shard {
	s.mu.Lock()
	defer s.mu.Unlock()
	view := Shard{Handle: s.handle, State: s.state, LastVerified: s.lastVerified, Unverified: s.unverified}
	if s.handle.ShardID == "" { // not sealed yet
		view.Handle = s.draft()
	}
	view.Handle.State = s.state
	if s.failure != nil {
		f := *s.failure
		view.Failure = &f
	}
	return view
}

// refuse notes why a load is given up.
func (s *shard) refuse(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = reason
}

// refused returns why the load was given up, or otherwise.
func (s *shard) refused(otherwise error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusal != nil {
		return s.refusal
	}
	return otherwise
}

// set changes the phase and the state that others see.
func (s *shard) set(p phase, state seal.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.state = p, state
}

func (s *shard) at() phase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase
}

// serves returns nil if the shard may be used, apart from the check that has
// to come first.
func (s *shard) serves() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.usable()
}

// usable is serves for who holds the lock.
func (s *shard) usable() error {
	switch {
	case s.failure != nil:
		return fail(ErrIntegrity, s.spec.ID, "it failed verification (%s) and is quarantined: release it and seal it again", s.failure.Reason)
	case s.state == seal.StateLost:
		return fail(ErrDeviceLost, s.spec.ID, "its device is gone")
	case s.phase == phaseSealed:
		return nil
	case s.phase >= phaseReleasing:
		return fail(ErrNotFound, s.spec.ID, "it is being released")
	}
	return fail(ErrNotSealed, s.spec.ID, "it is still loading")
}

// doubt says that nothing is known of the shard's bytes from now on, until a
// pass that begins later.
func (s *shard) doubt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unverified, s.doubted = true, time.Now()
}

// passed records a pass that found the seal intact. Of two, the one that
// started later counts, whichever ended first.
func (s *shard) passed(started time.Time, exposures uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if started.After(s.lastVerified) {
		s.lastVerified, s.exposures = started, exposures
	}
	if !started.Before(s.doubted) {
		s.unverified = false
	}
}

// failed records a mismatch, once, and quarantines the shard. It reports
// whether this was the first.
func (s *shard) failed(f Failure) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.failure == nil
	if first {
		s.failure = &f
	}
	if s.phase == phaseSealed {
		s.state = seal.StateQuarantined
	}
	return first
}

// sealed returns the handle, if there is one.
func (s *shard) sealed() (seal.Handle, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.handle, s.handle.ShardID != ""
}
