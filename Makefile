# `make run` and `make test` do everything that has to be done before them, by themselves.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help packages setup build build-proof build-tests build-fuzz run demo lint clean bench fuzz
.PHONY: soak test test-swift test-scenarios test-release test-seeds test-proofs test-fuzz test-model
.PHONY: test-vectors

# A crashing Swift child must not sit in a backtrace printer that holds our pipes open.
export SWIFT_BACKTRACE := enable=no
# Tests and builds see what the Makefile says, not what a developer's shell has set for a gateway.
export PYTHONDONTWRITEBYTECODE := 1

PYTHON := .venv/bin/python
# Without plugins that no test uses: each process of tests would load them.
PYTEST := $(PYTHON) -m pytest -q -p no:cacheprovider -p no:schemathesis -p no:anyio
SLUICE := .build/release/sluice
# What the scenarios run: the build that the tests have anyway. `make test-release` takes the other.
TESTED ?= .build/proof/debug/sluice
SWIFT_FLAGS := --explicit-target-dependency-import-check error
# One build for the Swift tests, the crash tests and the scenarios, in a folder of its own. Without
# the index that XCTest's cases are found by, and without debug information: both cost time alone.
FOR_TESTS := SLUICE_BUILD_FAIL_POINTS=1
TEST_BUILD := --scratch-path .build/proof $(SWIFT_FLAGS) --disable-xctest --enable-swift-testing \
	--disable-index-store -debug-info-format none
FUZZ_SECONDS ?= 2
# Tests at a time: most wait for a database, and hundreds at once would only wait for each other.
TEST_WIDTH ?= 24
# Files of scenarios at a time: they wait more than they compute.
SCENARIO_WIDTH ?= 5
FUZZ_TOTAL_SECONDS ?= 1800
# Requests that are made up for each call of the API.
EXAMPLES ?= 100
SOAK_SECONDS ?= 3600
# Crash runs of a soak, each with 40 charges.
SEEDS ?= 300

help:  ## This list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages:  ## Install the Debian packages that are missing (says so first): all that a build needs.
	@Config/setup/setup.sh --packages

setup:  ## Install what is missing: Debian packages (says so first) and Python ones in .venv.
	@Config/setup/setup.sh

build: packages  ## Build release binaries in .build/release.
	timeout 1800 swift build -c release $(SWIFT_FLAGS) --product sluice
	timeout 900 swift build -c release $(SWIFT_FLAGS) --product mock-sui-node

build-proof: packages  ## Build for the scenarios: with steps to be killed at, and bugs to be found.
	$(FOR_TESTS) timeout 1800 swift build $(TEST_BUILD) --product sluice
	$(FOR_TESTS) timeout 900 swift build $(TEST_BUILD) --product mock-sui-node

run: build  ## Run everything on this machine, with a private database.
	exec $(SLUICE) dev

test:  ## Run every test, with the time of each part.
	+@MAKE="$(MAKE)" Config/setup/test.sh

build-tests: packages  ## Build the Swift tests, and what `build-proof` does.
	$(FOR_TESTS) timeout 1800 swift build --build-tests $(TEST_BUILD)

build-fuzz: setup  ## Build the fuzz targets.
	timeout 900 $(PYTHON) Tests/Fuzz/run.py --build

# The repository's rules compute for seconds at a time, and others would seem slow beside them.
test-swift: build-tests  ## Run the Swift tests.
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) \
		$(FOR_TESTS) timeout 900 swift test --skip-build $(TEST_BUILD) --skip RepositoryTests
	$(FOR_TESTS) timeout 300 swift test --skip-build $(TEST_BUILD) --filter RepositoryTests

test-scenarios: setup build-proof  ## Run the scenarios and the comparisons with independent programs.
	SLUICE_BINARY=$(CURDIR)/$(TESTED) timeout 1800 $(PYTEST) \
		-n $(SCENARIO_WIDTH) --dist loadgroup --no-loadscope-reorder Tests/Peers Tests/ScenarioTests

test-release: build  ## Run the scenarios with the release build.
	+@"$(MAKE)" --no-print-directory test-scenarios TESTED=$(SLUICE)

test-seeds: setup build-proof  ## Run the crash runs alone: SEEDS of them, or the one of SEED.
	SLUICE_BINARY=$(CURDIR)/$(TESTED) timeout 3600 $(PYTEST) \
		Tests/ScenarioTests/test_escrow_seeds.py

# The promise that they take 2 minutes together is for a machine that does nothing else.
test-proofs: setup build-proof  ## Run 40 crash runs and the planted bugs alone, and say how long they took.
	@began=$$(date +%s); SLUICE_BINARY=$(CURDIR)/$(TESTED) timeout 1800 $(PYTEST) \
		 -n $(SCENARIO_WIDTH) --dist loadgroup --no-loadscope-reorder \
		Tests/ScenarioTests/test_escrow_control.py Tests/ScenarioTests/test_escrow_seeds.py; \
	code=$$?; echo "test-proofs: $$(($$(date +%s) - began)) s"; exit $$code

test-fuzz: setup  ## Fuzz every parser for FUZZ_SECONDS (default 2), from its corpus.
	timeout 600 $(PYTHON) Tests/Fuzz/run.py --seconds $(FUZZ_SECONDS)

test-model: setup  ## Search the charge protocol's small worlds, and find its planted bugs.
	timeout 300 $(PYTHON) Tests/Model/run.py
	timeout 300 $(PYTHON) Tests/Model/run.py --check

test-vectors: setup  ## See that the committed vectors are what their generator makes.
	timeout 300 $(PYTHON) Vectors/generate.py --check

demo: setup build  ## Start everything; sign in, pay in, charge through a crash, pay out; stop.
	timeout 300 $(PYTHON) Config/demo/demo.py

bench: setup build  ## Measure against PostgreSQL, nginx, the C libraries and a simulated chain.
	SLUICE_BINARY=$(CURDIR)/$(SLUICE) timeout 1800 $(PYTHON) Tests/Bench/run.py

fuzz: setup build  ## Fuzz every parser for FUZZ_TOTAL_SECONDS (default 1800), and every call of the API.
	timeout $$(($(FUZZ_TOTAL_SECONDS) + 1200)) \
		$(PYTHON) Tests/Fuzz/run.py --total-seconds $(FUZZ_TOTAL_SECONDS)
	SLUICE_BINARY=$(CURDIR)/$(SLUICE) SLUICE_TEST_EXAMPLES=$(EXAMPLES) timeout 3600 \
		$(PYTEST) Tests/Peers/test_openapi_contract.py

soak: setup build build-proof  ## Load for SOAK_SECONDS (3600), SEEDS crash runs (300), every model, and `test-release`.
	SLUICE_BINARY=$(CURDIR)/$(SLUICE) timeout $$(($(SOAK_SECONDS) + 300)) \
		$(PYTHON) Tests/Bench/soak.py --seconds $(SOAK_SECONDS)
	SLUICE_BINARY=$(CURDIR)/$(TESTED) SEEDS=$(SEEDS) CHARGES=40 \
		timeout $$((600 + 20 * $(SEEDS))) $(PYTEST) -n 2 \
		Tests/ScenarioTests/test_escrow_seeds.py
	SLUICE_BINARY=$(CURDIR)/$(TESTED) SEED=1 timeout 900 $(PYTEST) -n 2 --dist loadgroup \
		Tests/ScenarioTests/test_escrow_steps.py Tests/ScenarioTests/test_escrow_control.py
	timeout 3600 $(PYTHON) Tests/Model/run.py --all
	+@"$(MAKE)" --no-print-directory test-release

lint:  ## Check format and syntax; needs the toolchain only.
	Config/setup/lint.sh

clean:  ## Remove what was built; data of `make run` in .sluice stays (rm -r .sluice removes it).
	rm -rf .build Tests/Fuzz/.build
