package actors

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestCallIsAnsweredOnce(t *testing.T) {
	table := newCalls(1)
	for range 200 {
		c, err := table.open(t.Context(), "unit", "op")
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() { c.answer(i, nil) })
		}
		wait.Go(func() { table.failUnit("unit", errors.New("gone")) })
		_, _ = await[int](c)
		wait.Wait()
		select {
		case o := <-c.done:
			t.Fatalf("a second answer: %+v", o)
		default:
		}
	}
	if table.outer != 0 || len(table.live) != 0 {
		t.Errorf("%d and %d are left", table.outer, len(table.live))
	}
}

func TestCallsAreLimited(t *testing.T) {
	table := newCalls(2)
	var calls []*call
	for range 2 {
		c, err := table.open(t.Context(), "u", "op")
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	if _, err := table.open(t.Context(), "u", "op"); !errors.Is(err, ErrOverloaded) {
		t.Errorf("got %v", err)
	}
	part := table.inner(t.Context(), "u", "op") // belongs to one that was admitted
	calls[0].answer(nil, nil)
	calls[0].answer(nil, nil)
	if _, err := table.open(t.Context(), "u", "op"); err != nil {
		t.Errorf("after an answer: %v", err)
	}
	if _, err := table.open(t.Context(), "u", "op"); !errors.Is(err, ErrOverloaded) {
		t.Error("an answer counted twice")
	}
	part.answer(nil, nil)
	if table.outer != 2 {
		t.Errorf("%d are counted", table.outer)
	}
}

func TestCallsThatAreGivenUp(t *testing.T) {
	table := newCalls(1)
	ctx, cancel := context.WithCancel(t.Context())
	c, err := table.open(ctx, "u", "op")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := await[int](c); !errors.Is(err, context.Canceled) || !c.ended() {
		t.Errorf("got %v", err)
	}
	if table.outer != 0 || len(table.live) != 0 {
		t.Error("it still counts")
	}
	c.answer(1, nil) // late: dropped
	if table.outer != 0 {
		t.Errorf("%d are counted", table.outer)
	}
	if _, err := table.open(ctx, "u", "op"); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that had ended: %v", err)
	}
	both, err := table.open(t.Context(), "u", "op")
	if err != nil {
		t.Fatal(err)
	}
	both.answer("text", nil)
	if _, err := await[int](both); err == nil {
		t.Error("an answer of another type passed")
	}
}

func TestCallsDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := newCalls(9)
		a, err := table.open(t.Context(), "a", "op")
		b, errB := table.open(t.Context(), "b", "op")
		if err != nil || errB != nil {
			t.Fatal(err, errB)
		}
		table.close()
		if _, err := table.open(t.Context(), "a", "op"); !errors.Is(err, ErrClosed) || !table.over() {
			t.Errorf("got %v", err)
		}
		start := time.Now()
		go func() {
			time.Sleep(time.Second)
			part := table.inner(t.Context(), "a", "op") // of a request under way
			a.answer(nil, nil)
			time.Sleep(time.Second)
			b.move("c")
			table.failUnit("b", errors.New("not there any more"))
			time.Sleep(time.Second)
			table.failUnit("c", errors.New("why"))
			part.answer(nil, nil)
		}()
		<-table.idle
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("idle after %v", took)
		}
		if _, err := await[int](b); err == nil || err.Error() != "why" {
			t.Errorf("b got %v", err)
		}
		table.close()
		table.inner(t.Context(), "late", "op").answer(nil, nil)
	})
}
