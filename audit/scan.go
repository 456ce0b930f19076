package audit

import (
	"crypto/sha256"
	"hash"
	"io"

	"github.com/cockroachdb/errors"
)

// scanned is what a pass over all lines found.
type scanned struct {
	chain    chain
	segments []string
	// The last segment: its good bytes, their hash so far, and how many bytes
	// follow that are no lines of the log.
	tailBytes uint64
	tailSum   hash.Hash
	torn      uint64
	beyond    uint64 // lines past the head
}

// scan checks every line against the chain and the head, in memory that does
// not grow with the log. see is called for each good line; it keeps nothing of
// the entry's line.
//
// What follows the head was never acknowledged, so there the first line that
// does not fit is where the log ends; before it that is tampering.
func scan(dir files, names []string, h headState, see func(entry)) (scanned, error) {
	s := &scanner{dir: dir, head: h.newest, see: see}
	s.chain = newChain()
	s.segments = segments(names)
	s.tailSum = sha256.New()
	for i, name := range s.segments {
		if err := s.segment(name, i == len(s.segments)-1); err != nil {
			return scanned{}, err
		}
	}
	if s.chain.seq() < s.head.seq {
		return scanned{}, fail(ErrTruncated, nil,
			"the head names record %d, but the log ends after record %d; the records between are lost", s.head.seq, s.chain.seq())
	}
	s.beyond = s.chain.seq() - s.head.seq
	if h.torn && s.beyond == 0 {
		return scanned{}, &TamperError{Segment: headName, Reason: "changed: one of its two slots is not valid, although no write of it was under way"}
	}
	return s.scanned, nil
}

type scanner struct {
	scanned
	dir  files
	head head
	see  func(entry)
}

// segment checks one file.
func (s *scanner) segment(name string, last bool) error {
	if first, ok := segmentStart(name); !ok || first != s.chain.next {
		return &TamperError{Segment: name, Seq: s.chain.next, Reason: "removed: the file that should begin with this record is missing"}
	}
	f, err := s.dir.Open(name, readOnly, 0)
	if err != nil {
		return fail(ErrUnavailable, err, "%s cannot be read", name)
	}
	err = s.lines(f, name, last)
	if cerr := f.Close(); cerr != nil {
		err = errors.Join(err, fail(ErrUnavailable, cerr, "%s cannot be closed", name))
	}
	return err
}

func (s *scanner) lines(f file, name string, last bool) error {
	bytes, err := f.Size()
	if err != nil {
		return fail(ErrUnavailable, err, "%s cannot be read", name)
	}
	s.tailBytes = 0
	s.tailSum.Reset()
	r := newLineReader(f, bytes)
	for n := uint64(1); ; n++ {
		line, ended, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fail(ErrUnavailable, err, "%s cannot be read", name)
		}
		place := TamperError{Segment: name, Line: n, Seq: s.chain.next}
		beyond := s.chain.seq() >= s.head.seq
		bad := s.line(line, ended, r, &place)
		switch {
		case bad == nil:
		case last && beyond: // never acknowledged
			s.torn = length(bytes) - s.tailBytes
			return nil
		case last && !ended && len(line) <= maxLine:
			return fail(ErrTruncated, nil, "%s ends inside record %d, but the head names record %d", name, s.chain.next, s.head.seq)
		default:
			return bad
		}
	}
}

// line takes one line, or says at which place the log is not what was written.
func (s *scanner) line(line []byte, ended bool, r *lineReader, place *TamperError) error {
	if !ended {
		place.Reason = "changed: the line has no end"
		return place
	}
	e, err := parseLine(line)
	if err != nil {
		place.Reason = "changed: this is not a line as the engine writes it"
		return place
	}
	if f := s.chain.fit(e); f != fits {
		return s.chain.diagnose(f, e, line, r, *place)
	}
	s.chain.advance(e, line)
	s.tailBytes += uint64(len(line)) + 1
	if err := errors.Join(addBytes(s.tailSum, line), addBytes(s.tailSum, []byte{'\n'})); err != nil {
		return err
	}
	if s.chain.seq() == s.head.seq && !s.head.names(s.chain, place.Segment) {
		place.Reason = "rewritten: this is not the record that the signed head names"
		return place
	}
	s.see(e)
	return nil
}

// names reports whether the head was written when the chain ended here.
func (h head) names(c chain, segment string) bool {
	return h.seq == c.seq() && h.size == c.total && h.hash == c.prev && h.segment == segment
}
