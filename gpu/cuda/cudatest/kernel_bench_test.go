package cudatest_test

import (
	"encoding/binary"
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// BenchmarkLeaves hashes the leaves of 4 MiB with the first digest kernel, as
// the host plays it.
func BenchmarkLeaves(b *testing.B) {
	const size, leaf = 4 << 20, 4096
	d := start(b, cudatest.Config{})
	d.context(0)
	x := d.extent(size + granule)
	text, err := kernels.PTX(90)
	if err != nil {
		b.Fatal(err)
	}
	module, code := d.load(string(text))
	d.want(success, code)
	f, code := d.function(module, kernels.LeavesDirect)
	d.want(success, code)
	var job []byte
	for _, word := range []uint64{uint64(x.at), size, uint64(x.at) + size, 0} {
		job = binary.LittleEndian.AppendUint64(job, word)
	}
	jobs := x.at + size + granule/2
	d.want(success, d.write(jobs, job, 0))
	values := [4]uint64{uint64(jobs), 1, 0, size / leaf}
	params := [4]unsafe.Pointer{unsafe.Pointer(&values[0]), unsafe.Pointer(&values[1]), unsafe.Pointer(&values[2]), unsafe.Pointer(&values[3])}
	b.SetBytes(size)
	for b.Loop() {
		d.want(success, d.call("cuLaunchKernel", f, size/leaf/128, 1, 1, 128, 1, 1, 0, 0, uintptr(unsafe.Pointer(&params[0])), 0))
		d.want(success, d.sync(0))
	}
}
