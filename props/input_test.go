package props

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/internal/input"
	"pgregory.net/rapid"
)

// units are those of a size, as the documentation of ParseSize lists them.
var units = map[string]string{
	"": "1", "B": "1",
	"K": "1000", "KB": "1000", "Ki": "1024", "KiB": "1024",
	"M": "1000000", "MB": "1000000", "Mi": "1048576", "MiB": "1048576",
	"G": "1000000000", "GB": "1000000000", "Gi": "1073741824", "GiB": "1073741824",
	"T": "1000000000000", "TB": "1000000000000", "Ti": "1099511627776", "TiB": "1099511627776",
}

// P-201.
func TestSizesRoundTrip(t *testing.T) {
	names := make([]string, 0, len(units))
	for name := range units {
		names = append(names, name)
	}
	slices.Sort(names) // the order must not depend on the map
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom(names).Draw(t, "unit")
		scale, ok := new(big.Int).SetString(units[unit], 10)
		if !ok {
			t.Fatalf("the table has no number for %q", unit)
		}
		count := rapid.OneOf(rapid.Uint64(), rapid.Uint64Max(20000000), rapid.Uint64Max(3)).Draw(t, "count")
		written := unit
		switch rapid.IntRange(0, 2).Draw(t, "case") {
		case 1:
			written = strings.ToLower(unit)
		case 2:
			written = strings.ToUpper(unit)
		}
		if unit != "" && rapid.Bool().Draw(t, "space") {
			written = " " + written
		}
		text := fmt.Sprintf("%d%s", count, written)
		want := new(big.Int).Mul(new(big.Int).SetUint64(count), scale)
		got, err := input.ParseSize(text)
		switch {
		case !want.IsUint64() && !errors.Is(err, input.ErrInvalid):
			t.Fatalf("%q does not fit in 64 bits and is read as %d (%v)", text, got, err)
		case want.IsUint64() && (err != nil || got != want.Uint64()):
			t.Fatalf("%q is read as %d (%v), want %v", text, got, err, want)
		}
	})
}

// P-202.
func TestFileNamesGiveShardIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := anyText().Draw(t, "name")
		id := input.ShardIDFromFileName(name)
		if err := input.ShardID(id); err != nil {
			t.Fatalf("%q gives an id that is refused: %v", name, err)
		}
		if again := input.ShardIDFromFileName(id); again != id {
			t.Fatalf("the id %q gives the id %q", id, again)
		}
		valid := rapid.StringMatching(`[A-Za-z0-9-]{0,127}[A-Za-z0-9][A-Za-z0-9-]{0,128}`).Draw(t, "valid")
		if got := input.ShardIDFromFileName(valid); got != valid || input.ShardID(valid) != nil {
			t.Fatalf("the valid id %q gives %q, %v", valid, got, input.ShardID(valid))
		}
	})
}

// P-203.
func TestDigestsHaveOneText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sum [32]byte
		copy(sum[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "sum"))
		text := hex.EncodeToString(sum[:])
		for _, accepted := range []string{text, "sha256:" + text} {
			if got, err := input.Digest(accepted); err != nil || got != sum {
				t.Fatalf("%q is read as %x, %v", accepted, got, err)
			}
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		changed := text[:at] + string(rapid.Byte().Draw(t, "byte")) + text[at+1:]
		got, err := input.Digest(changed)
		if err == nil && got == sum && changed != text {
			t.Fatalf("%q and %q are the same digest", changed, text)
		}
		if err == nil && hex.EncodeToString(got[:]) != changed {
			t.Fatalf("%q is read as %x", changed, got)
		}
		if upper := strings.ToUpper(text); upper != text {
			if _, err := input.Digest(upper); !errors.Is(err, input.ErrInvalid) {
				t.Fatalf("%q is accepted", upper)
			}
		}
	})
}

// P-204.
func TestRefusalsCannotForge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "text")
		n := rapid.Int().Draw(t, "number")
		_, digestErr := input.Digest(s)
		_, nonceErr := input.Nonce(s)
		_, sizeErr := input.ParseSize(s)
		for name, err := range map[string]error{
			"shard id": input.ShardID(s), "digest": digestErr, "nonce": nonceErr, "size": sizeErr,
			"model reference": input.ModelRef(s), "path": input.Path("path", s), "socket": input.SocketPath(s),
			"device": input.DeviceIndex(n, 4), "index": input.ShardIndexOf(n, n), "page": input.Page(n, n),
			"duration": input.Duration("limit", time.Duration(n), time.Second, time.Hour),
		} {
			if err == nil {
				continue
			}
			if !errors.Is(err, input.ErrInvalid) {
				t.Fatalf("%s: %v is not ErrInvalid", name, err)
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("%s: the error is not one line of printable ASCII: %q", name, err)
			}
		}
	})
}

// anyText draws texts of all sorts, among them what is not UTF-8.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(), rapid.StringN(0, 600, -1),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.StringMatching(`[a-zA-Z0-9./ _-]{0,300}`), rapid.StringMatching(`[a-z.]{250,400}`),
		rapid.SampledFrom([]string{"", "..", "/", "a\nb", "\x00", "\u202e", "a/../b", "@abstract"}),
	)
}
