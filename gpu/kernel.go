package gpu

// Dim3 is the extent of a grid or of a block in its three dimensions, as in
// CUDA. A zero component counts as one.
type Dim3 struct{ X, Y, Z uint32 }

// Count is the number of elements, or false when it does not fit in 64 bits.
func (d Dim3) Count() (uint64, bool) {
	n, ok := Bytes(max(d.X, 1)).Mul(uint64(max(d.Y, 1)))
	if !ok {
		return 0, false
	}
	n, ok = n.Mul(uint64(max(d.Z, 1)))
	return uint64(n), ok
}

// Kernel is code that runs on a device, known by its name. Each backend takes
// the form that it can run.
type Kernel struct {
	Name string
	// Go runs on the simulated device.
	Go func(grid, block Dim3, args KernelArgs) error
	// PTX is a module that has an entry of the kernel's name, for CUDA.
	PTX []byte
	// Params are the sizes of the kernel's parameters in bytes, in order: 8
	// for a memory span. A launch whose arguments do not fit is refused.
	Params []int
}

// KernelArgs is what a Go kernel on the simulated device sees of its
// arguments. The slices are the device's memory itself and are valid only
// during the call; writing to a read-only span faults as on hardware.
type KernelArgs interface {
	Len() int
	// Memory returns the span given as argument i, or nil if it is none.
	Memory(i int) []byte
	// Uint64 returns the scalar given as argument i, zero-extended, or 0.
	Uint64(i int) uint64
}

// Arg is one argument of a launch: a span of device memory or a scalar.
type Arg struct {
	span   Span
	scalar uint64
	size   int // bytes of the scalar; 0 for a span
}

// SpanArg is a kernel argument that the device turns into an address.
func SpanArg(s Span) Arg { return Arg{span: s} }

// Uint32Arg is a 4-byte scalar argument.
func Uint32Arg(v uint32) Arg { return Arg{scalar: uint64(v), size: 4} }

// Uint64Arg is an 8-byte scalar argument.
func Uint64Arg(v uint64) Arg { return Arg{scalar: v, size: 8} }

// Span returns the argument's span, or false if it is a scalar.
func (a Arg) Span() (Span, bool) { return a.span, a.size == 0 }

// Scalar returns the argument's value and its size in bytes (0 for a span).
func (a Arg) Scalar() (value uint64, size int) { return a.scalar, a.size }

// ParamSize is the size of the kernel parameter that takes the argument.
func (a Arg) ParamSize() int {
	if a.size == 0 {
		return 8
	}
	return a.size
}

// Launch is one kernel launch.
type Launch struct {
	Kernel      string
	Grid, Block Dim3
	Args        []Arg
}
