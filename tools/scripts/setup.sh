#!/usr/bin/env bash
# Looks for what a make target needs beyond Go modules. As root it installs
# what Debian offers and is missing; else it says what to install. Where the
# variable CI is set, what stays missing is an error, so that nothing is
# skipped there unseen.
#
#   tools/scripts/setup.sh build | test | check | kernels
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
need=${1:?usage: setup.sh build|test|check|kernels}

wanted=$(awk '$1 == "go" { print $2; exit }' "$root/go.mod")
if ! command -v go >/dev/null; then
	echo "Go is not installed. Install Go $wanted or newer from https://go.dev/dl/ and put it on the PATH." >&2
	exit 1
fi
have=$(cd "$root" && go env GOVERSION 2>/dev/null) || {
	echo "This Go cannot build the project. Install Go $wanted or newer from https://go.dev/dl/." >&2
	exit 1
}
have=${have#go}
if [ "$(printf '%s\n%s\n' "$wanted" "${have%%[-+ ]*}" | sort -V | head -n 1)" != "$wanted" ]; then
	echo "Go $have is too old. Install Go $wanted or newer from https://go.dev/dl/." >&2
	exit 1
fi

commands=()
case $need in
build) ;;
test) commands=(fsverity) ;;
check) commands=(fsverity gcc git clang-19) ;;
kernels) commands=(clang-19) ;;
*)
	echo "setup.sh: unknown set $need" >&2
	exit 2
	;;
esac

# The Debian packages that hold a command.
packages_of() {
	case $1 in
	gcc) echo gcc libc6-dev ;;
	*) echo "$1" ;;
	esac
}

# What a missing command costs.
loss_of() {
	case $1 in
	fsverity) echo "the tests that compare digests with the fsverity tool" ;;
	gcc) echo "the run of the tests under the race detector" ;;
	clang-19) echo "the comparison of the GPU kernels with their sources" ;;
	*) echo "the steps that use it" ;;
	esac
}

missing=()
for c in "${commands[@]}"; do
	command -v "$c" >/dev/null || missing+=("$c")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
	packages=()
	for c in "${missing[@]}"; do
		read -ra names <<<"$(packages_of "$c")"
		packages+=("${names[@]}")
	done
	echo "installing with apt-get: ${packages[*]}" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq >&2 || echo "apt-get update failed; trying with the package lists at hand" >&2
	apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2 ||
		echo "apt-get could not install ${packages[*]}" >&2
fi

failed=0
for c in "${missing[@]}"; do
	command -v "$c" >/dev/null && continue
	echo "MISSING: $c. Skipped without it: $(loss_of "$c"). Install it with: sudo apt-get install $(packages_of "$c")" >&2
	failed=1
done
if [ $failed -ne 0 ] && [ -n "${CI:-}" ]; then
	echo "CI is set, so a missing tool is an error." >&2
	exit 1
fi
exit 0
