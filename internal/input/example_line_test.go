package input

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// example is one line of the table.
type example struct {
	class, call, source, outcome string
	args                         []string
}

// parseExample reads "CLASS CALL ARGUMENT... => OUTCOME".
func parseExample(line string) (example, error) {
	source, outcome, _ := strings.Cut(line, " => ")
	class, rest, ok := strings.Cut(source, " ")
	call, rest, ok2 := strings.Cut(strings.TrimSpace(rest), " ")
	if !ok || !ok2 || class != "ok" && class != "refused" {
		return example{}, fmt.Errorf("cannot read %q", line)
	}
	ex := example{class: class, call: call, source: strings.TrimSpace(rest), outcome: outcome}
	for rest = ex.source; rest != ""; rest = strings.TrimSpace(rest) {
		literal, err := strconv.QuotedPrefix(rest)
		if err != nil {
			word, tail, _ := strings.Cut(rest, " ")
			ex.args, rest = append(ex.args, word), tail
			continue
		}
		text, err := strconv.Unquote(literal)
		if err != nil {
			return example{}, err
		}
		rest = strings.TrimPrefix(rest, literal)
		if count, repeated := strings.CutPrefix(rest, "*"); repeated {
			count, rest, _ = strings.Cut(count, " ")
			n, err := strconv.Atoi(count)
			if err != nil {
				return example{}, err
			}
			text = strings.Repeat(text, n)
		}
		ex.args = append(ex.args, text)
	}
	return ex, nil
}

// run makes the call. It panics, which fails the test, if the table is wrong.
func (ex example) run() (string, error) {
	call, ok := calls[ex.call]
	if !ok {
		panic("no such call: " + ex.call)
	}
	return call(ex.args)
}

// calls are the functions of the package, by the names that the table uses.
var calls = map[string]func([]string) (string, error){
	"shard-id": func(a []string) (string, error) { return "", ShardID(a[0]) },
	"shard-id-from-file-name": func(a []string) (string, error) {
		id := ShardIDFromFileName(a[0])
		return id, ShardID(id)
	},
	"digest":         func(a []string) (string, error) { d, err := Digest(a[0]); return hex.EncodeToString(d[:]), err },
	"plain-sha256":   func(a []string) (string, error) { d, err := PlainSHA256(a[0]); return hex.EncodeToString(d[:]), err },
	"nonce":          func(a []string) (string, error) { n, err := Nonce(a[0]); return hex.EncodeToString(n), err },
	"device-index":   func(a []string) (string, error) { return "", DeviceIndex(integer(a[0]), integer(a[1])) },
	"size":           func(a []string) (string, error) { return "", Size(natural(a[0]), natural(a[1])) },
	"parse-size":     func(a []string) (string, error) { n, err := ParseSize(a[0]); return fmt.Sprint(n), err },
	"model-ref":      func(a []string) (string, error) { return "", ModelRef(a[0]) },
	"text":           func(a []string) (string, error) { return "", Text(a[0], a[1], integer(a[2])) },
	"shard-index-of": func(a []string) (string, error) { return "", ShardIndexOf(integer(a[0]), integer(a[1])) },
	"bit":            func(a []string) (string, error) { return "", Bit(uint(natural(a[0]))) },
	"byte-offset":    func(a []string) (string, error) { return "", ByteOffset(natural(a[0]), natural(a[1])) },
	"page":           func(a []string) (string, error) { return "", Page(integer(a[0]), integer(a[1])) },
	"duration": func(a []string) (string, error) {
		return "", Duration(a[0], duration(a[1]), duration(a[2]), duration(a[3]))
	},
	"path":        func(a []string) (string, error) { return "", Path("path", a[0]) },
	"socket-path": func(a []string) (string, error) { return "", SocketPath(a[0]) },
}

func integer(s string) int            { return must(strconv.Atoi(s)) }
func natural(s string) uint64         { return must(strconv.ParseUint(s, 10, 64)) }
func duration(s string) time.Duration { return must(time.ParseDuration(s)) }

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
