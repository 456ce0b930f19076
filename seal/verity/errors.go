package verity

// Code classifies an error of this package. It is itself an error, so that
// errors.Is(err, verity.ErrTooShort) holds with the standard library.
type Code string

// Error returns the code's text, which says what to do.
func (c Code) Error() string { return string(c) }

// The codes that a caller can branch on.
const (
	ErrBadDigest  Code = "verity: not a digest: write 64 lower-case hexadecimal digits, optionally after \"sha256:\""
	ErrTooShort   Code = "verity: the source ended before its stated size: it shrank while it was read, or the size is wrong"
	ErrTooLong    Code = "verity: the source is longer than its stated size: it grew while it was read, or the size is wrong"
	ErrTooLarge   Code = "verity: the size is too large for this operation"
	ErrBadOptions Code = "verity: invalid options"
	ErrBadTree    Code = "verity: the hashes do not fit the size and level that they are said to have"
	ErrNoBlock    Code = "verity: no such block"
	ErrBadProof   Code = "verity: proof refused"
	ErrReader     Code = "verity: the source broke the rules of its interface"
)
