# make test    installs what the tests need (as root on Debian), runs all of them
# make check   what CI runs besides the tests: format, vet, staticcheck, repack, other systems
# make data    records registry/history in its log and packs it into registry/data
# make findings  draws docs/findings/*.svg and writes docs/findings.md from the data
# make bench   the benchmarks beside the code, once each; the scripts under bench/ are run by hand

GO ?= go

.PHONY: build test check data findings bench

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/portolan ./cmd/portolan

test:
	@bash internal/ci/test

check:
	@bash internal/ci/check

data:
	$(GO) run ./internal/cmd/reglog
	$(GO) run ./internal/cmd/regpack

findings:
	$(GO) run ./internal/cmd/plots
	$(GO) run ./internal/cmd/findings

bench:
	$(GO) test -run '^$$' -bench . -benchtime 1x ./...
