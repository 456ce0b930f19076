package kernels

// Code classifies an error of this package. It is itself an error, so that
// errors.Is(err, kernels.ErrOldDevice) holds with the standard library.
type Code string

// Error returns the code's text, which says what to do.
func (c Code) Error() string { return string(c) }

// The codes that a caller can branch on.
const (
	ErrOldDevice Code = "kernels: the GPU's compute capability is below 7.0: use a GPU of the Volta generation or newer"
	ErrDamaged   Code = "kernels: the embedded module is damaged: install the program again"
	ErrNoEntry   Code = "kernels: the module has no such kernel"
	ErrBadRecord Code = "kernels: a record needs a length above zero, an aligned target, and sums below 2^64"
	ErrBadGrid   Code = "kernels: a launch needs 1 to 2^31-1 blocks: hash in more slices"
)
