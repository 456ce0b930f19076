package verity

import (
	"crypto/fips140"
	"os"
	"sync"

	"github.com/vram-engine/vram-engine/seal/verity/internal/kernel"
)

// ForceVariable is the name of the environment variable that forces how blocks
// are hashed, for tests: go, shani, avx2, avx512vl, avx512,
// avx512zen5 or avx512x2. Empty
// is the fastest that the processor can execute.
const ForceVariable = "VRAM_ENGINE_SHA256"

// chosen is how this process hashes blocks. It is found out once.
var chosen = sync.OnceValue(func() kernel.Choice {
	return kernel.Choose(os.Getenv(ForceVariable), fips140.Enabled())
})

// Implementation names what blocks are hashed with in this process: a kernel
// such as "avx512-16", where the number tells how many blocks are hashed at
// once, "crypto/sha256", or "crypto/sha256 (FIPS 140-3 mode)". It is the same
// for the life of the process. It may be called from any goroutine.
func Implementation() string { return chosen().Text }

// ImplementationWarning says what is wrong with the value of ForceVariable and
// what is used instead, or is empty. It does not repeat the value.
func ImplementationWarning() string { return chosen().Warning }
