package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"io/fs"
	"slices"

	"github.com/cockroachdb/errors"
)

// Recovered says what Open found.
type Recovered struct {
	Created bool   // there was no log: this one is new and empty
	Records uint64 // in the log when it was opened
	// LastKind is the kind of the last of them. Where it is not EngineStopped,
	// the engine that wrote the log did not end as it should.
	LastKind Kind
	// CutBytes is the length of an incomplete end that was never acknowledged
	// and was cut. An AuditRecovered record says so in the log.
	CutBytes uint64
	// Unacknowledged is how many complete records follow the signed head: they
	// were written, but whoever wrote them was not told so. They are kept.
	Unacknowledged uint64
	// KeyRewritten says that the public key beside the log was missing or was
	// another one, and was written again.
	KeyRewritten bool
}

// load opens the files of a log, creating it where there is none. The caller
// holds the lock.
func load(dir files, o Options) (*store, Recovered, error) {
	names, err := dir.Names()
	if err != nil {
		return nil, Recovered{}, fail(ErrUnavailable, err, "%s cannot be listed", o.Dir)
	}
	// What a killed writer created or renamed may not be durable yet.
	if err := dir.Sync(); err != nil {
		return nil, Recovered{}, fail(ErrUnavailable, err, "%s cannot be made durable", o.Dir)
	}
	var found Recovered
	if !slices.Contains(names, headName) {
		if segs := segments(names); len(segs) > 0 {
			return nil, Recovered{}, &TamperError{Segment: headName, Reason: "removed: the signed head is missing, although the log has files"}
		}
		found.Created = true
		if err := create(dir, o.Signer); err != nil {
			return nil, Recovered{}, err
		}
	}
	s := &store{dir: dir, signer: o.Signer, clock: o.Clock, limit: o.SegmentBytes}
	state, err := s.loadHead()
	if err != nil {
		return nil, Recovered{}, err
	}
	err = s.loadLines(names, state, &found)
	if err == nil {
		found.KeyRewritten, err = restoreKey(dir, o.Signer.PublicKey())
	}
	if err == nil {
		err = checkSigner(s.head, o.Signer)
	}
	if err != nil {
		return nil, Recovered{}, errors.Join(err, s.close())
	}
	return s, found, nil
}

// loadHead opens the head and checks its signature.
func (s *store) loadHead() (headState, error) {
	f, err := s.dir.Open(headName, readWrite, 0)
	if err != nil {
		return headState{}, fail(ErrUnavailable, err, "the head cannot be opened")
	}
	state, err := trustHead(s.dir, f, s.signer.PublicKey())
	if err != nil {
		return headState{}, errors.Join(err, f.Close())
	}
	s.headFile, s.head = f, state.newest
	return state, nil
}

// trustHead reads the head, and explains why where it cannot be trusted.
func trustHead(dir files, f file, key ed25519.PublicKey) (headState, error) {
	state, err := readHead(f, key)
	// A writer that is at work may have changed the slots between our reads.
	for tries := 0; tries < 3 && errors.Is(err, errHead); tries++ {
		state, err = readHead(f, key)
	}
	switch {
	case err == nil:
		return state, nil
	case !errors.Is(err, errHead):
		return headState{}, fail(ErrUnavailable, err, "the head cannot be read")
	}
	if other, kerr := readKeyFile(dir); kerr == nil && !other.Equal(key) {
		if _, herr := readHead(f, other); herr == nil {
			return headState{}, fail(ErrOtherKey, nil,
				"the head was signed by key %s and not by %s; use the key (for an engine: the token and the identity file) that wrote it, or another directory",
				Fingerprint(other), Fingerprint(key))
		}
	}
	return headState{}, &TamperError{Segment: headName, Reason: "changed: neither slot carries a valid signature in its place"}
}

// loadLines checks the lines, cuts a torn end and opens the last segment.
func (s *store) loadLines(names []string, state headState, found *Recovered) error {
	got, err := scan(s.dir, names, state, func(e entry) { found.LastKind = e.kind })
	if err != nil {
		return err
	}
	found.Records, found.CutBytes, found.Unacknowledged = got.chain.seq(), got.torn, got.beyond
	s.chain, s.segSize, s.segSum = got.chain, got.tailBytes, got.tailSum
	if len(got.segments) == 0 {
		s.segSum = sha256.New()
		return nil
	}
	s.segName = got.segments[len(got.segments)-1]
	f, err := s.dir.Open(s.segName, readWrite, 0)
	if err != nil {
		return fail(ErrUnavailable, err, "%s cannot be opened for writing", s.segName)
	}
	s.seg = f
	// Durable also where nothing is cut: what a crash left in memory only must
	// not be taken for durable now.
	if got.torn > 0 {
		err = f.Truncate(offset(s.segSize))
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return fail(ErrUnavailable, err, "%s cannot be cut to its good bytes", s.segName)
	}
	return nil
}

// restoreKey writes the public key again where the file is not what it should
// be.
func restoreKey(dir files, key ed25519.PublicKey) (bool, error) {
	beside, err := readKeyFile(dir)
	switch {
	case err == nil && beside.Equal(key):
		return false, nil
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrInvalid):
		return true, writeKeyFile(dir, key)
	}
	return false, fail(ErrUnavailable, err, "%s cannot be read", keyFile)
}

func readKeyFile(dir files) (ed25519.PublicKey, error) {
	f, err := dir.Open(keyFile, readOnly, 0)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, maxKeyFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return ParsePublicKey(text)
}

// checkSigner makes sure, before anything rests on it, that what the signer
// signs its public key verifies.
func checkSigner(h head, signer Signer) error {
	slot, err := h.sign(signer)
	if err != nil {
		return fail(ErrUnavailable, err, "")
	}
	if _, err := verifyHead(slot, signer.PublicKey()); err != nil {
		return fail(ErrInvalid, nil, "Options.Signer makes signatures that its public key does not verify")
	}
	return nil
}
