package actors

import "sync"

// worker is the gate of the whole engine: Running, or Stopped by an incident
// until an operator restarts it (section 9 of the security specification).
type worker struct {
	mu      sync.Mutex
	stopped bool
	reason  string
}

// serves returns nil while the worker runs.
func (w *worker) serves() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return fail(ErrStopped, "", "%s; inspect it (incident list), release what is quarantined, then: worker restart", w.reason)
	}
	return nil
}

func (w *worker) stop(reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.stopped {
		w.stopped, w.reason = true, reason
	}
}

// restart reports whether the worker was stopped.
func (w *worker) restart() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.stopped
	w.stopped, w.reason = false, ""
	return was
}

// state returns "running" or "stopped", and why.
func (w *worker) state() (string, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return "stopped", w.reason
	}
	return "running", ""
}
