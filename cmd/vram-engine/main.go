package main

import (
	"context"
	"os"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, UID: os.Geteuid(),
		Abort: func() { os.Exit(130) }, // 128 + SIGINT, as shells say it
	}))
}
