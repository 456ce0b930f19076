package audit

import (
	"crypto/ed25519"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/cockroachdb/errors"
)

// VerifyOptions say what a log is checked against.
type VerifyOptions struct {
	// PublicKey is the key that must have signed the head: a copy that was kept
	// elsewhere. Nil takes the audit-key.pem that lies beside the log, which
	// whoever can rewrite the log can replace too; the report then says so.
	PublicKey ed25519.PublicKey
}

// Report is what Verify found in a log that is intact.
type Report struct {
	Records   uint64          `json:"records"`
	FirstSeq  uint64          `json:"first_seq"` // 0 when there are no records
	LastSeq   uint64          `json:"last_seq"`
	FirstTime time.Time       `json:"first_time"`
	LastTime  time.Time       `json:"last_time"`
	Bytes     uint64          `json:"bytes"`
	Segments  int             `json:"segments"`
	Kinds     map[Kind]uint64 `json:"kinds"`
	// KeyFingerprint names the key that signed the head; KeyPinned says that it
	// was given in VerifyOptions.
	KeyFingerprint string `json:"key_fingerprint"`
	KeyPinned      bool   `json:"key_pinned"`
	// HeadSeq is the last record that the signed head covers. Unacknowledged
	// records follow it; a crash, or a writer at work, leaves such.
	HeadSeq        uint64 `json:"head_seq"`
	Unacknowledged uint64 `json:"unacknowledged"`
	// HeadTorn says that the newer of the two heads is not valid, as after a
	// crash in the middle of its write; the older one was used.
	HeadTorn bool `json:"head_torn"`
	// TornBytes follow the last complete record. A crash leaves such; the next
	// Open cuts them.
	TornBytes uint64 `json:"torn_bytes"`
}

// Verify checks a whole log: the signature of its head, every line, the chain
// across all files, and that nothing is missing up to the head. It only reads,
// takes no lock and may run beside a writer. It blocks on the disk and needs
// memory that does not grow with the log. It is safe for concurrent use.
//
// Errors: ErrNoLog; ErrTampered, with a *TamperError; ErrTruncated; ErrOtherKey;
// ErrInvalid for a key that is none; ErrUnavailable when the files cannot be read.
func Verify(dir string, o VerifyOptions) (Report, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Report{}, fail(ErrNoLog, nil, "%s does not exist; give the directory of an audit log", dir)
	case err != nil:
		return Report{}, fail(ErrUnavailable, err, "the directory cannot be examined")
	case !info.IsDir():
		return Report{}, fail(ErrNoLog, nil, "%s is not a directory; give the directory of an audit log", dir)
	}
	return verify(disk{dir}, dir, o)
}

func verify(dir files, path string, o VerifyOptions) (Report, error) {
	r := Report{Kinds: map[Kind]uint64{}, KeyPinned: o.PublicKey != nil}
	if r.KeyPinned && len(o.PublicKey) != ed25519.PublicKeySize {
		return Report{}, fail(ErrInvalid, nil, "VerifyOptions.PublicKey is no Ed25519 public key")
	}
	state, key, err := readTrusted(dir, path, o)
	if err != nil {
		return Report{}, err
	}
	// The head was read first: lines that a writer adds meanwhile follow it.
	names, err := dir.Names()
	if err != nil {
		return Report{}, fail(ErrUnavailable, err, "%s cannot be listed", path)
	}
	got, err := scan(dir, names, state, r.see)
	if err != nil {
		return Report{}, err
	}
	r.KeyFingerprint = Fingerprint(key)
	r.Segments = len(got.segments)
	r.HeadSeq, r.HeadTorn, r.Unacknowledged = state.newest.seq, state.torn, got.beyond
	r.LastSeq, r.Bytes, r.TornBytes = got.chain.seq(), got.chain.total, got.torn
	return r, nil
}

// see counts a line.
func (r *Report) see(e entry) {
	if r.Records == 0 {
		r.FirstSeq, r.FirstTime = e.seq, e.time
	}
	r.Records++
	r.LastTime = e.time
	r.Kinds[e.kind]++
}

// readTrusted reads the head and checks it with the key that was given or lies
// beside the log.
func readTrusted(dir files, path string, o VerifyOptions) (headState, ed25519.PublicKey, error) {
	f, err := dir.Open(headName, readOnly, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return headState{}, nil, missingHead(dir, path)
	}
	if err != nil {
		return headState{}, nil, fail(ErrUnavailable, err, "the head cannot be read")
	}
	key := o.PublicKey
	if key == nil {
		key, err = readKeyFile(dir)
	}
	if err != nil {
		return headState{}, nil, errors.Join(
			fail(ErrTampered, err, "%s cannot be used; give the copy of the public key that was kept elsewhere", keyFile), f.Close())
	}
	state, err := trustHead(dir, f, key)
	if err := errors.Join(err, f.Close()); err != nil {
		return headState{}, nil, err
	}
	return state, key, nil
}

func missingHead(dir files, path string) error {
	names, err := dir.Names()
	if err != nil {
		return fail(ErrUnavailable, err, "%s cannot be listed", path)
	}
	if slices.ContainsFunc(names, func(n string) bool { _, ok := segmentStart(n); return ok }) {
		return &TamperError{Segment: headName, Reason: "removed: the signed head is missing, although the log has files"}
	}
	return fail(ErrNoLog, nil, "%s holds none; give the directory of an audit log", path)
}
