package seal

import "crypto/sha256"

// sealDigits is the length of a seal as text.
const sealDigits = 2 * sha256.Size
