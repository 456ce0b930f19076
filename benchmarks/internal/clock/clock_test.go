package clock

import (
	"runtime"
	"testing"
)

// TestNow has no limits that a slow machine could miss: a clock of less than
// 10 MHz or more than 20 GHz is a mistake of this package.
func TestNow(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	got, err := Now()
	if err != nil {
		t.Fatal(err)
	}
	if known && (got < 0.01 || got > 20) {
		t.Errorf("the clock is %.3f GHz", got)
	}
	if !known && got != 0 {
		t.Errorf("got %.3f GHz where it cannot be measured", got)
	}
}
