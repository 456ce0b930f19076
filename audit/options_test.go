package audit

import (
	"crypto/ed25519"
	"slices"
	"testing"
	"time"

	"github.com/cockroachdb/errors"
)

func TestSignerFails(t *testing.T) {
	m := newMemFS()
	o := testOptions()
	s := newTestSigner(1)
	o.Signer = s
	l, _ := openMem(t, m, o)
	*s.fail = true
	if _, err := l.Write(t.Context(), OperatorAction("", "", "", "")); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("write: %v", err)
	}
	*s.fail = false
	if seq := mustWrite(t, l, OperatorAction("", "", "", "")); seq != 2 {
		t.Errorf("written as %d", seq) // after the record of the outage
	}
	closeLog(t, l)
	o.Signer = liar{s}
	if _, _, err := open(o, m, nothing{}); !errors.Is(err, ErrInvalid) {
		t.Errorf("opened with a signer that signs for another key: %v", err)
	}
}

type liar struct{ testSigner }

func (liar) Sign(m []byte) ([]byte, error) { return newTestSigner(9).Sign(m) }

func TestClockGoesBackwards(t *testing.T) {
	m := newMemFS()
	o := testOptions()
	at := time.Date(2026, 5, 5, 5, 5, 5, 0, time.FixedZone("", 3600))
	steps := []time.Duration{0, time.Hour, -time.Hour, time.Minute, -time.Nanosecond, 2 * time.Hour}
	o.Clock = func() time.Time {
		if len(steps) > 0 {
			at, steps = at.Add(steps[0]), steps[1:]
		}
		return at
	}
	l, _ := openMem(t, m, o)
	for range 6 {
		mustWrite(t, l, OperatorAction("", "", "", ""))
	}
	at = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	mustWrite(t, l, OperatorAction("", "", "", ""))
	closeLog(t, l)
	var got []string
	for _, e := range entries(t, m, o) {
		got = append(got, e.time.Format(time.TimeOnly)+" "+fieldOf(e, "clock"))
	}
	want := []string{"04:05:05 ", "05:05:05 ", "05:05:05 held", "05:05:05 held", "05:05:05 held", "06:06:04 ", "06:06:04 held"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := Options{Dir: t.TempDir() + "/a", Signer: newTestSigner(1)}
	for name, change := range map[string]func(*Options){
		"no directory":   func(o *Options) { o.Dir = "" },
		"no signer":      func(o *Options) { o.Signer = nil },
		"no key":         func(o *Options) { o.Signer = keyless{newTestSigner(1)} },
		"negative queue": func(o *Options) { o.MaxQueue = -1 },
		"negative flush": func(o *Options) { o.FlushEvery = -1 },
		"negative retry": func(o *Options) { o.RetryEvery = -1 },
	} {
		o := good
		change(&o)
		if _, _, err := Open(o); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type keyless struct{ testSigner }

func (keyless) PublicKey() ed25519.PublicKey { return nil }
