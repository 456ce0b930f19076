#!/usr/bin/env bash
# Prints the path of a pinned development tool, building it first when needed.
#
#   tools/scripts/tool.sh golangci-lint | buf | protoc-gen-go | protoc-gen-connect-go | benchstat | testview
#
# The version stands in tools/go.mod, tools/golangci/go.mod or tools/buf/go.mod
# and nowhere else. The binary is kept in .bin (ignored by git) under a name
# that holds the version of the tool and of Go, so a changed pin is a new build.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
name=${1:?usage: tool.sh NAME}

case $name in
golangci-lint) dir=tools/golangci module=github.com/golangci/golangci-lint/v2 package=$module/cmd/golangci-lint ;;
buf) dir=tools/buf module=github.com/bufbuild/buf package=$module/cmd/buf ;;
protoc-gen-go) dir=tools module=google.golang.org/protobuf package=$module/cmd/protoc-gen-go ;;
protoc-gen-connect-go) dir=tools module=connectrpc.com/connect package=$module/cmd/protoc-gen-connect-go ;;
benchstat) dir=tools module=golang.org/x/perf package=$module/cmd/benchstat ;;
testview)
	# Our own, small and without dependencies: built each time, which the
	# build cache makes cheap.
	go build -C "$root/tools" -o "$root/.bin/testview" ./testview
	echo "$root/.bin/testview"
	exit 0
	;;
*)
	echo "tool.sh: unknown tool $name; the known ones are listed at the top of this script" >&2
	exit 2
	;;
esac

version=$(awk -v m="$module" '{ for (i = 1; i < NF; i++) if ($i == m) { print $(i+1); exit } }' "$root/$dir/go.mod")
if [ -z "$version" ]; then
	echo "tool.sh: $dir/go.mod names no version of $module; add it with: cd $dir && go get -tool $package@VERSION" >&2
	exit 1
fi
binary=$root/.bin/$name-$version-$(go env GOVERSION)
if [ ! -x "$binary" ]; then
	echo "building $name $version (kept in .bin; the first build of golangci-lint or buf takes minutes)" >&2
	mkdir -p "$root/.bin"
	partial=$binary.$$
	trap 'rm -f "$partial"' EXIT
	CGO_ENABLED=0 GOFLAGS='' go build -C "$root/$dir" -mod=readonly -trimpath -ldflags='-s -w' -o "$partial" "$package" >&2
	mv "$partial" "$binary"
fi
echo "$binary"
