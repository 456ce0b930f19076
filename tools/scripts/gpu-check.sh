#!/usr/bin/env bash
# Builds what tries the engine on a GPU, and runs it (docs/gpu-check.md).
#
#   tools/scripts/gpu-check.sh build   into bin/gpu-check, for a machine without Go
#   tools/scripts/gpu-check.sh run     builds where Go is, and runs
#
# FAKE=1 takes the fake driver of the tests instead of a GPU's. GPU_CHECK_FLAGS
# are for the program: -quick, -only PARTS, -device N, -limit 5m.
set -euo pipefail
cd "$(dirname "$0")/../.."
mode=${1:?usage: gpu-check.sh build|run}
out=bin/gpu-check

build() {
	tools/scripts/setup.sh build
	export CGO_ENABLED=0
	mkdir -p $out
	go build -trimpath -o $out/vram-engine ./cmd/vram-engine
	go test -c -tags hardware -trimpath -o $out/conformance.test ./gpu/cuda
	go build -C benchmarks -trimpath -o ../$out/gpu-check ./gpucheck
	cat >$out/run.sh <<'SCRIPT'
#!/bin/sh
# Tries the engine on the GPU of this machine. The results go to the folder
# "results" beside this script, or to the one that RESULTS names; options are
# those of gpu-check, beside this script.
here=$(cd "$(dirname "$0")" && pwd) || exit
exec "$here/gpu-check" -out "${RESULTS:-$here/results}" "$@"
SCRIPT
	chmod +x $out/run.sh
}

case $mode in
build)
	build
	echo "built $out: copy the folder to a machine with a GPU and run run.sh there"
	;;
run)
	if command -v go >/dev/null; then
		build
	elif [ ! -x $out/run.sh ]; then
		echo "gpu-check.sh: there is no Go here, and $out was not built: run make gpu-check-build where Go is, and copy that folder" >&2
		exit 1
	fi
	read -ra flags <<<"${GPU_CHECK_FLAGS:-}"
	if [ -n "${FAKE:-}" ]; then
		fake=$(go run -C benchmarks ./gpucheck/fakedriver)
		export LD_LIBRARY_PATH=$fake
		export FAKECUDA_CONFIG="mem=67108864 gran=65536 garbage=0 name=Fake_driver,_no_GPU"
		exec $out/gpu-check -libcuda "$fake/libcuda.so.1" -nvml "$fake/libnvidia-ml.so.1" ${flags[@]+"${flags[@]}"}
	fi
	RESULTS=${RESULTS:-benchmarks/results} exec $out/run.sh ${flags[@]+"${flags[@]}"}
	;;
*)
	echo "gpu-check.sh: unknown mode $mode" >&2
	exit 2
	;;
esac
