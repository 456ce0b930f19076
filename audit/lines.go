package audit

import (
	"bufio"
	"io"

	"github.com/cockroachdb/errors"
)

// lineReader reads a segment line by line in bounded memory.
type lineReader struct {
	r *bufio.Reader
}

func newLineReader(f io.ReaderAt, size int64) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(io.NewSectionReader(f, 0, size), maxLine+1)}
}

// next returns the next line without its newline, valid until the call after.
// ended is false for a last line that has no newline, and for a line that is
// longer than any line can be; what follows such a line is not read. At the
// end the error is io.EOF.
func (l *lineReader) next() (line []byte, ended bool, err error) {
	line, err = l.r.ReadSlice('\n')
	switch {
	case err == nil:
		return line[:len(line)-1], true, nil
	case errors.Is(err, bufio.ErrBufferFull), errors.Is(err, io.EOF) && len(line) > 0:
		return line, false, nil
	}
	return nil, false, err
}
