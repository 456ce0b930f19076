//go:build amd64 || arm64

package clock

const known = true

// additions executes so many rounds of 64 additions; rounds is not zero.
//
//go:noescape
func additions(rounds uint64)
