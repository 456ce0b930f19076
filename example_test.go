package vram_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// start opens an engine on one small simulated device, in a directory that
// the returned function removes.
func start(kernels ...gpu.Kernel) (*vram.Engine, func()) {
	dir, err := os.MkdirTemp("", "vram-example-")
	if err != nil {
		fmt.Println(err)
		return nil, func() {}
	}
	e, err := vram.Open(context.Background(), vram.Options{
		DataDir:   filepath.Join(dir, "data"),
		Token:     []byte("at least sixteen secret bytes"),
		Simulated: &sim.Options{Memory: 16 * gpu.MiB, Faults: true},
		Kernels:   kernels,
	})
	if err != nil {
		fmt.Println(err)
	}
	return e, func() {
		if err := errors.Join(e.Close(context.Background()), os.RemoveAll(dir)); err != nil {
			fmt.Println(err)
		}
	}
}

// seal seals a text as the shard "weights".
func seal(e *vram.Engine, text string) vram.Handle {
	h, err := e.Seal(context.Background(), vram.SealRequest{ID: "weights", Source: strings.NewReader(text), Size: gpu.BytesOf(len(text))})
	if err != nil {
		fmt.Println(err)
	}
	return h
}

func ExampleOpen() {
	e, stop := start()
	defer stop()
	st := e.Status()
	fmt.Println(st.State, st.Backend, len(st.Devices))
	// Output: running simulated 1
}

func ExampleEngine_Seal() {
	e, stop := start()
	defer stop()
	h := seal(e, "the weights of a small model")
	fmt.Println(h.ShardID, h.VRAMBytes, h.DigestAlg)
	fmt.Println(h.Digest)
	// Output:
	// weights 28 fs-verity-sha256-4096
	// ab5b38e1bc67e70968993c82d59a50f367b66048708d600b87d0f49dbf21bfd9
}

func ExampleEngine_Verify() {
	ctx := context.Background()
	e, stop := start()
	defer stop()
	seal(e, "the weights of a small model")
	results, err := e.Verify(ctx, "weights")
	fmt.Println(results[0].OK, err)

	// A cell of the simulated memory fails.
	if err := e.FlipBit(ctx, "weights", 7, 0); err != nil {
		fmt.Println(err)
	}
	results, err = e.Verify(ctx, "weights")
	fmt.Println(results[0].OK, results[0].FirstBadBlock, errors.Is(err, vram.ErrIntegrityViolation), vram.ExitStatus(err))
	// Output:
	// true <nil>
	// false 0 true 3
}

func ExampleEngine_Execute() {
	count := gpu.Kernel{Name: "count", Params: []int{8, 8}, Go: func(_, _ gpu.Dim3, args gpu.KernelArgs) error {
		args.Memory(1)[0] = byte(strings.Count(string(args.Memory(0)), "e"))
		return nil
	}}
	e, stop := start(count)
	defer stop()
	seal(e, "the weights of a small model")
	receipt, err := e.Execute(context.Background(), vram.ExecuteRequest{Shards: []string{"weights"}}, func(_ context.Context, r *vram.Run) error {
		weights, err := r.Shard("weights")
		if err != nil {
			return err
		}
		out, err := r.Scratch(1)
		if err != nil {
			return err
		}
		if err := r.Launch("count", gpu.Dim3{}, gpu.Dim3{}, weights, out); err != nil {
			return err
		}
		one := make([]byte, 1)
		err = r.Read(out, 0, one)
		fmt.Println("letters:", one[0])
		return err
	})
	fmt.Println(receipt.Check, receipt.CheckedBytes, err)
	// Output:
	// letters: 3
	// before 28 B <nil>
}

func ExampleEngine_Release() {
	e, stop := start()
	defer stop()
	seal(e, "the weights of a small model")
	fmt.Println(e.Release(context.Background(), "weights"), len(e.Shards()))
	err := e.Release(context.Background(), "weights")
	fmt.Println(errors.Is(err, vram.ErrNotFound))
	// Output:
	// <nil> 0
	// true
}
