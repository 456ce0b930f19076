package seal

// Code classifies an error of this package. It is itself an error, so that
// errors.Is(err, seal.ErrSealVerificationFailed) holds with the standard
// library too.
type Code string

// Error returns the code's text, which says what to do.
func (c Code) Error() string { return string(c) }

// The codes of handles and seals. All ways in which a seal can be wrong are
// one code with one text, so that nobody learns from the refusal how to do
// better.
const (
	ErrInvalidHandle          Code = "seal: invalid handle"
	ErrSealVerificationFailed Code = "seal: verification failed"
	ErrDigestMismatch         Code = "seal: the bytes are not those that were sealed"
)

// The codes of keys.
const (
	ErrKeyClosed  Code = "seal: the keyring is closed; open the engine again"
	ErrBadKey     Code = "seal: a token of 16 to 4096 bytes and an identity of 32 bytes are needed"
	ErrBadPurpose Code = "seal: no such signing key"
	ErrBadPEM     Code = "seal: not one Ed25519 public key in PEM; give the file that `key public` prints"
)

// The codes of secret files. Errors name the file before these texts.
const (
	ErrFileMissing  Code = "seal: the file does not exist; create it with mode 0600"
	ErrFileLink     Code = "seal: the file is a symbolic link; give the file itself"
	ErrFileKind     Code = "seal: not a regular file; give a regular file with mode 0600"
	ErrFileOwner    Code = "seal: the file belongs to another user; give it to the user who runs this (chown)"
	ErrFileMode     Code = "seal: others may read or write the file; take that away (chmod 600)"
	ErrFileLinks    Code = "seal: the file has more than one name; remove the other hard links"
	ErrFileShort    Code = "seal: the file holds less than 16 bytes; put a longer random secret into it"
	ErrFileLong     Code = "seal: the file holds more than 4096 bytes; give a file with a secret only"
	ErrFileExists   Code = "seal: the file exists already; remove it first if it is to be replaced"
	ErrBadIdentity  Code = "seal: the file is not 64 lower-case hexadecimal digits and a newline; restore it, or remove it to become a new identity"
	ErrFileUnusable Code = "seal: the file could not be used"
)
