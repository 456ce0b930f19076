package actors

import "time"

// controlWork is a short act of an operator on the device's thread.
type controlWork struct {
	call *call
	do   func(*device) error
}

func (w *controlWork) class() class { return classControl }

func (w *controlWork) step(d *device, _ time.Duration) bool {
	if w.call.ended() {
		w.call.answer(nil, w.call.ctx.Err())
		return true
	}
	w.call.answer(struct{}{}, w.do(d))
	return true
}

func (w *controlWork) fail(err error) { w.call.answer(nil, err) }
