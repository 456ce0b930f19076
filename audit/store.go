package audit

import (
	"hash"
	"time"

	"github.com/cockroachdb/errors"
)

// store appends lines to the files. It is a plain struct: one goroutine uses
// it, and tests drive it without any.
//
// Lines and head are written in this order, each made durable before the next
// step: lines, head, acknowledgement. So the head never names a line that could
// be lost, and a head that was torn by a crash always has durable lines beyond
// the other slot.
type store struct {
	dir    files
	signer Signer
	clock  func() time.Time
	limit  uint64 // Options.SegmentBytes

	chain    chain
	spare    []byte // of the last batch's text, whose memory is used again
	head     head
	headFile file

	seg     file   // nil while there is no segment
	segName string // of seg
	segSize uint64 // its good bytes; what follows them is not part of the log
	segSum  hash.Hash

	// broken says that the files may not be what we believe, because a sync, a
	// truncation or a head write failed. They are examined before more is written.
	broken bool
}

// committed is the outcome of a commit.
type committed struct {
	first uint64 // the number of the first record
	// settled says that the lines are in the log for good, whatever the error:
	// they are durable, but the head does not name them yet.
	settled bool
}

// commit appends the records as one batch and makes them durable. After an
// error without settled, the log is as before.
func (s *store) commit(records []Record) (committed, error) {
	out := committed{first: s.chain.next}
	if s.broken {
		if err := s.repair(); err != nil {
			return out, err
		}
	}
	b, err := s.encode(records)
	if err != nil {
		return out, err
	}
	segment := s.segName
	rotate := s.seg == nil || (s.segSize > 0 && s.segSize+uint64(len(b.text)) > s.limit)
	if rotate {
		segment = segmentName(s.chain.next)
	}
	next := head{n: s.head.n + 1, seq: b.chain.seq(), size: b.chain.total, segment: segment, hash: b.chain.prev}
	slot, err := next.sign(s.signer)
	if err != nil {
		return out, err // before anything was written
	}
	if rotate {
		if err := s.rotate(segment); err != nil {
			return out, err
		}
	}
	if err := s.writeLines(b); err != nil {
		return out, err
	}
	out.settled = true
	if err := s.writeHead(slot); err != nil {
		s.broken = true
		return out, errors.Wrap(err, "the head could not be written")
	}
	s.head = next
	return out, nil
}

// rotate begins a new segment. The one before is durable already.
func (s *store) rotate(name string) error {
	f, err := s.dir.Open(name, createOnly, privateMode)
	if err != nil {
		return errors.Wrap(err, "a new segment could not be created")
	}
	if err := s.dir.Sync(); err != nil {
		return errors.Wrap(errors.Join(err, f.Close()), "a new segment could not be made durable")
	}
	old := s.seg
	s.seg, s.segName, s.segSize = f, name, 0
	s.segSum.Reset()
	if old == nil {
		return nil
	}
	return errors.Wrap(old.Close(), "the last segment could not be closed")
}

// writeLines appends the batch to the segment and makes it durable.
func (s *store) writeLines(b batch) error {
	if _, err := s.seg.WriteAt(b.text, offset(s.segSize)); err != nil {
		// The space comes back, and what was written of the batch goes.
		if terr := s.seg.Truncate(offset(s.segSize)); terr != nil {
			s.broken = true
			err = errors.Join(err, terr)
		}
		return errors.Wrapf(err, "%s could not be written", s.segName)
	}
	if err := s.seg.Sync(); err != nil {
		// After a failed sync the kernel may have forgotten which pages are
		// dirty; the next sync would succeed and mean nothing.
		s.broken = true
		return errors.Wrapf(err, "%s could not be made durable", s.segName)
	}
	s.chain = b.chain
	s.segSize += uint64(len(b.text))
	return addBytes(s.segSum, b.text)
}

// writeHead overwrites the older slot, in place and within the size that the
// file has had since its creation, so that a full disk does not stop it.
func (s *store) writeHead(slot []byte) error {
	if _, err := s.headFile.WriteAt(slot, slotOffset(s.head.n+1)); err != nil {
		return err
	}
	return s.headFile.Sync()
}

// close closes the files. It is called once.
func (s *store) close() error {
	var segErr error
	if s.seg != nil {
		segErr = s.seg.Close()
	}
	return errors.Join(segErr, s.headFile.Close())
}
