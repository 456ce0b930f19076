#!/usr/bin/env bash
# Vets and builds for linux/arm64, and runs the tests of the digest on an
# emulated arm64 processor. The emulator is qemu-user, of the package of that name.
set -euo pipefail
cd "$(dirname "$0")/../.."
export GOOS=linux GOARCH=arm64 CGO_ENABLED=0

echo "== arm64: vet and build"
go vet ./seal/verity/... ./gpu/sim/...
go build ./...

emulator=$(command -v qemu-aarch64 || command -v qemu-aarch64-static || true)
if [ -z "$emulator" ]; then
	if [ -n "${CI:-}" ]; then
		echo "The tests for arm64 need qemu-user, and CI is set: apt-get install qemu-user." >&2
		exit 1
	fi
	echo "SKIPPED: the tests for arm64 need an emulator. Install it with: sudo apt-get install qemu-user"
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for package in seal/verity seal/verity/internal/kernel; do
	echo "== arm64: tests of $package"
	go test -c -o "$work/test" "./$package"
	(cd "$package" && VRAM_ENGINE_TEST_EMULATOR=$emulator "$emulator" "$work/test" -test.count=1)
done
