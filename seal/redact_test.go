package seal_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/seal"
)

// holder has a keyring where fmt does not look for methods.
type holder struct {
	ring    seal.Keyring
	pointer *seal.Keyring
	signer  *seal.Signer
	any     any
	Ring    seal.Keyring
	Pointer *seal.Keyring
	Signer  *seal.Signer
}

// secrets returns what must not be seen: the token, the identity, and every
// key, as text, as hexadecimal, and as fmt prints a slice of bytes.
func secrets(t *testing.T) []string {
	t.Helper()
	raw := [][]byte{[]byte(testToken), testIdentity()}
	seeds := loadKeySeeds(t)
	if len(seeds) == 0 {
		t.Fatal("no keys to look for")
	}
	sealKey, err := hkdf.Key(sha256.New, []byte(testToken), nil, "llorch-seal-key-v1", 32)
	if err != nil {
		t.Fatal(err)
	}
	raw = append(append(raw, seeds...), sealKey)
	var out []string
	for _, b := range raw {
		list := strings.Trim(fmt.Sprint(b[:8]), "[]")
		out = append(out, string(b[:8]), hex.EncodeToString(b[:8]), strings.ToUpper(hex.EncodeToString(b[:8])),
			list, strings.ReplaceAll(list, " ", ","), fmt.Sprintf("%#v", b[:8])[7:20])
	}
	return out
}

func TestNothingPrintsKeys(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	s, err := k.Signer(seal.PurposeAuditHead)
	if err != nil {
		t.Fatal(err)
	}
	h := holder{ring: *k, pointer: k, signer: s, any: k, Ring: *k, Pointer: k, Signer: s}
	values := map[string]any{
		"pointer": k, "value": *k, "holder": h, "holder pointer": &h, "signer": s, "signer value": *s,
		"slice": []*seal.Keyring{k}, "map": map[string]seal.Keyring{"k": *k}, "array": [1]any{*k},
		"error": fmt.Errorf("about %v", *k),
	}
	_, closedErr := k.Seal(seal.Handle{})
	values["error of Seal"] = closedErr

	if n := leaks(t, printAll(values)); n != 0 {
		t.Errorf("%d secrets were printed", n)
	}
	if n := leaks(t, printAll(map[string]any{"control": struct{ token []byte }{[]byte(testToken)}})); n == 0 {
		t.Error("the test does not find a token that is printed")
	}
}

// leaks counts the secrets in what was printed.
func leaks(t *testing.T, printed string) int {
	t.Helper()
	n := 0
	for _, secret := range secrets(t) {
		if strings.Contains(printed, secret) {
			n++
		}
	}
	return n
}

// printAll prints the values in every way there is.
func printAll(values map[string]any) string {
	var out bytes.Buffer
	for name, v := range values {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
			for _, flags := range []string{"", "+", "#", "-20", "020.3", " ", "+#"} {
				fmt.Fprintf(&out, "%"+flags+string(verb)+"\n", v)
			}
		}
		text, err := json.Marshal(v)
		fmt.Fprintf(&out, "%s %v\n", text, err)
		fmt.Fprintf(&out, "%v\n", gob.NewEncoder(&out).Encode(v))
		for _, asJSON := range []bool{false, true} {
			hclog.New(&hclog.LoggerOptions{Output: &out, JSONFormat: asJSON, Level: hclog.Trace}).
				With("with", v).Error("message", name, v, "fmt", hclog.Fmt("%+v %#v", v, v))
		}
		slog.New(slog.NewTextHandler(&out, nil)).Error("message", name, v, slog.Group("g", "v", v))
		slog.New(slog.NewJSONHandler(&out, nil)).Error("message", name, v, slog.Group("g", "v", v))
	}
	return out.String()
}

// TestRedactedForms pins what is shown instead.
func TestRedactedForms(t *testing.T) {
	k := openKeyring(t, testToken, testIdentity(), "")
	text, err := json.Marshal(map[string]any{"k": k, "v": *k})
	if err != nil || string(text) != `{"k":"[redacted]","v":"[redacted]"}` {
		t.Errorf("JSON: %s, %v", text, err)
	}
	marshalled, err := k.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"%v": fmt.Sprintf("%v", k), "%+v": fmt.Sprintf("%+v", *k), "%#v": fmt.Sprintf("%#v", k), "%s": fmt.Sprintf("%s", *k),
		"%x": fmt.Sprintf("%x", k), "%d": fmt.Sprintf("%d", *k), "%q": fmt.Sprintf("%q", k),
		"String": k.String(), "GoString": k.GoString(), "LogValue": k.LogValue().String(), "MarshalText": string(marshalled),
	} {
		if got != "[redacted]" {
			t.Errorf("%s gives %q", name, got)
		}
	}
}
