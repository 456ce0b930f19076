package input

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxModelRef is the length of the longest model reference in bytes.
const MaxModelRef = 512

// ModelRef checks the reference to the model that a shard is of. It may be
// empty, for none.
func ModelRef(ref string) error { return Text("model reference", ref, MaxModelRef) }

// Text checks a text for people: at most limit bytes of valid UTF-8, every
// character of which can be seen. Control characters, newlines, characters
// that change the direction of writing and invisible ones are refused. It may
// be empty. field names it in the error.
func Text(field, s string, limit int) error {
	if len(s) > limit {
		return refuseText(field, s, "it is longer than %d bytes; shorten it", limit)
	}
	if !utf8.ValidString(s) {
		return refuseText(field, s, "it is not valid UTF-8; write it anew")
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || invisible(r) {
			return refuseText(field, s, "%s is not allowed; use only characters that can be seen", nameRune(r))
		}
	}
	return nil
}

// Path checks a path that is going to be given to the operating system: not
// empty, no NUL, and no longer than Linux takes. field names it in the error.
func Path(field, path string) error {
	const longest = 4095 // PATH_MAX with its NUL is 4096
	switch {
	case path == "":
		return refuseText(field, path, "it is empty; give a path")
	case strings.ContainsRune(path, 0):
		return refuseText(field, path, "%s is not allowed; remove it", nameRune(0))
	case len(path) > longest:
		return refuseText(field, path, "it is longer than %d bytes; use a shorter path", longest)
	}
	return nil
}

// MaxSocketPath is the length of the longest path of a Unix socket: the size
// of sun_path on Linux without its NUL.
const MaxSocketPath = 107

// SocketPath checks the path of a Unix socket, absolute or relative. A name
// in the abstract name space is refused, because it has no permissions.
func SocketPath(path string) error {
	const field = "socket path"
	if err := Path(field, path); err != nil {
		return err
	}
	if len(path) > MaxSocketPath {
		return refuseText(field, path, "it is longer than %d bytes; use a shorter directory", MaxSocketPath)
	}
	if strings.HasPrefix(path, "@") {
		return refuseText(field, path, "abstract sockets have no permissions; write ./@... if it is a file")
	}
	return Text(field, path, MaxSocketPath)
}

// invisible reports characters that count as printable but show nothing.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// nameRune names a character, and prints it only if it is visible ASCII.
func nameRune(r rune) string {
	if '!' <= r && r <= '~' {
		return fmt.Sprintf("the character %q", r)
	}
	switch r {
	case ' ':
		return "a space"
	case '\n':
		return "a new line"
	case utf8.RuneError:
		return "a byte that is not UTF-8"
	}
	return fmt.Sprintf("the character %U", r)
}
