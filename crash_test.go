package vram

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// crashes makes one actor panic at its nth message.
type crashes struct {
	mu    sync.Mutex
	unit  string
	nth   int
	what  string // the message that it crashed at
	seen  map[string]int
	kinds map[string][]string
}

func (c *crashes) probe(unit string, message any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen, c.kinds = map[string]int{}, map[string][]string{}
	}
	c.seen[unit]++
	c.kinds[unit] = append(c.kinds[unit], fmt.Sprintf("%T", message))
	if unit == c.unit && c.seen[unit] == c.nth {
		c.what = fmt.Sprintf("%T", message)
		panic("scripted: " + testToken)
	}
}

// arm has the unit crash at its nth message from now.
func (c *crashes) arm(unit string, nth int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unit, c.nth = unit, c.seen[unit]+nth
}

func (c *crashes) disarm() { c.arm("", 0) }

// TestEveryActorMayCrashAtEveryMessage runs the scenario once for each message
// of each actor, which panics there. Every request is answered (a bubble in
// which everybody waits is an error), retries succeed, and nothing is lost.
func TestEveryActorMayCrashAtEveryMessage(t *testing.T) {
	plain := &crashes{}
	t.Run("none", func(t *testing.T) { crashRun(t, newSimulated(t, shape{}), plain) })
	runs := 0
	for _, unit := range slices.Sorted(maps.Keys(plain.seen)) {
		n := plain.seen[unit]
		for nth := 1; nth <= n; nth++ {
			runs++
			name := fmt.Sprintf("%s/%d-%s", unit, nth, strings.TrimPrefix(plain.kinds[unit][nth-1], "actors."))
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if testing.Verbose() {
					fmt.Fprintln(os.Stderr, "crash sweep:", name)
				}
				crashRun(t, newSimulated(t, shape{}), &crashes{unit: unit, nth: nth})
			})
		}
	}
	if runs < 40 {
		t.Errorf("only %d messages were crashed at", runs)
	}
}

// TestActorsMayCrashOnCUDA does the same with the CUDA backend, which the crashes
// have to leave in order. Only with -every-fault it visits all messages.
func TestActorsMayCrashOnCUDA(t *testing.T) {
	stride := 5
	if *everyFault {
		stride = 1
	}
	m := fakeAs(t, sweptConfig())
	plain := &crashes{}
	t.Run("none", func(t *testing.T) { crashRun(t, m, plain) })
	at, runs := 0, 0
	for _, unit := range slices.Sorted(maps.Keys(plain.seen)) {
		for nth, kind := range plain.kinds[unit] {
			if at++; at%stride != 0 {
				continue
			}
			runs++
			name := fmt.Sprintf("%s/%d-%s", unit, nth+1, strings.TrimPrefix(kind, "actors."))
			t.Run(name, func(t *testing.T) { crashRun(t, m, &crashes{unit: unit, nth: nth + 1}) })
		}
	}
	t.Logf("backend: %s; %d crashes", m.name(), runs)
	if runs < 100/stride {
		t.Errorf("only %d messages were crashed at", runs)
	}
}

// throttle is how long, in a bubble's time, a goroutine of protoactor lives on
// after a dead letter.
const throttle = 2 * time.Second

func crashRun(t *testing.T, m machine, c *crashes) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := newScenarioOn(t, m, func(o *Options) { o.probe = c.probe })
		if err != nil {
			if c.unit == "" {
				t.Fatal(err)
			}
			return // it crashed while it started: Open said so
		}
		s.allowed = func(step string, err error) bool {
			if !Retriable(err) {
				t.Errorf("%s: %v", step, err)
				return false
			}
			if strings.Contains(err.Error(), testToken) {
				t.Errorf("%s: the error shows the panic's value: %v", step, err)
			}
			return true
		}
		s.steps()
		s.settled()
		s.gone()
		s.cure()
		s.settled()
		if err := s.close(); err != nil {
			t.Errorf("close: %v", err)
		}
		time.Sleep(throttle)
	})
}
