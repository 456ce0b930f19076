#!/usr/bin/env bash
# Runs every step of "make check", also after one has failed, and says at the
# end how long each took and which failed.
set -euo pipefail
cd "$(dirname "$0")/../.."
unset MAKELEVEL MAKEFLAGS

tools/scripts/setup.sh check

failed=()
summary=()
for target in fmt-check vet lint generate-check test race fuzz; do
	begin=$SECONDS
	result=passed
	make --no-print-directory "$target" </dev/null || {
		result=FAILED
		failed+=("$target")
	}
	summary+=("$(printf '%-16s %s in %d s' "$target" "$result" $((SECONDS - begin)))")
done

echo "== summary"
printf '%s\n' "${summary[@]}"
if [ ${#failed[@]} -ne 0 ]; then
	echo "make check failed: ${failed[*]}" >&2
	exit 1
fi
echo "make check: all passed"
