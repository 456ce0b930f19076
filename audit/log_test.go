package audit

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/errors"
)

// gate blocks the synchronisation of lines until it is opened.
func gate(m *memFS) (entered <-chan struct{}, release func()) {
	in, open := make(chan struct{}, 100), make(chan struct{})
	m.fault = func(_ int, what, name string) *memFault {
		if _, line := segmentStart(name); what == "sync" && line {
			m.mu.Unlock() // other files go on meanwhile
			in <- struct{}{}
			<-open
			m.mu.Lock()
		}
		return nil
	}
	return in, func() { close(open) }
}

func TestEmitIsWrittenInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := testOptions()
		o.FlushEvery = 5 * time.Millisecond
		l, found := openMem(t, newMemFS(), o)
		if !found.Created {
			t.Errorf("found %+v", found)
		}
		if err := l.Emit(EngineStopped("later", true)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := l.Stats(); s.LastSeq != 0 || s.Queued != 1 {
			t.Fatalf("written before its time: %+v", s)
		}
		time.Sleep(o.FlushEvery)
		synctest.Wait()
		if s := l.Stats(); s.LastSeq != 1 || s.Queued != 0 {
			t.Fatalf("not written in time: %+v", s)
		}
		if err := l.Emit(PolicyViolation("now", "", NoDevice)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := l.Stats(); s.LastSeq != 2 {
			t.Fatalf("a critical record waits: %+v", s)
		}
		closeLog(t, l)
	})
}

func TestFullQueueDropsAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemFS()
		o := testOptions()
		o.MaxQueue = 3
		l, _ := openMem(t, m, o)
		for i := range 5 {
			err := l.Emit(EngineStopped(fmt.Sprint(i), true))
			if full := i >= 3; errors.Is(err, ErrFull) != full {
				t.Fatalf("emit %d: %v", i, err)
			}
		}
		if s := l.Stats(); s.Dropped != 2 || s.Queued != 3 {
			t.Fatalf("%+v", s)
		}
		// A durable write is not refused, and the gap is recorded behind what was queued.
		if seq := mustWrite(t, l, OperatorAction("", "", "written", "")); seq != 4 {
			t.Errorf("written as %d", seq)
		}
		synctest.Wait()
		mustWrite(t, l, OperatorAction("", "", "last", ""))
		closeLog(t, l)
		var got []string
		for _, e := range entries(t, m, o) {
			got = append(got, string(e.kind)+fieldOf(e, "dropped"))
		}
		want := []string{"EngineStopped", "EngineStopped", "EngineStopped", "OperatorAction", "AuditDropped2", "OperatorAction"}
		if !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// Several records at once are queued as far as there is room, or not at all if
// one of them may not be written.
func TestEmitOfSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemFS()
		o := testOptions()
		o.MaxQueue = 3
		l, _ := openMem(t, m, o)
		some := func(n int) []Record {
			var records []Record
			for i := range n {
				records = append(records, EngineStopped(fmt.Sprint(i), true))
			}
			return records
		}
		if err := l.Emit(); err != nil {
			t.Errorf("none: %v", err)
		}
		if err := l.Emit(append(some(1), Record{})...); !errors.Is(err, ErrInvalid) || l.Stats().Queued != 0 {
			t.Errorf("with one that is not valid: %v, %+v", err, l.Stats())
		}
		if err := l.Emit(some(2)...); err != nil {
			t.Errorf("two: %v", err)
		}
		if err := l.Emit(some(4)...); !errors.Is(err, ErrFull) || l.Stats().Queued != 3 || l.Stats().Dropped != 3 {
			t.Errorf("four where there is room for one: %v, %+v", err, l.Stats())
		}
		closeLog(t, l)
		var got []string
		for _, e := range entries(t, m, o) {
			got = append(got, fieldOf(e, "reason")+fieldOf(e, "dropped"))
		}
		if want := []string{"0", "1", "0", "3"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if err := l.Emit(some(1)...); !errors.Is(err, ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// A drop that nothing follows is recorded when the log is closed.
func TestDropIsRecordedAtClose(t *testing.T) {
	m := newMemFS()
	o := testOptions()
	o.MaxQueue = 1
	l, _ := openMem(t, m, o)
	for range 3 {
		if err := l.Emit(EngineStopped("", true)); err != nil && !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
	}
	closeLog(t, l)
	got := entries(t, m, o)
	if len(got) != 2 || fieldOf(got[1], "dropped") != "2" {
		t.Fatalf("got %+v", got)
	}
}

// A disk that does not answer delays nobody beyond their deadline.
func TestBlockedDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemFS()
		o := testOptions()
		l, _ := openMem(t, m, o)
		entered, release := gate(m)
		written := make(chan error, 1)
		go func() {
			_, err := l.Write(context.Background(), OperatorAction("", "", "first", ""))
			written <- err
		}()
		<-entered
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := l.Write(ctx, OperatorAction("", "", "late", ""))
		if !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("late write: %v", err)
		}
		if err := l.Flush(ctx); !errors.Is(err, ErrUnavailable) {
			t.Errorf("late flush: %v", err)
		}
		cancelled, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, stop)
		if _, err := l.Write(cancelled, OperatorAction("", "", "cancelled", "")); errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled write: %v", err)
		}
		if err := l.Emit(EngineStopped("queued", true)); err != nil {
			t.Errorf("emit: %v", err)
		}
		if err := l.Close(ctx); !errors.Is(err, ErrUnavailable) {
			t.Errorf("late close: %v", err)
		}
		if err := l.Emit(EngineStopped("after", true)); !errors.Is(err, ErrClosed) {
			t.Errorf("emit after close: %v", err)
		}
		release()
		if err := <-written; err != nil {
			t.Errorf("first write: %v", err)
		}
		closeLog(t, l)
		closeLog(t, l)
		m.fault = nil
		var got []string
		for _, e := range entries(t, m, o) {
			got = append(got, fieldOf(e, "subject")+fieldOf(e, "reason"))
		}
		if want := []string{"first", "queued"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Many writers share the synchronisations.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemFS()
		o := testOptions()
		o.SegmentBytes = 1 << 20
		l, _ := openMem(t, m, o)
		entered, release := gate(m)
		var all sync.WaitGroup
		seqs := make([]uint64, 100)
		for i := range seqs {
			all.Go(func() {
				seq, err := l.Write(context.Background(), OperatorAction("", "", fmt.Sprint(i), ""))
				if err != nil {
					t.Error(err)
				}
				seqs[i] = seq
			})
		}
		<-entered
		synctest.Wait() // all are queued behind the first batch
		release()
		all.Wait()
		synctest.Wait()
		if n := len(entered) + 1; n > 2 {
			t.Errorf("%d batches", n)
		}
		closeLog(t, l)
		m.fault = nil
		for _, e := range entries(t, m, o) {
			if i := slices.Index(seqs, e.seq); fmt.Sprint(i) != fieldOf(e, "subject") {
				t.Errorf("record %d was told to writer %d and is of %s", e.seq, i, fieldOf(e, "subject"))
			}
		}
	})
}

// An unavailable log tries again by itself, and says what happened.
func TestRetryUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemFS()
		o := testOptions()
		o.RetryEvery = time.Second
		l, _ := openMem(t, m, o)
		full := true
		m.fault = func(_ int, what, _ string) *memFault {
			if full && what == "write" {
				return &memFault{err: errors.New("test: no space left on device")}
			}
			return nil
		}
		if _, err := l.Write(t.Context(), OperatorAction("", "", "", "")); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("write: %v", err)
		}
		time.Sleep(3500 * time.Millisecond)
		m.mu.Lock()
		full = false
		m.mu.Unlock()
		if err := l.Healthy(); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("healthy: %v", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if err := l.Healthy(); err != nil {
			t.Fatalf("healthy: %v", err)
		}
		if s := l.Stats(); s.LastSeq != 1 || s.Failures != 4 {
			t.Errorf("%+v", s)
		}
		closeLog(t, l)
		if err := l.Healthy(); !errors.Is(err, ErrClosed) {
			t.Errorf("healthy after close: %v", err)
		}
		got := entries(t, m, o)
		if len(got) != 1 || got[0].kind != KindAuditRecovered || fieldOf(got[0], "failures") != "4" {
			t.Errorf("got %+v", got)
		}
	})
}
