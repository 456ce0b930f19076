package actors

// What a device's actor receives. Work does not travel in messages but in the
// record's queue, so that a crash loses none of it.

// deviceWake says that the queue may have work.
type deviceWake struct{}

// deviceSlice is a device's message to itself: do the next slice.
type deviceSlice struct{}
