package audit

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/cockroachdb/errors"
)

// testSigner is a key from a seed byte, which can be told to fail.
type testSigner struct {
	key  ed25519.PrivateKey
	fail *bool
}

func newTestSigner(seed byte) testSigner {
	s := make([]byte, ed25519.SeedSize)
	s[0] = seed
	return testSigner{key: ed25519.NewKeyFromSeed(s), fail: new(bool)}
}

func (s testSigner) Sign(m []byte) ([]byte, error) {
	if *s.fail {
		return nil, errors.New("test: the key is closed")
	}
	return ed25519.Sign(s.key, m), nil
}

func (s testSigner) PublicKey() ed25519.PublicKey {
	return ed25519.PublicKey(s.key[ed25519.SeedSize:])
}

// steadyClock advances by a second at each call.
func steadyClock() func() time.Time {
	now := time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// testOptions write only when somebody waits, so that tests are repeatable.
func testOptions() Options {
	return Options{
		Dir: "(memory)", Signer: newTestSigner(1), Clock: steadyClock(),
		FlushEvery: time.Hour, RetryEvery: time.Hour, SegmentBytes: 700,
	}.withDefaults()
}

type nothing struct{}

func (nothing) Close() error { return nil }

func openMem(t *testing.T, m *memFS, o Options) (*Log, Recovered) {
	t.Helper()
	l, found, err := open(o, m, nothing{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return l, found
}

func closeLog(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Close(t.Context()); err != nil {
		t.Fatalf("close: %v", err)
	}
}

func mustWrite(t *testing.T, l *Log, r Record) uint64 {
	t.Helper()
	seq, err := l.Write(t.Context(), r)
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	return seq
}

// entries reads a log with the package's own reader.
func entries(t *testing.T, m *memFS, o Options) []entry {
	t.Helper()
	f, err := m.Open(headName, readOnly, 0)
	if err != nil {
		t.Fatal(err)
	}
	state, err := readHead(f, o.Signer.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	names, err := m.Names()
	if err != nil {
		t.Fatal(err)
	}
	var out []entry
	if _, err := scan(m, names, state, func(e entry) { out = append(out, e) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// fieldOf returns the text of a field, "" when there is none.
func fieldOf(e entry, name string) string {
	for _, f := range e.fields {
		if f.name == name {
			return f.text
		}
	}
	return ""
}
