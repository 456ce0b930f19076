// Command inference-server shows how an inference server embeds the engine. It
// seals a model file on a simulated device, continues texts with it over HTTP,
// and answers nothing that was computed on weights that failed verification.
//
//	go run ./internal/sample/makesample sample.safetensors
//	go run ./examples/inference-server -model sample.safetensors -data data
//	curl -d '{"prompt":"Alice was ","characters":40}' http://127.0.0.1:8080/continue
//
// It is an example: it has no authentication, and it listens on the loopback
// interface unless it is told otherwise.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	vram "github.com/vram-engine/vram-engine"
)

func main() {
	var o options
	flag.StringVar(&o.model, "model", "", "the model, as makesample writes it")
	flag.StringVar(&o.data, "data", "", "a directory of the server's own, for its keys and its audit log")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8080", "where to listen")
	flag.Parse()
	o.out = os.Stdout
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		if _, failed := fmt.Fprintln(os.Stderr, "inference-server:", err); failed != nil {
			os.Exit(1)
		}
		os.Exit(vram.ExitStatus(err))
	}
}
