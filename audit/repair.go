package audit

import (
	"crypto/sha256"
	"io"

	"github.com/cockroachdb/errors"
)

// repair opens the files anew after a failure that leaves them in doubt, cuts
// what is not part of the log, and compares the rest with what memory knows.
// While they differ, or cannot be read, the log stays unavailable.
func (s *store) repair() error {
	if s.seg != nil {
		if err := s.reopenSegment(); err != nil {
			return err
		}
	}
	if err := s.reopenHead(); err != nil {
		return err
	}
	s.broken = false
	return nil
}

func (s *store) reopenSegment() error {
	f, err := s.dir.Open(s.segName, readWrite, 0)
	if err != nil {
		return errors.Wrapf(err, "%s could not be opened again", s.segName)
	}
	if err := s.sameSegment(f); err != nil {
		return errors.Join(err, f.Close())
	}
	old := s.seg
	s.seg = f
	return errors.Wrapf(old.Close(), "%s could not be closed after a failure", s.segName)
}

// sameSegment makes the file end where the log ends, durably, and checks every
// byte before that.
func (s *store) sameSegment(f file) error {
	n, err := f.Size()
	if err != nil {
		return errors.Wrapf(err, "%s could not be examined", s.segName)
	}
	if n < offset(s.segSize) {
		return fail(ErrTruncated, nil, "%s has %d bytes of the %d that were written", s.segName, n, s.segSize)
	}
	if err := f.Truncate(offset(s.segSize)); err != nil {
		return errors.Wrapf(err, "%s could not be cut to its good bytes", s.segName)
	}
	if err := f.Sync(); err != nil {
		return errors.Wrapf(err, "%s could not be made durable", s.segName)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, offset(s.segSize))); err != nil {
		return errors.Wrapf(err, "%s could not be read back", s.segName)
	}
	if !sameSum(sum, s.segSum) {
		return &TamperError{Segment: s.segName, Reason: "changed: it is not what was written, as reading it back after a failure shows"}
	}
	return nil
}

// reopenHead checks that the slot that was last written in full is still
// there. The other slot may hold anything: it is the next to be written.
func (s *store) reopenHead() error {
	f, err := s.dir.Open(headName, readWrite, 0)
	if err != nil {
		return errors.Wrap(err, "the head could not be opened again")
	}
	if err := s.sameHead(f); err != nil {
		return errors.Join(err, f.Close())
	}
	old := s.headFile
	s.headFile = f
	return errors.Wrap(old.Close(), "the head could not be closed after a failure")
}

func (s *store) sameHead(f file) error {
	slot := make([]byte, slotSize)
	if _, err := f.ReadAt(slot, slotOffset(s.head.n)); err != nil {
		return errors.Wrap(err, "the head could not be read back")
	}
	h, err := verifyHead(slot, s.signer.PublicKey())
	if err != nil || h != s.head {
		return &TamperError{Segment: headName, Reason: "changed: it is not what was written, as reading it back after a failure shows"}
	}
	return nil
}
