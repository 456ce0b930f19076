package sim_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

var (
	_ health.Watcher = (*sim.Backend)(nil)
	_ health.Counter = (*sim.Backend)(nil)
)

// raising is a backend of so many devices, with a Control for each.
func raising(t *testing.T, devices int) (*sim.Backend, []*sim.Control) {
	t.Helper()
	o := small()
	o.Devices = devices
	b, err := sim.New(o)
	ok(t, err)
	var controls []*sim.Control
	for i := range devices {
		c, err := b.Control(i)
		ok(t, err)
		controls = append(controls, c)
	}
	return b, controls
}

func xid(code uint64) health.Report {
	return health.Report{Device: 99, Source: "xid", Code: code, Action: health.Recheck, Detail: "scripted"}
}

// watchUntil watches until ctx ends, or until n reports were told.
func watchUntil(t *testing.T, b *sim.Backend, n int, devices ...int) []health.Report {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var told []health.Report
	ok(t, b.Watch(ctx, devices, func(h health.Report) {
		told = append(told, h)
		if len(told) == n {
			cancel()
		}
	}))
	return told
}

func codes(list []health.Report) []string {
	var s []string
	for _, h := range list {
		s = append(s, fmt.Sprintf("%d:%d", h.Device, h.Code))
	}
	return s
}

func TestReportsWaitForAWatcher(t *testing.T) {
	b, c := raising(t, 3)
	for i, device := range []int{0, 1, 2, 1, 0} {
		c[device].Raise(xid(uint64(i) + 10))
	}
	if got := codes(watchUntil(t, b, 3, 0, 1)); !slices.Equal(got, []string{"0:10", "1:11", "1:13"}) {
		t.Errorf("told %v", got)
	}
	got := watchUntil(t, b, 2, 0, 1, 2)
	if !slices.Equal(codes(got), []string{"2:12", "0:14"}) {
		t.Errorf("told %v: a watcher that left must leave the rest to the next", codes(got))
	}
	if want := (health.Report{Device: 2, Source: "xid", Code: 12, Action: health.Recheck, Detail: "scripted"}); got[0] != want {
		t.Errorf("told %+v", got[0])
	}
}

func TestWatchInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := raising(t, 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var told []health.Report
		done := make(chan error, 1)
		go func() { done <- b.Watch(ctx, []int{1}, func(h health.Report) { told = append(told, h) }) }()
		synctest.Wait()
		c[0].Raise(xid(1))
		c[1].Raise(xid(2))
		synctest.Wait()
		if got := codes(told); !slices.Equal(got, []string{"1:2"}) {
			t.Errorf("told %v", got)
		}
		c[1].Raise(xid(3))
		time.Sleep(time.Minute)
		c[1].Raise(xid(4))
		synctest.Wait()
		if got := codes(told); !slices.Equal(got, []string{"1:2", "1:3", "1:4"}) {
			t.Errorf("told %v", got)
		}
		ok(t, <-done)
		c[1].Raise(xid(5))
		if len(told) != 3 {
			t.Error("something was told after the watch ended")
		}
	})
}

func TestWatchEndsWithItsContext(t *testing.T) {
	b, c := raising(t, 1)
	c[0].Raise(xid(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ok(t, b.Watch(ctx, []int{0}, func(health.Report) { t.Error("told, although the context had ended") }))
	if got := codes(watchUntil(t, b, 1, 0)); !slices.Equal(got, []string{"0:1"}) {
		t.Errorf("told %v", got)
	}
}

func TestWatchRefuses(t *testing.T) {
	b, _ := raising(t, 2)
	for _, devices := range [][]int{{2}, {0, -1}} {
		fails(t, b.Watch(t.Context(), devices, func(health.Report) {}), gpu.ErrNotFound, false)
	}
	fails(t, b.Watch(t.Context(), []int{0}, nil), gpu.ErrInvalidValue, false)
}

// TestManyRaiseAndWatch has each report told once, those of one device in
// order.
func TestManyRaiseAndWatch(t *testing.T) {
	const devices, each = 4, 200
	b, c := raising(t, devices)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var watchers, raisers sync.WaitGroup
	var all sync.WaitGroup
	all.Add(devices * each)
	told := make([][]health.Report, devices/2)
	for i := range told {
		watchers.Go(func() {
			err := b.Watch(ctx, []int{2 * i, 2*i + 1}, func(h health.Report) {
				told[i] = append(told[i], h)
				all.Done()
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for _, control := range c {
		raisers.Go(func() {
			for n := range uint64(each) {
				control.Raise(xid(n))
			}
		})
	}
	raisers.Wait()
	all.Wait()
	cancel()
	watchers.Wait()
	next := make([]uint64, devices)
	for _, h := range slices.Concat(told...) {
		if h.Code != next[h.Device] {
			t.Fatalf("device %d: report %d after %d", h.Device, h.Code, next[h.Device])
		}
		next[h.Device]++
	}
	for i, n := range next {
		if n != each {
			t.Errorf("device %d: %d of %d reports were told", i, n, each)
		}
	}
}

func TestCounters(t *testing.T) {
	b, c := raising(t, 2)
	want := health.Counters{Corrected: 1, Uncorrected: 2, RemappedRows: 3, RemapPending: true, RemapFailed: true, FailuresNoted: 4}
	c[1].SetCounters(want)
	c[1].Clear()
	for index, counts := range []health.Counters{{}, want} {
		got, err := b.Counters(index)
		ok(t, err)
		if got != counts {
			t.Errorf("device %d counts %+v", index, got)
		}
	}
	for _, index := range []int{-1, 2} {
		_, err := b.Counters(index)
		fails(t, err, gpu.ErrNotFound, false)
	}
	plain, err := sim.New(sim.Options{})
	ok(t, err)
	_, err = plain.Counters(0)
	fails(t, err, gpu.ErrNotSupported, false)
}
