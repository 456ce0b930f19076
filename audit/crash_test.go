package audit

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/errors"
)

// script opens a log twice and writes to it in all ways: durable, queued,
// critical, more than fits a segment. It goes on after errors and returns what
// was acknowledged: the sequence number of each named record.
func script(t *testing.T, m *memFS, o Options, tries int) map[string]uint64 {
	t.Helper()
	acked := map[string]uint64{}
	n := 0
	for range 2 {
		l, _, err := open(o, m, nothing{})
		for i := 1; i < tries && err != nil; i++ {
			l, _, err = open(o, m, nothing{})
		}
		if err != nil {
			continue
		}
		for range 4 {
			n++
			if err := l.Emit(EngineStopped(fmt.Sprintf("emitted %d", n), true)); err != nil {
				t.Fatalf("emit: %v", err)
			}
			id := fmt.Sprintf("written %d", n)
			for range tries {
				seq, err := l.Write(t.Context(), VramSealed(id, 0, 1, "", "", ""))
				if err == nil {
					acked[id] = seq
					break
				}
				if !errors.Is(err, ErrUnavailable) {
					t.Fatalf("write: %v", err)
				}
			}
		}
		if err := l.Close(t.Context()); err != nil && !errors.Is(err, ErrUnavailable) {
			t.Fatalf("close: %v", err)
		}
	}
	return acked
}

// holds checks that everything that was acknowledged is in the log, in its
// place, and returns how many written records are there that were not.
func holds(t *testing.T, m *memFS, o Options, acked map[string]uint64) (extra int) {
	t.Helper()
	bySeq := map[uint64]string{}
	for _, e := range entries(t, m, o) {
		if e.kind != KindVramSealed {
			continue
		}
		id := fieldOf(e, "shard_id")
		bySeq[e.seq] = id
		if acked[id] != e.seq {
			extra++
		}
	}
	for id, seq := range acked {
		if bySeq[seq] != id {
			t.Errorf("record %d was acknowledged as %q and is %q", seq, id, bySeq[seq])
		}
	}
	return extra
}

// A crash at any operation, done, half done or not done, leaves a log that
// verifies, opens, holds all that was acknowledged, and can be written.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	whole := newMemFS()
	script(t, whole, testOptions(), 1)
	if whole.ops < 60 || len(whole.log) != whole.ops {
		t.Fatalf("the script makes only %d operations", whole.ops)
	}
	torn, beyond := 0, 0
	for op := 1; op <= whole.ops; op++ {
		for _, part := range []int{0, 37, 100} {
			m := newMemFS()
			m.fault = func(at int, _, _ string) *memFault {
				switch {
				case at == op:
					return &memFault{err: errDead, part: part}
				case at > op:
					return &memFault{err: errDead}
				}
				return nil
			}
			acked := script(t, m, testOptions(), 1)
			images := []string{imageKilled, imageDurable, imageTorn, imageTorn}
			for i, image := range images {
				seed := uint64(op*10000 + part*10 + i)
				found := reopen(t, m.crash(image, rand.New(rand.NewPCG(seed, 0))), acked)
				if t.Failed() {
					t.Fatalf("crash at %s, %d %% done, image %s, seed %d", whole.log[op-1], part, image, seed)
				}
				torn += int(found.CutBytes)
				beyond += int(found.Unacknowledged)
			}
		}
	}
	if torn == 0 || beyond == 0 {
		t.Fatalf("no crash left a torn end (%d) or unacknowledged records (%d): the test tests nothing", torn, beyond)
	}
}

func reopen(t *testing.T, m *memFS, acked map[string]uint64) Recovered {
	t.Helper()
	o := testOptions()
	report, err := verify(m, "(memory)", VerifyOptions{})
	if err != nil && (!errors.Is(err, ErrNoLog) || len(acked) > 0) {
		t.Errorf("verify after the crash: %v", err)
	}
	l, found, err := open(o, m, nothing{})
	if err != nil {
		t.Errorf("open after the crash: %v", err)
		return found
	}
	if found.CutBytes != report.TornBytes || found.Unacknowledged != report.Unacknowledged {
		t.Errorf("open found %+v, verify %+v", found, report)
	}
	if found.CutBytes+found.Unacknowledged > 0 && l.Stats().LastSeq != found.Records+1 {
		t.Errorf("%+v was not recorded before open returned", found)
	}
	mustWrite(t, l, PolicyViolation("after", "the crash", NoDevice))
	closeLog(t, l)
	after, err := verify(m, "(memory)", VerifyOptions{PublicKey: o.Signer.PublicKey()})
	if err != nil || after.TornBytes != 0 || after.Unacknowledged != 0 || !after.KeyPinned {
		t.Errorf("verify after the log was opened again: %+v, %v", after, err)
	}
	recorded := after.Kinds[KindAuditRecovered] > report.Kinds[KindAuditRecovered]
	if recorded != (found.CutBytes > 0 || found.Unacknowledged > 0) {
		t.Errorf("%+v was recorded: %v", found, recorded)
	}
	holds(t, m, o, acked)
	// The power may go now.
	dark := m.crash(imageDurable, nil)
	if last, err := verify(dark, "(memory)", VerifyOptions{}); err != nil || last.LastSeq != after.LastSeq {
		t.Errorf("verify after the power went: %+v, %v", last, err)
		return found
	}
	holds(t, dark, o, acked)
	return found
}

// A failure at any operation is survived without losing anything that was
// acknowledged, and what was refused is in the log only if it says so.
func TestFaultAnywhere(t *testing.T) {
	t.Parallel()
	whole := newMemFS()
	script(t, whole, testOptions(), 1)
	unacknowledged := 0
	for op := 1; op <= whole.ops; op++ {
		for _, part := range []int{0, 37, 100} {
			for _, times := range []int{1, 4} {
				m := newMemFS()
				m.fault = func(at int, _, _ string) *memFault {
					if at >= op && at < op+times {
						return &memFault{err: errors.New("test: input/output error"), part: part}
					}
					return nil
				}
				o := testOptions()
				acked := script(t, m, o, 10)
				m.fault = nil
				extra := holds(t, m, o, acked)
				counted := 0
				for _, e := range entries(t, m, o) {
					if e.kind == KindAuditRecovered {
						n := 0
						if _, err := fmt.Sscan(fieldOf(e, "unacknowledged"), &n); err != nil {
							t.Fatal(err)
						}
						counted += n
					}
				}
				if len(acked) != 8 || extra > counted {
					t.Errorf("%d records were acknowledged, %d others are there, %d are counted as unacknowledged", len(acked), extra, counted)
				}
				if r, err := verify(m, "(memory)", VerifyOptions{}); err != nil || r.TornBytes != 0 {
					t.Errorf("verify: %+v, %v", r, err)
				}
				if t.Failed() {
					t.Fatalf("fault at %s, %d %% done, %d times", whole.log[op-1], part, times)
				}
				unacknowledged += counted
			}
		}
	}
	if unacknowledged == 0 {
		t.Fatal("no fault left unacknowledged records: the test tests nothing")
	}
}
