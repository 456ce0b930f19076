package audit

import (
	"hash"
	"runtime"
	"slices"
	"time"

	"github.com/cockroachdb/errors"
)

// batch is lines that are written as one.
type batch struct {
	text  []byte
	chain chain // as it is after them
}

// yieldEvery is after how many lines others are let run, whose work may be more
// urgent than the log of it.
const yieldEvery = 64

// encode gives the records their numbers and times, and makes lines of them.
// It changes nothing of the store; the text is valid until the next call.
func (s *store) encode(records []Record) (batch, error) {
	b := batch{chain: s.chain, text: s.spare[:0]}
	defer func() { s.spare = b.text }()
	for i, r := range records {
		if i%yieldEvery == 0 {
			runtime.Gosched()
		}
		e := entry{seq: b.chain.next, kind: r.kind, severity: r.severity, fields: cleanFields(r.fields), prev: b.chain.prev}
		var held bool
		if e.time, held = s.timeAfter(b.chain.last); held {
			e.fields = withHeldClock(e.fields)
		}
		start := len(b.text)
		b.text = appendLine(b.text, e)
		line := b.text[start:]
		if len(line) > maxLine {
			return batch{}, errors.AssertionFailedf("audit: a line of %d bytes, kind %s", len(line), string(r.kind))
		}
		b.chain.advance(e, line)
		b.text = append(b.text, '\n')
	}
	return b, nil
}

// timeAfter reads the clock. The log's time never goes backwards: where the
// clock does, or shows a year that the format cannot hold, the last time is
// kept and held is true.
func (s *store) timeAfter(last time.Time) (now time.Time, held bool) {
	now = s.clock().UTC().Round(0)
	switch {
	case now.Year() >= 1 && now.Year() <= 9999 && !now.Before(last):
		return now, false
	case last.IsZero():
		return time.Unix(0, 0).UTC(), true
	}
	return last, true
}

// addBytes hashes text. A hash takes all bytes and never fails; only its
// interface could.
func addBytes(sum hash.Hash, text []byte) error {
	if _, err := sum.Write(text); err != nil {
		return errors.NewAssertionErrorWithWrappedErrf(err, "audit: hashing lines")
	}
	return nil
}

// sameSum reports whether two running hashes have taken the same bytes.
func sameSum(a, b hash.Hash) bool { return slices.Equal(a.Sum(nil), b.Sum(nil)) }
