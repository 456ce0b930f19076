package verity

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/cockroachdb/errors"
)

// maxStreamThreads is how many goroutines hash a stream at most. One that
// reads does not feed more.
const maxStreamThreads = 8

// streamChunk is a chunk of a stream: read by one goroutine, hashed by another.
type streamChunk struct {
	buf    []byte
	n      int             // how much of buf was read
	hashed chan chunkHash  // has room for one
	leaves [BlockSize]byte // working memory of who hashes
}

type chunkHash struct {
	hash [HashSize]byte // of level 1
	err  error
}

// stream is what was read of a stream and is hashed by others.
type stream struct {
	read    chan *streamChunk // to those who hash
	waiting []*streamChunk    // sent there and not taken back, the oldest first
	level   *level
	bytes   uint64 // of the chunks that were taken back
	options Options
}

// digestStream reads r and has it hashed by others. A chunk is used again when
// its hash was taken.
func digestStream(ctx context.Context, r io.Reader, threads int, o Options) (Digest, uint64, error) {
	chunk := newStreamChunk()
	var err error
	chunk.n, err = fill(ctx, r, chunk.buf)
	if errors.Is(err, io.EOF) { // too little to share
		o.progress(uint64(chunk.n)) //nolint:gosec // a length
		return Sum(chunk.buf[:chunk.n]), uint64(chunk.n), nil
	}
	most := threads + 2
	s := &stream{read: make(chan *streamChunk, most), level: newLevel(1, noLevel), options: o}
	var all sync.WaitGroup
	defer all.Wait()
	defer close(s.read)
	for range threads {
		all.Go(func() { hashStream(ctx, s.read) })
	}
	for err == nil {
		s.send(chunk)
		if chunk, err = s.next(most); err == nil {
			chunk.n, err = fill(ctx, r, chunk.buf)
		}
	}
	if !errors.Is(err, io.EOF) {
		return Digest{}, 0, err
	}
	if chunk.n > 0 {
		s.send(chunk)
	}
	for len(s.waiting) > 0 {
		if _, err := s.take(); err != nil {
			return Digest{}, 0, err
		}
	}
	return FileDigest(s.level.finish().root, s.bytes), s.bytes, nil
}

func newStreamChunk() *streamChunk {
	return &streamChunk{buf: make([]byte, chunkSize), hashed: make(chan chunkHash, 1)}
}

// send gives a chunk to those who hash. Their channel has room for all.
func (s *stream) send(c *streamChunk) {
	s.waiting = append(s.waiting, c)
	s.read <- c
}

// next returns a chunk to read into: a new one, or the oldest if there are
// most already.
func (s *stream) next(most int) (*streamChunk, error) {
	if len(s.waiting) < most {
		return newStreamChunk(), nil
	}
	return s.take()
}

// take takes the oldest chunk back when it is hashed. There must be one.
func (s *stream) take() (*streamChunk, error) {
	c := s.waiting[0]
	s.waiting = append(s.waiting[:0], s.waiting[1:]...)
	result := <-c.hashed
	if result.err != nil {
		return nil, result.err
	}
	s.level.push(result.hash[:])
	s.bytes += uint64(c.n) //nolint:gosec // a length
	s.options.progress(s.bytes)
	return c, nil
}

// hashStream hashes what it is sent. After the end of ctx it only answers.
func hashStream(ctx context.Context, read <-chan *streamChunk) {
	for c := range read {
		var result chunkHash
		if err := ctx.Err(); err != nil {
			result.err = fmt.Errorf("verity: digest: %w", err)
		} else {
			leaves := HashBlocks(c.leaves[:0], c.buf[:c.n])
			HashBlocks(result.hash[:0], leaves)
		}
		c.hashed <- result
	}
}
