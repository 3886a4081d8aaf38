# make test    installs what the tests need (as root on Debian), runs all of them
# make check   what CI runs besides the tests: format, vet, staticcheck, repack, other systems
# make data    records registry/history in its log and packs it into registry/data
# make bench   the benchmarks beside the code, once each; the scripts under bench/ are run by hand

GO ?= go

.PHONY: build test check data bench

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/portolan ./cmd/portolan

test:
	@bash internal/ci/test

check:
	@bash internal/ci/check

data:
	$(GO) run ./internal/cmd/reglog
	$(GO) run ./internal/cmd/regpack

bench:
	$(GO) test -run '^$$' -bench . -benchtime 1x ./...
