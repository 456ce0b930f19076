package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
)

func TestView(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
		not      []string
		bad      bool
		fails    bool
	}{
		{
			name: "pass",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"hidden\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}`,
			want: []string{"ok  \tp\t0.1s\n", "1 passed, 0 failed, 0 skipped\n"},
			not:  []string{"hidden", "PASS"},
		},
		{
			name: "skip shows the reason",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: no fsverity\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestA"}`,
			want: []string{"SKIP\tp TestA: a_test.go:3: no fsverity\n", "0 passed, 0 failed, 1 skipped"},
		},
		{
			name: "fail shows the output",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"wrong\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			want: []string{"wrong\n", "0 passed, 1 failed"},
			bad:  true,
		},
		{
			name: "panic leaves a test open",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: boom\n"}
{"Action":"fail","Package":"p"}`,
			want: []string{"panic: boom\n", "0 passed, 1 failed"},
			bad:  true,
		},
		{
			name: "build error",
			in: `{"ImportPath":"p","Action":"build-output","Output":"./a.go:1: syntax error\n"}
{"Action":"fail","Package":"p"}`,
			want: []string{"syntax error"},
			bad:  true,
		},
		{name: "plain line passes through", in: "go: cannot find module\n{\"Action\":\"fail\",\"Package\":\"p\"}", want: []string{"go: cannot find module\n"}, bad: true},
		{name: "nothing run", in: ``, fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var buf bytes.Buffer
			out := bufio.NewWriter(&buf)
			v := newView(out)
			if err := v.read(strings.NewReader(tt.in)); err != nil {
				t.Fatal(err)
			}
			err := v.finish()
			if (err != nil) != tt.fails {
				t.Fatalf("finish: %v", err)
			}
			if err := out.Flush(); err != nil {
				t.Fatal(err)
			}
			for _, w := range tt.want {
				if !strings.Contains(buf.String(), w) {
					t.Errorf("output lacks %q:\n%s", w, buf.String())
				}
			}
			for _, w := range tt.not {
				if strings.Contains(buf.String(), w) {
					t.Errorf("output has %q:\n%s", w, buf.String())
				}
			}
			if v.bad() != tt.bad {
				t.Errorf("bad() = %v, want %v", v.bad(), tt.bad)
			}
		})
	}
}
