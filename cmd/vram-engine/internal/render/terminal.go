package render

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// IsTerminal tells whether w is a terminal. It does not block.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
