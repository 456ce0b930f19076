package actors

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

// piece is work of a class that needs a number of slices.
type piece struct {
	cls    class
	left   int
	failed error
	served int
	alone  bool
	with   []*piece
}

func (p *piece) class() class { return p.cls }

func (p *piece) step(*device, time.Duration) bool {
	p.served++
	p.left--
	return p.left <= 0
}

func (p *piece) fail(err error) {
	p.failed = err
	for _, w := range p.with {
		w.failed = err
	}
}

func (p *piece) merge(w work) bool {
	o, ok := w.(*piece)
	if !ok || p.alone || o.alone || o.cls != p.cls {
		return false
	}
	p.with = append(p.with, o)
	return true
}

// serve runs a slice and returns what it was for.
func serve(q *queue) work {
	w := q.next()
	if w != nil && w.step(nil, 0) {
		q.finish(w)
	}
	return w
}

func TestQueueServesTheHighestClassFirst(t *testing.T) {
	q := &queue{}
	var all []*piece
	for c := classCount - 1; c >= 0; c-- {
		p := &piece{cls: c, left: 1, alone: true}
		all = append(all, p)
		q.add(p)
	}
	for want := range classCount {
		w := q.next()
		if w == nil || w.class() != want {
			t.Fatalf("class %v was served, want %d", w, want)
		}
		q.finish(w)
	}
	if q.next() != nil {
		t.Error("something is left")
	}
	if len(all) != int(classCount) {
		t.Error(all)
	}
}

// TestQueueFloor keeps every class busy: none is starved, and the highest gets most.
func TestQueueFloor(t *testing.T) {
	q := &queue{}
	all := make([]*piece, classCount)
	for c := range classCount {
		all[c] = &piece{cls: c, left: 1 << 30, alone: true}
		q.add(all[c])
	}
	const rounds = floorEvery * int(classCount) * 100
	for range rounds {
		serve(q)
	}
	for c, p := range all {
		if c > 0 && p.served != 100 {
			t.Errorf("class %d got %d of %d slices, want 100", c, p.served, rounds)
		}
	}
	if all[0].served != rounds-100*(int(classCount)-1) {
		t.Errorf("the highest class got %d of %d", all[0].served, rounds)
	}
}

// TestQueueNeverIdlesWhileThereIsWork does not skip work that is there.
func TestQueueNeverIdlesWhileThereIsWork(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	q := &queue{}
	waiting := 0
	for i := range 20_000 {
		if r.IntN(3) == 0 {
			q.add(&piece{cls: class(r.IntN(int(classCount))), left: 1 + r.IntN(4), alone: true})
			waiting++
		}
		w := q.next()
		if (w == nil) != (waiting == 0) {
			t.Fatalf("step %d: %d pieces wait and next is %v", i, waiting, w)
		}
		if w != nil && w.step(nil, 0) {
			q.finish(w)
			waiting--
		}
	}
}

func TestQueueMergesWhatWaits(t *testing.T) {
	q := &queue{}
	a, b, alone, other := &piece{cls: classSeal, left: 2}, &piece{cls: classSeal}, &piece{cls: classSeal, left: 1, alone: true}, &piece{cls: classPatrol, left: 1}
	for _, p := range []*piece{a, b, alone, other} {
		q.add(p)
	}
	if w := serve(q); w != work(a) || len(a.with) != 1 || a.with[0] != b {
		t.Fatalf("served %v with %v", w, a.with)
	}
	late := &piece{cls: classSeal, left: 1}
	q.add(late) // a has begun
	if w := serve(q); w != work(a) || len(a.with) != 1 {
		t.Error("what arrived later was taken along")
	}
	for _, want := range []*piece{alone, late, other} {
		if w := serve(q); w != work(want) {
			t.Errorf("served %v, want %v", w, want)
		}
	}
}

func TestQueueTakesWhatIsHalfDone(t *testing.T) {
	q := &queue{}
	half, waits := &piece{cls: classSeal, left: 9, alone: true}, &piece{cls: classSeal, left: 1, alone: true}
	q.add(half)
	q.add(waits)
	serve(q)
	if got := q.takeCurrent(); len(got) != 1 || got[0] != work(half) {
		t.Errorf("took %v", got)
	}
	if w := serve(q); w != work(waits) {
		t.Errorf("then %v", w)
	}
	if len(q.takeCurrent()) != 0 {
		t.Error("took what is done")
	}
}

func TestQueueClose(t *testing.T) {
	q := &queue{}
	why := errors.New("why")
	current, waits, after := &piece{cls: classSeal, left: 9, alone: true}, &piece{cls: classPatrol, left: 1}, &piece{cls: classControl, left: 1}
	q.add(current)
	q.add(waits)
	serve(q)
	q.close(why)
	q.add(after)
	for _, p := range []*piece{current, waits, after} {
		if !errors.Is(p.failed, why) {
			t.Errorf("class %d was told %v", p.cls, p.failed)
		}
	}
	if q.next() != nil {
		t.Error("a closed queue has work")
	}
	q.close(errors.New("again"))
	if !errors.Is(current.failed, why) {
		t.Error("told twice")
	}
}
