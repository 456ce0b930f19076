# vram-engine. `make help` lists the targets; README.md tells how to begin.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

scripts := tools/scripts

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: build
build: ## build bin/vram-engine
	@$(scripts)/setup.sh build
	CGO_ENABLED=0 go build -trimpath -o bin/vram-engine ./cmd/vram-engine

.PHONY: run
run: build ## start the daemon with a sealed model (MODEL=path for your own; Ctrl-C stops it)
	@$(scripts)/run.sh

.PHONY: test
test: ## run the tests
	@$(scripts)/setup.sh test
	@$(scripts)/test.sh plain

.PHONY: race
race: ## run the tests under the race detector
	@$(scripts)/setup.sh check
	@$(scripts)/test.sh race

.PHONY: check
check: ## everything that CI checks
	@$(scripts)/check.sh

.PHONY: fmt
fmt: ## format the Go code
	gofmt -w $$($(scripts)/sources.sh)

.PHONY: fmt-check
fmt-check:
	@echo "== gofmt"
	@bad=$$(gofmt -l $$($(scripts)/sources.sh)); \
	if [ -n "$$bad" ]; then echo "Not formatted; run make fmt:"; echo "$$bad"; exit 1; fi

.PHONY: vet
vet: ## go vet in every module
	@for m in $$($(scripts)/modules.sh); do echo "== go vet $$m"; (cd $$m && go vet ./...) || exit 1; done

.PHONY: lint
lint: ## golangci-lint in every module
	@lint=$$($(scripts)/tool.sh golangci-lint); \
	for m in $$($(scripts)/modules.sh); do echo "== golangci-lint $$m"; (cd $$m && $$lint run --allow-parallel-runners ./...) || exit 1; done

.PHONY: generate
generate: ## generate the code of api/ and the assembly of seal/verity again
	@$(scripts)/generate.sh write

.PHONY: kernels
kernels: ## compile the GPU kernels to PTX again (clang 19, no SDK)
	@$(scripts)/setup.sh kernels
	@$(scripts)/kernels.sh write

.PHONY: generate-check
generate-check:
	@echo "== generated code"
	@$(scripts)/generate.sh check

.PHONY: test-arm64
test-arm64: ## build for arm64, and run the tests of the digest under qemu-user
	@$(scripts)/arm64.sh

.PHONY: fuzz
fuzz: ## every fuzz target, 2 minutes in all
	@$(scripts)/fuzz.sh 120 5

.PHONY: fuzz-long
fuzz-long: ## every fuzz target, 1 hour in all
	@$(scripts)/fuzz.sh 3600

.PHONY: props-long
props-long: ## the properties with 10,000 cases each
	cd props && go test -count=1 -timeout=0 ./... -rapid.checks=10000

.PHONY: faults-long
faults-long: ## let every driver call and every actor fail at every position, in every way (10 minutes)
	go test -count=1 -timeout=60m -run='TestEvery.*Fail|Crash' . -every-fault

.PHONY: bench
bench: build ## measure; table on the terminal, results and pictures in benchmarks/results (BENCH_FLAGS="-quick" to try it)
	@$(scripts)/setup.sh test
	cd benchmarks && go build -trimpath -o ../bin/benchmarks . && \
	../bin/benchmarks -engine ../bin/vram-engine -out results $(BENCH_FLAGS)

.PHONY: bench-plot
bench-plot: ## draw a stored run again (RESULT=benchmarks/results/….json, DIR=docs/img)
	@cd benchmarks && go run . plot "$(abspath $(RESULT))" "$(abspath $(or $(DIR),docs/img))"

.PHONY: bench-compare
bench-compare: ## compare two git revisions with benchstat (OLD=…, NEW=… or the working tree)
	@benchmarks/compare.sh "$(OLD)" "$(NEW)"

.PHONY: gpu-check-build
gpu-check-build: ## build bin/gpu-check, which tries a GPU on a machine without Go
	@$(scripts)/gpu-check.sh build

.PHONY: gpu-check
gpu-check: ## try the engine on this machine's GPU, results in benchmarks/results (FAKE=1: on the fake driver)
	@$(scripts)/gpu-check.sh run

.PHONY: clean
clean: ## remove what was built (the tools in .bin stay)
	rm -rf bin
