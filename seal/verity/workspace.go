package verity

import "sync"

// maxSpan is how many chunks a worker hashes at most before it tells: their
// hashes of level 1 are then computed together, as many as fill the lanes of
// most processors.
const maxSpan = 16

// workspace is the working memory of one worker. What was read into it is
// cleared before it is used again elsewhere.
type workspace struct {
	buf    []byte // what was read
	used   int    // how much of buf was
	leaves []byte // the leaves of a span, where they are not kept
}

// workspaces keeps working memory from call to call, so that the digest of
// thousands of small files allocates it a few times. It holds nothing else.
var workspaces = sync.Pool{New: func() any { return newWorkspace() }}

func newWorkspace() *workspace {
	return &workspace{buf: make([]byte, readSize), leaves: make([]byte, 0, maxSpan*BlockSize)}
}

// takeWorkspace returns memory that the caller gives back with release, unless
// somebody may still write to it.
func takeWorkspace() *workspace {
	if w, ok := workspaces.Get().(*workspace); ok {
		return w
	}
	return newWorkspace()
}

// room returns the first n bytes of buf, at most all of it.
func (w *workspace) room(n uint64) []byte {
	piece := w.buf[:min(uint64(len(w.buf)), n)]
	w.used = max(w.used, len(piece))
	return piece
}

// release gives the memory back.
func (w *workspace) release() {
	clear(w.buf[:w.used])
	w.used = 0
	workspaces.Put(w)
}
