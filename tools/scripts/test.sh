#!/usr/bin/env bash
# Runs the tests of the root module, of props and of the GPU check, compiles the
# rest of benchmarks and the examples, and shows skipped tests with their reasons.
#
#   tools/scripts/test.sh plain    without cgo, as the released binary is built
#   tools/scripts/test.sh race     with the race detector (and checkptr), which needs cgo and gcc
set -euo pipefail
cd "$(dirname "$0")/../.."
mode=${1:?usage: test.sh plain|race}

flags=(-count=1 -timeout=15m)
case $mode in
plain) export CGO_ENABLED=0 ;;
race)
	if ! command -v gcc >/dev/null; then
		if [ -n "${CI:-}" ]; then
			echo "The race detector needs gcc, and CI is set: install gcc and libc6-dev." >&2
			exit 1
		fi
		echo "SKIPPED: the tests under the race detector need gcc. Install it with: sudo apt-get install gcc libc6-dev"
		exit 0
	fi
	export CGO_ENABLED=1
	flags+=(-race)
	;;
*)
	echo "test.sh: unknown mode $mode" >&2
	exit 2
	;;
esac

view=$(tools/scripts/tool.sh testview)
status=0
modules=$(tools/scripts/modules.sh)
for module in $modules; do
	case $module in
	./benchmarks | ./examples/*)
		echo "== $module: compiling"
		(cd "$module" && go test -count=1 -run '^$' ./...) || status=1
		if [ "$module" = ./benchmarks ] && [ "$mode" = plain ]; then
			echo "== $module/gpucheck: tests ($mode)"
			(cd "$module" && go test "${flags[@]}" -json ./gpucheck/... | "$view") || status=1
		fi
		;;
	*)
		echo "== $module: tests ($mode)"
		(cd "$module" && go test "${flags[@]}" -json ./... | "$view") || status=1
		;;
	esac
done
exit $status
