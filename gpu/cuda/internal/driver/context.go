package driver

// CreateContext makes a context of the device and makes it current on the
// calling thread. Waiting for the device blocks the thread instead of
// spinning. The caller destroys it.
func (l *Library) CreateContext(d Device) (Context, Result) {
	var context Context
	r := l.calls.cuCtxCreate_v2(&context, contextBlocking, d)
	return context, r
}

// DestroyContext ends a context and frees everything in it. Physical memory
// that CreateMemory made outlives it until ReleaseMemory.
func (l *Library) DestroyContext(c Context) Result { return l.calls.cuCtxDestroy_v2(c) }

// SetCurrent makes a context the current one of the calling thread; zero
// leaves the thread without one.
func (l *Library) SetCurrent(c Context) Result { return l.calls.cuCtxSetCurrent(c) }

// Current is the context of the calling thread, or zero.
func (l *Library) Current() (Context, Result) {
	var context Context
	r := l.calls.cuCtxGetCurrent(&context)
	return context, r
}

// RetainPrimary gives the context that the device's other users in this
// process share, CUDA's runtime library among them. It is not made current.
// The caller gives it back with ReleasePrimary, once for each time.
func (l *Library) RetainPrimary(d Device) (Context, Result) {
	var context Context
	r := l.calls.cuDevicePrimaryCtxRetain(&context, d)
	return context, r
}

// ReleasePrimary gives one use of the primary context back. It never resets
// the context under its other users.
func (l *Library) ReleasePrimary(d Device) Result { return l.calls.cuDevicePrimaryCtxRelease_v2(d) }

// StreamPriorities are the priorities that streams of the current context may
// have: least is the largest number, and zero where there is no choice.
func (l *Library) StreamPriorities() (least, greatest int, r Result) {
	var a, b int32
	r = l.calls.cuCtxGetStreamPriorityRange(&a, &b)
	return int(a), int(b), r
}
