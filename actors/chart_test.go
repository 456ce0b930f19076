package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu/health"
)

// report is one that asks for the action.
func report(a health.Action, code uint64) health.Report {
	return health.Report{Source: "xid", Code: code, Action: a, Detail: "scripted"}
}

// drain settles all reports, and returns what they ask for.
func (c *chart) drain() []health.Action {
	var all []health.Action
	for {
		h, ok := c.next()
		if !ok {
			return all
		}
		all = append(all, h.Action)
		c.settled()
	}
}

// TestChartTellsOnce for all the reports that wait, and again after the last.
func TestChartTellsOnce(t *testing.T) {
	c := &chart{}
	for round := range 3 {
		for n := range uint64(10) {
			if told := c.take(report(health.Note, n)); told != (n == 0) {
				t.Errorf("round %d, report %d: told %v", round, n, told)
			}
		}
		first, _ := c.next()
		if again, ok := c.next(); !ok || again != first || first.Code != 0 {
			t.Errorf("a report is gone before it is settled: %+v, %+v", first, again)
		}
		if n := len(c.drain()); n != 10 {
			t.Errorf("%d reports", n)
		}
	}
	c.settled() // of nothing
}

// TestChartInAStorm keeps to its bounds, loses no action, and counts the rest.
func TestChartInAStorm(t *testing.T) {
	for what, storm := range map[string][]health.Action{
		"notes":               {health.Note},
		"rechecks":            {health.Recheck},
		"notes, then rest":    {health.Note, health.Recheck, health.Quarantine, health.Lost},
		"rechecks, then lost": {health.Recheck, health.Lost},
		"unknown":             {health.Note, 77},
	} {
		c := &chart{}
		total, each := uint64(0), 10*chartRoom
		asked := map[health.Action]bool{}
		for _, a := range storm {
			for range each {
				c.take(report(a, total))
				total++
				if len(c.waiting) > chartRoom {
					t.Fatalf("%s: %d reports wait", what, len(c.waiting))
				}
			}
			asked[min(a, health.Lost)] = true
		}
		if first, _ := c.next(); first.Code != 0 {
			t.Errorf("%s: report %d took the place of the one in hand", what, first.Code)
		}
		got := map[health.Action]bool{}
		left := c.drain()
		for _, a := range left {
			got[a] = true
		}
		for a := range asked {
			if a == health.Lost && what == "unknown" {
				a = health.Quarantine
			}
			if !got[a] {
				t.Errorf("%s: nobody learns of %s", what, a)
			}
		}
		if uint64(len(left))+c.missed != total {
			t.Errorf("%s: %d reports and %d missed, of %d", what, len(left), c.missed, total)
		}
		if wantGrave := uint64(each * (len(storm) - countMild(storm))); c.alarms() != wantGrave {
			t.Errorf("%s: %d alarms, want %d", what, c.alarms(), wantGrave)
		}
	}
}

func countMild(storm []health.Action) int {
	n := 0
	for _, a := range storm {
		if a < health.Quarantine {
			n++
		}
	}
	return n
}

// TestChartRoomForWhatIsInHand: the report in the actor's hands may have been
// acted upon, so another of its kind must not be taken for the same.
func TestChartRoomForWhatIsInHand(t *testing.T) {
	c := &chart{}
	c.take(report(health.Recheck, 0))
	for n := range uint64(chartRoom - 1) {
		c.take(report(health.Note, n))
	}
	if _, ok := c.next(); !ok {
		t.Fatal("nothing in hand")
	}
	c.take(report(health.Recheck, 1))
	c.settled()
	rechecks := 0
	for _, a := range c.drain() {
		if a == health.Recheck {
			rechecks++
		}
	}
	if rechecks != 1 {
		t.Errorf("%d rechecks are left to do", rechecks)
	}
}

// TestChartAdmits a burst, what must be on record, and the next burst a minute
// later, with the count of what was left out between.
func TestChartAdmits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chart{}
		admitted := 0
		for range 3 * chartBurst {
			if missed, ok := c.admit(time.Now(), false); ok {
				admitted++
			} else if missed != 0 {
				t.Errorf("%d missed, and no record says so", missed)
			}
		}
		if admitted != chartBurst {
			t.Errorf("%d records", admitted)
		}
		if missed, ok := c.admit(time.Now(), true); !ok || missed != 2*chartBurst {
			t.Errorf("%v: %d missed", ok, missed)
		}
		if _, ok := c.admit(time.Now(), false); ok {
			t.Error("room for more")
		}
		time.Sleep(chartWindow)
		if missed, ok := c.admit(time.Now(), false); !ok || missed != 1 {
			t.Errorf("a minute later: %v, %d missed", ok, missed)
		}
	})
}

// TestChartOwes the count of what was left out, when no report brings it.
func TestChartOwes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chart{}
		told := 0
		owed := func() uint64 { return c.owed(time.Now(), func() { told++ }) }
		if owed() != 0 {
			t.Error("owes nothing")
		}
		for range chartBurst + 5 {
			c.admit(time.Now(), false)
		}
		for range 3 { // one timer, however often it is asked
			if n := owed(); n != 0 {
				t.Errorf("owes %d at once", n)
			}
		}
		time.Sleep(chartWindow)
		synctest.Wait()
		if n := owed(); n != 5 || told != 1 {
			t.Errorf("owes %d, told %d times", n, told)
		}
		if n := owed(); n != 0 {
			t.Errorf("owes %d again", n)
		}
		for range chartBurst + 5 {
			c.admit(time.Now(), false)
		}
		owed()
		c.take(report(health.Note, 1))
		if left, missed := c.close(); len(left) != 1 || missed != 6 { // the count had a record of the new window
			t.Errorf("%d reports and %d missed are left", len(left), missed)
		}
		time.Sleep(2 * chartWindow)
		synctest.Wait()
		if told != 1 || c.take(report(health.Lost, 1)) || owed() != 0 {
			t.Error("it goes on after the end")
		}
	})
}
