package audit

import "crypto/sha256"

// diagnose says what was done to the log where a line does not fit, and where.
// It may read on in the segment: the log is refused anyway.
func (c *chain) diagnose(f fit, e entry, line []byte, rest *lineReader, at TamperError) error {
	sum := sha256.Sum256(line)
	before := at
	before.Line--
	before.Seq--
	after, readable := nextEntry(rest)
	switch {
	case f == repeat && e.seq == c.seq() && e.prev == c.before && before.Line > 0:
		before.Reason = "inserted: the record after it has the same number and belongs in its place"
		return &before
	case (f == repeat || f == gap) && e.prev == c.prev:
		at.Reason = "changed: its number is not the one of its place"
	case f == repeat:
		at.Seq = e.seq
		at.Reason = "inserted: a record with this number stands before it"
	case f == gap && readable && (after.seq == c.next || findSeq(rest, c.next)):
		at.Reason = "reordered: the record that belongs here stands further down"
	case f == gap:
		at.Reason = "removed: the record that belongs here is missing"
	case f == backward:
		at.Reason = "changed: its time is before that of the record before it"
	case before.Line > 0 && readable && after.prev == sum:
		// This line is what the next one names, so it was the line before that
		// differs from what was written.
		before.Reason = "changed: its SHA-256 is not the one that the next record names"
		return &before
	default:
		at.Reason = "changed: it does not name the SHA-256 of the record before it"
	}
	return &at
}

// nextEntry reads one more line; false when there is none that can be read.
func nextEntry(rest *lineReader) (entry, bool) {
	line, ended, err := rest.next()
	if err != nil || !ended {
		return entry{}, false
	}
	e, err := parseLine(line)
	return e, err == nil
}

// findSeq looks for a line with the number in the rest of the segment.
func findSeq(rest *lineReader, seq uint64) bool {
	for {
		e, ok := nextEntry(rest)
		if !ok {
			return false
		}
		if e.seq == seq {
			return true
		}
	}
}
