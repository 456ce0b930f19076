package pin

import (
	"errors"
	"slices"
	"testing"
)

func TestOn(t *testing.T) {
	cpu := Choose()
	if cpu == None {
		t.Log("this process may not pin its threads")
	}
	before, err := Allowed()
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err = On(cpu, func() error {
		inside, err := Allowed()
		if cpu != None && !slices.Equal(inside, []int{cpu}) {
			t.Errorf("inside %v may be used, want %d only", inside, cpu)
		}
		return errors.Join(err, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the function's error", err)
	}
	if err := On(most-1, func() error { return nil }); err == nil {
		t.Errorf("processor %d exists", most-1)
	}
	if None != -1 || On(None, func() error { return nil }) != nil {
		t.Error("None pins something")
	}
	if after, err := Allowed(); err != nil || len(after) == 0 {
		t.Errorf("afterwards %v may be used, before %v: %v", after, before, err)
	}
}
