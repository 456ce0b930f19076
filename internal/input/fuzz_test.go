package input

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
)

// seed gives the fuzzer every text argument of the table for a call.
func seed(f *testing.F, call string) {
	f.Helper()
	raw, err := os.ReadFile(examplesFile)
	if err != nil {
		f.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		ex, err := parseExample(strings.TrimSuffix(line, "\n"))
		if err != nil {
			f.Fatal(err)
		}
		if ex.call == call {
			f.Add(ex.args[0])
			n++
		}
	}
	if n == 0 {
		f.Fatalf("%s has no example of %s", examplesFile, call)
	}
}

func refusedProperly(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ErrInvalid) || !plainLine(err.Error()) {
		t.Errorf("not a proper refusal: %q", err)
	}
}

func FuzzShardID(f *testing.F) {
	seed(f, "shard-id")
	seed(f, "shard-id-from-file-name")
	f.Fuzz(func(t *testing.T, s string) {
		if err := ShardID(s); err != nil {
			refusedProperly(t, err)
		} else if ShardIDFromFileName(s) != s && strings.Trim(s, "-") != "" {
			t.Errorf("the valid id %q is changed to %q", s, ShardIDFromFileName(s))
		}
		if id := ShardIDFromFileName(s); ShardID(id) != nil {
			t.Errorf("%q gives the invalid id %q", s, id)
		}
	})
}

func FuzzDigest(f *testing.F) {
	seed(f, "digest")
	f.Fuzz(func(t *testing.T, s string) {
		sum, err := Digest(s)
		if err != nil {
			refusedProperly(t, err)
			return
		}
		if text := hex.EncodeToString(sum[:]); s != text && s != "sha256:"+text {
			t.Errorf("%q is accepted as %s", s, text)
		}
	})
}

func FuzzNonce(f *testing.F) {
	seed(f, "nonce")
	f.Fuzz(func(t *testing.T, s string) {
		nonce, err := Nonce(s)
		if err != nil {
			refusedProperly(t, err)
			return
		}
		if len(nonce) < MinNonce || len(nonce) > MaxNonce || hex.EncodeToString(nonce) != s {
			t.Errorf("%q is accepted as %x", s, nonce)
		}
	})
}

// FuzzParseSize compares with arbitrary precision.
func FuzzParseSize(f *testing.F) {
	seed(f, "parse-size")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseSize(s)
		if err != nil {
			refusedProperly(t, err)
			return
		}
		unit := strings.TrimLeft(s, "0123456789")
		want, ok := new(big.Int).SetString(strings.TrimSuffix(s, unit), 10)
		if !ok {
			t.Fatalf("%q is accepted without a number", s)
		}
		unit = strings.ToUpper(strings.TrimPrefix(unit, " "))
		base := int64(1000)
		if strings.Contains(unit, "I") {
			base = 1024
		}
		power := int64(0)
		if unit != "" {
			power = int64(strings.IndexByte("BKMGT", unit[0]))
		}
		want.Mul(want, new(big.Int).Exp(big.NewInt(base), big.NewInt(power), nil))
		if fmt.Sprint(got) != want.String() {
			t.Errorf("%q is %d, want %s", s, got, want)
		}
	})
}

func FuzzText(f *testing.F) {
	seed(f, "model-ref")
	seed(f, "socket-path")
	f.Fuzz(func(t *testing.T, s string) {
		for name, err := range map[string]error{"model-ref": ModelRef(s), "socket-path": SocketPath(s)} {
			if err != nil {
				refusedProperly(t, err)
				continue
			}
			if strings.ContainsAny(s, "\x00\n\r\x1b\u202e\u200b\ufeff") || len(s) > MaxModelRef {
				t.Errorf("%s accepts %q", name, s)
			}
		}
	})
}
