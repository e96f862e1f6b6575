# What takes more than one `go` command. `make run` and `make test` set up everything themselves on a machine
# with Go, a C compiler, Node and npm; the browser tests install Chromium by apt where there is none.

TESTFLAGS ?=
CHROMIUM ?= $(or $(shell command -v chromium),/usr/bin/chromium)
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)
export CHROMIUM

.PHONY: help run build web generate check test vuln fuzz crowd bench bench-paths bench-search

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: build ## build all of it and serve it on http://localhost:8080
	bin/readout serve

build: web ## build bin/readout, with the pages in it
	go build -o bin/readout .

generate: ## write graph/generated anew, after a change of schema.graphqls or gqlgen.yml
	go run ./graph/generate

# Pages. npm leaves .package-lock.json when all is installed, Vite index.html when all is built.
PAGE := web/dist/playground/index.html
PAGE_SOURCES := $(shell find web/src web/public web/playground graph/examples -type f) web/vite.config.ts web/package-lock.json

web: $(PAGE) ## build the pages into web/dist

$(PAGE): web/node_modules/.package-lock.json $(PAGE_SOURCES)
	cd web && npm run build

web/node_modules/.package-lock.json: web/package.json web/package-lock.json web/.npmrc
	cd web && npm ci
	touch $@

check: ## formatting, vet, staticcheck; and that graph/generated is what the schema gives
	@files=$$(go tool gofumpt -l *.go bench db edge graph seeds web/*.go) && test -z "$$files" || \
		{ echo "not formatted; run go tool gofumpt -w $$files"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	@was=$$(mktemp -d) && cp -R graph/generated "$$was" && \
		if go run ./graph/generate && diff -rq "$$was/generated" graph/generated; then rm -rf "$$was"; \
		else rm -rf graph/generated && mv "$$was/generated" graph && rmdir "$$was"; \
			echo "graph/generated is stale; run make generate"; exit 1; fi

test: build check $(CHROMIUM) ## everything that CI runs
	go test -race $(TESTFLAGS) ./...
	cd web && npm run check && npm run relay && npm run audit && npm run e2e

vuln: ## ask vuln.go.dev whether the program calls code with a known vulnerability
	go tool govulncheck ./...

FUZZTIME ?= 60s
fuzz: ## look for inputs that break a promise, FUZZTIME for each target
	@for folder in db graph seeds; do for target in $$(sed -n 's/^func \(Fuzz[A-Za-z]*\).*/\1/p' $$folder/fuzz_test.go); do \
		echo "$$folder $$target" && go test ./$$folder -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s || exit 1; done; done
	go test ./graph -count 1 -run BruteForce -seed 0

crowd: ## a minute of 64 connections of which some leave early: no wrong answer, nothing left behind
	READOUT_CROWD=60s go test -count 1 -v -run Crowd .

# See bench/README.md. The first run builds a record of a million meetings.
SIZES ?= 1m
bench: ## measure against hand-written code over the same file, at SIZES meetings: 10k,100k,1m
	go run ./bench -sizes $(SIZES) -others bare,cached,bytes -out bench/results

# READOUT_FACTS=10000000 asks for another size of record than 100,000 facts, READOUT_BENCH names a folder to keep it in.
bench-paths: ## how fast paths are found, and how long it takes to be ready for them
	go test ./db -run - -bench 'Paths|Neighbourhood|LoadNetwork' -benchtime 500x -timeout 1h

bench-search: ## how many spellings search finds, how many strangers it takes, how long it works among 100,000 officials
	@go test ./graph -count 1 -v -run 'Spellings|Strangers' | grep -E 'recall|precision|FAIL'
	@GOMAXPROCS=1 go test ./db -run '^$$' -bench SearchTyping -benchtime 3x

$(CHROMIUM):
	$(SUDO) apt-get -o DPkg::Lock::Timeout=300 update
	$(SUDO) apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium
