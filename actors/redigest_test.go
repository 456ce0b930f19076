package actors

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestRedigestIsOneAndOnePending however often it is asked for.
func TestRedigestIsOneAndOnePending(t *testing.T) {
	r := &redigest{}
	for round := range 2 {
		if begin, news := r.ask(); !begin || !news {
			t.Fatalf("round %d: it does not begin", round)
		}
		for n := range 100 {
			if begin, news := r.ask(); begin || news != (n == 0) {
				t.Errorf("ask %d: begin %v, news %v", n, begin, news)
			}
		}
		if !r.over(false, true) {
			t.Error("what was asked meanwhile is not done")
		}
		r.ask() // before the second pass begins
		r.begins()
		if r.over(false, true) {
			t.Error("a pass that nobody asked for")
		}
	}
}

// TestRedigestThatFails is tried again a few times, and not at all when the
// device is out of use.
func TestRedigestThatFails(t *testing.T) {
	r := &redigest{}
	for _, asked := range []bool{false, true} {
		if begin, _ := r.ask(); !begin {
			t.Fatal("it does not begin")
		}
		for try := 1; try < redigestTries; try++ {
			if !r.over(true, true) {
				t.Errorf("given up after %d tries", try)
			}
			r.begins()
		}
		if asked {
			r.ask()
		}
		if r.over(true, true) != asked {
			t.Error("tried for ever, or what was asked is forgotten")
		}
		r.begins()
		if asked && !r.over(true, true) {
			t.Error("what was asked anew has no tries")
		}
		if r.over(true, false) {
			t.Error("begun on a device that does not serve")
		}
	}
	r.ask()
	r.ask()
	if r.over(false, false) {
		t.Error("begun on a device that does not serve")
	}
	if begin, _ := r.ask(); !begin {
		t.Error("it never begins again")
	}
}

// TestRedigestPauses between two passes, and begins none after the end.
func TestRedigestPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &redigest{}
		var begun atomic.Int32
		r.later(func() { begun.Add(1) })
		time.Sleep(redigestPause - 1)
		synctest.Wait()
		if begun.Load() != 0 {
			t.Error("it does not pause")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if begun.Load() != 1 {
			t.Errorf("begun %d times", begun.Load())
		}
		r.later(func() { begun.Add(1) })
		r.close()
		r.later(func() { begun.Add(1) })
		time.Sleep(time.Hour)
		synctest.Wait()
		if begun.Load() != 1 {
			t.Error("begun after the end")
		}
	})
}
