package seal

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted is all that a Keyring shows of itself.
const redacted = "[redacted]"

// String returns "[redacted]".
func (k Keyring) String() string { return redacted }

// GoString returns "[redacted]".
func (k Keyring) GoString() string { return redacted }

// Format writes "[redacted]" for every verb and flag.
func (k Keyring) Format(f fmt.State, _ rune) { writeRedacted(f) }

// LogValue returns "[redacted]".
func (k Keyring) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]".
func (k Keyring) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[redacted]" as a JSON text.
func (k Keyring) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

func writeRedacted(w io.Writer) {
	if _, err := io.WriteString(w, redacted); err != nil {
		return // fmt has no way to take an error, and nothing was shown
	}
}
