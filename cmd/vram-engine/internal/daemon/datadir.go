package daemon

import (
	"os"
	"path/filepath"
	"syscall"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/seal"
)

// DataDir is the default place of the data directory.
func DataDir(getenv func(string) string, uid int) (string, error) {
	if uid == 0 {
		return "/var/lib/vram-engine", nil
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "vram-engine"), nil
	}
	home := getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", failure.Usage("there is no home directory for the engine's data; name a directory with --data-dir")
	}
	return filepath.Join(home, ".local", "state", "vram-engine"), nil
}

// prepareDir makes the data directory, or checks the one that is there: it
// holds keys, so nobody else may read or change it.
func prepareDir(dir string, uid int) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "the data directory %q cannot be made; name another with --data-dir", dir)
	}
	return CheckDir(dir, uid)
}

// CheckDir refuses a data directory that is not there, or that others can use.
// It changes nothing.
func CheckDir(dir string, uid int) error {
	info, err := os.Stat(dir)
	if err != nil {
		return failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "the data directory %q cannot be used; name another with --data-dir", dir)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return failure.New(vram.ErrPolicyViolation, "others can use the data directory %q (mode %04o); make it private with chmod 0700, or name another with --data-dir", dir, mode)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int64(stat.Uid) != int64(uid) {
		return failure.New(vram.ErrPolicyViolation, "the data directory %q belongs to user %d; name one of your own with --data-dir", dir, stat.Uid)
	}
	return nil
}

// loadToken reads the worker token. Without a named file it is made on the
// first start. The engine zeroes what this returns.
func loadToken(o Options) ([]byte, error) {
	name := o.TokenFile
	if name == "" {
		name = filepath.Join(o.DataDir, "token")
		if err := seal.CreateTokenFile(name); err != nil && !errors.Is(err, seal.ErrFileExists) {
			return nil, failure.New(vram.ErrInvalidInput, "%s", err.Error())
		}
	}
	token, err := seal.LoadTokenFile(name)
	if err != nil {
		return nil, failure.New(vram.ErrInvalidInput, "%s", err.Error())
	}
	return token, nil
}
