package sim

// Op names an operation of a device, as in the Op of a gpu.Error.
type Op string

// The operations that a Control can make fail or slow. OpAny stands for each
// of them.
const (
	OpAny       Op = "any"
	OpOpen      Op = "open"
	OpMemory    Op = "memory"
	OpMap       Op = "map"
	OpUnmap     Op = "unmap"
	OpProtect   Op = "protect"
	OpWrite     Op = "write"
	OpRead      Op = "read"
	OpZero      Op = "zero"
	OpNonZero   Op = "nonzero"
	OpDigest    Op = "digest"
	OpStep      Op = "step"
	OpResidency Op = "residency"
	OpRegister  Op = "register"
	OpLaunch    Op = "launch"
	OpIdle      Op = "idle"
	OpClose     Op = "close"

	OpTestMemory Op = "test memory"
	OpAllocHost  Op = "allocate host memory"
	OpFreeHost   Op = "free host memory"
)

// matches reports whether a rule for o means the operation.
func (o Op) matches(op Op) bool { return o == op || o == OpAny }
