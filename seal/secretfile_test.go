package seal_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/seal"
)

// secretFile writes a good token file in a directory of its own.
func secretFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadTokenFile(t *testing.T) {
	for content, want := range map[string]string{
		"0123456789abcdef":                  "0123456789abcdef",
		"0123456789abcdef\n":                "0123456789abcdef",
		"0123456789abcdef\n\n":              "0123456789abcdef\n",
		"0123456789abcdef\r\n":              "0123456789abcdef\r",
		" 123456789abcde ":                  " 123456789abcde ",
		strings.Repeat("x", 4096):           strings.Repeat("x", 4096),
		strings.Repeat("x", 4096) + "\n":    strings.Repeat("x", 4096),
		"\x00\x01\x02 bytes, not only text": "\x00\x01\x02 bytes, not only text",
	} {
		path := secretFile(t, content)
		token, err := seal.LoadTokenFile(path)
		if err != nil || string(token) != want {
			t.Errorf("%d bytes: got %d, %v", len(content), len(token), err)
		}
		if err := os.Chmod(path, 0o400); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.LoadTokenFile(path); err != nil {
			t.Errorf("mode 0400: %v", err)
		}
	}
}

func TestTokenFileFaults(t *testing.T) {
	const good = "SENSITIVE-0123456789abcdef"
	faults := map[string]struct {
		make func(t *testing.T) string
		want error
		says string
	}{
		"missing": {func(t *testing.T) string { return filepath.Join(t.TempDir(), "none") }, seal.ErrFileMissing, "create it"},
		"empty":   {func(t *testing.T) string { return secretFile(t, "") }, seal.ErrFileShort, "longer"},
		"short":   {func(t *testing.T) string { return secretFile(t, "0123456789abcde\n") }, seal.ErrFileShort, "longer"},
		"long":    {func(t *testing.T) string { return secretFile(t, strings.Repeat("x", 4097)) }, seal.ErrFileLong, "4096"},
		"huge":    {func(t *testing.T) string { return secretFile(t, strings.Repeat("x", 1<<20)) }, seal.ErrFileLong, "4096"},
		"symbolic link": {func(t *testing.T) string {
			link := filepath.Join(t.TempDir(), "link")
			check(t, os.Symlink(secretFile(t, good), link))
			return link
		}, seal.ErrFileLink, "file itself"},
		"dangling link": {func(t *testing.T) string {
			link := filepath.Join(t.TempDir(), "link")
			check(t, os.Symlink("/nowhere", link))
			return link
		}, seal.ErrFileLink, "file itself"},
		"hard link": {func(t *testing.T) string {
			path := secretFile(t, good)
			check(t, os.Link(path, path+"2"))
			return path
		}, seal.ErrFileLinks, "remove"},
		"directory": {func(t *testing.T) string { return t.TempDir() }, seal.ErrFileKind, "regular file"},
		"FIFO": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "fifo")
			check(t, unix.Mkfifo(path, 0o600))
			return path
		}, seal.ErrFileKind, "regular file"},
		"device": {func(*testing.T) string { return "/dev/null" }, seal.ErrFileKind, "regular file"},
		"socket": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "s")
			fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			check(t, err)
			check(t, unix.Bind(fd, &unix.SockaddrUnix{Name: path}))
			t.Cleanup(func() { check(t, unix.Close(fd)) })
			return path
		}, seal.ErrFileKind, "regular file"},
		"name with NUL": {func(*testing.T) string { return "a\x00b" }, seal.ErrFileUnusable, "invalid argument"},
		"file as directory": {func(t *testing.T) string {
			return filepath.Join(secretFile(t, good), "token")
		}, seal.ErrFileUnusable, "not a directory"},
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o610, 0o601, 0o660, 0o666, 0o777, 0o644} {
		faults["mode "+mode.String()] = struct {
			make func(t *testing.T) string
			want error
			says string
		}{func(t *testing.T) string {
			path := secretFile(t, good)
			check(t, os.Chmod(path, mode))
			return path
		}, seal.ErrFileMode, "chmod 600"}
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			path := fault.make(t)
			token, err := seal.LoadTokenFile(path)
			if !errors.Is(err, fault.want) || token != nil {
				t.Fatalf("got %d bytes, %v, want %v", len(token), err, fault.want)
			}
			text := err.Error()
			if !strings.Contains(text, fault.says) || !strings.HasPrefix(text, "token file \"") || strings.ContainsAny(text, "\n\x00") {
				t.Errorf("the error says %q", text)
			}
			if strings.Contains(text, "SENSITIVE") {
				t.Error("the error shows the token")
			}
		})
	}
}

func TestTokenFileOfAnotherUser(t *testing.T) {
	path := secretFile(t, "0123456789abcdef")
	if os.Geteuid() != 0 {
		path = "/etc/passwd" // belongs to root
		if _, err := seal.LoadTokenFile(path); !errors.Is(err, seal.ErrFileOwner) {
			t.Errorf("%v", err)
		}
		return
	}
	check(t, os.Chown(path, 12345, 0))
	if _, err := seal.LoadTokenFile(path); !errors.Is(err, seal.ErrFileOwner) || !strings.Contains(err.Error(), "chown") {
		t.Errorf("%v", err)
	}
}

func TestCreateTokenFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "token")
	check(t, seal.CreateTokenFile(path))
	token, err := seal.LoadTokenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(string(token))
	if err != nil || len(raw) != 32 {
		t.Errorf("a token of %d characters: %v", len(token), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := seal.CreateTokenFile(path); !errors.Is(err, seal.ErrFileExists) {
		t.Errorf("created again: %v", err)
	}
	check(t, os.Symlink("/nowhere/token", filepath.Join(dir, "link")))
	if err := seal.CreateTokenFile(filepath.Join(dir, "link")); !errors.Is(err, seal.ErrFileExists) {
		t.Errorf("over a dangling link: %v", err)
	}
	if err := seal.CreateTokenFile(filepath.Join(dir, "none", "token")); !errors.Is(err, seal.ErrFileUnusable) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	again, err := seal.LoadTokenFile(path)
	if err != nil || !bytes.Equal(again, token) {
		t.Errorf("the token changed: %v", err)
	}
	expectFiles(t, dir, "link", "token")
}

func TestCreateTokenFileHere(t *testing.T) {
	t.Chdir(t.TempDir())
	check(t, seal.CreateTokenFile("token"))
	expectFiles(t, ".", "token")
}

func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "identity")
	var wg sync.WaitGroup
	identities := make([][]byte, 8)
	for i := range identities {
		wg.Go(func() {
			var err error
			if identities[i], err = seal.LoadOrCreateIdentity(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, identity := range identities {
		if len(identity) != 32 || !bytes.Equal(identity, identities[0]) || bytes.Equal(identity, make([]byte, 32)) {
			t.Error("several that start at once have different identities")
		}
	}
	expectFiles(t, dir, "identity")

	const good = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	for content, ok := range map[string]bool{
		good + "\n":                  true,
		good:                         false,
		good + "\n\n":                false,
		good + "0":                   false,
		"":                           false,
		strings.ToUpper(good) + "\n": false,
		good[1:] + "\n":              false,
		good[1:] + "g\n":             false,
		strings.Repeat("x", 65):      false,
	} {
		identity, err := seal.LoadOrCreateIdentity(secretFile(t, content))
		if ok && (err != nil || !bytes.Equal(identity, testIdentity())) {
			t.Errorf("%d bytes: %v", len(content), err)
		}
		if !ok && (!errors.Is(err, seal.ErrBadIdentity) || identity != nil) {
			t.Errorf("%d bytes: %v", len(content), err)
		}
	}
	if _, err := seal.LoadOrCreateIdentity(filepath.Join(dir, "none", "identity")); !errors.Is(err, seal.ErrFileUnusable) {
		t.Errorf("no directory: %v", err)
	}
	check(t, os.Chmod(path, 0o640))
	if _, err := seal.LoadOrCreateIdentity(path); !errors.Is(err, seal.ErrFileMode) {
		t.Errorf("readable by the group: %v", err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// expectFiles fails unless the directory has exactly these files.
func expectFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the directory has %q, want %q", got, want)
	}
}
