package socket

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// Variable is the environment variable that names the socket.
const Variable = "VRAM_ENGINE_SOCKET"

// maxPath is the longest path of a Unix socket on Linux: sun_path has 108
// bytes, the last of which is zero.
const maxPath = 107

// filesSuffix is added to the path for the socket that takes files.
const filesSuffix = ".fd"

// Path decides where the socket is. flag is what --socket says, or empty. It
// does not look at the file system.
func Path(flag string, getenv func(string) string, uid int) (string, error) {
	path := flag
	if path == "" {
		path = getenv(Variable)
	}
	if path == "" && uid == 0 {
		path = "/run/vram-engine.sock"
	}
	if path == "" {
		dir := getenv("XDG_RUNTIME_DIR")
		if dir == "" {
			dir = "/run/user/" + strconv.Itoa(uid)
		}
		path = filepath.Join(dir, "vram-engine.sock")
	}
	return path, check(path)
}

// Files is the path of the socket for files that belongs to the one at path.
func Files(path string) string { return path + filesSuffix }

func check(path string) error {
	if strings.ContainsRune(path, 0) {
		return failure.Usage("the socket's path has a NUL byte in it; name another with --socket")
	}
	if n, limit := len(path), maxPath-len(filesSuffix); n > limit {
		return failure.Usage("the socket's path is %d bytes long, and at most %d are possible; name a shorter one with --socket", n, limit)
	}
	return nil
}
