package seal

// State is where a shard is in its life. It is shown beside the immutable
// fields of a handle and is not covered by the seal.
type State string

// The states of a shard.
const (
	StateLoading     State = "loading"     // bytes are on their way into device memory
	StateSealed      State = "sealed"      // resident and sealed
	StateVerifying   State = "verifying"   // sealed, and being digested again
	StateQuarantined State = "quarantined" // refused after a mismatch, until an operator decides
	StateLost        State = "lost"        // its device is lost
	StateReleased    State = "released"    // scrubbed and given back
)

// Valid reports whether s is one of the states above.
func (s State) Valid() bool {
	switch s {
	case StateLoading, StateSealed, StateVerifying, StateQuarantined, StateLost, StateReleased:
		return true
	}
	return false
}
