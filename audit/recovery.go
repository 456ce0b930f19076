package audit

// recovery is what happened to the log since its last durable record, and is
// to be recorded before anything else.
type recovery struct {
	reason         string
	cutBytes       uint64
	unacknowledged uint64
	failures       uint64
}

const (
	recoveredCrash  = "the log was not closed"
	recoveredOutage = "the log could not be written"
)

// pending reports whether there is anything to record.
func (r recovery) pending() bool { return r.reason != "" }

// afterOpen is the recovery that opening the log calls for.
func afterOpen(f Recovered) recovery {
	if f.CutBytes == 0 && f.Unacknowledged == 0 {
		return recovery{}
	}
	return recovery{reason: recoveredCrash, cutBytes: f.CutBytes, unacknowledged: f.Unacknowledged}
}

// failed counts a commit that failed; settled is how many of its lines are in
// the log nevertheless.
func (r recovery) failed(settled int) recovery {
	if r.reason == "" {
		r.reason = recoveredOutage
	}
	r.failures++
	r.unacknowledged += uint64(max(settled, 0))
	return r
}
