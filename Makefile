# Everything a person needs: `make demo` to see it, `make test` to trust a change.

PYTHON ?= python3
PORT ?= 8080
PICKERS ?= 0
SEEDS ?= 300
WORKERS ?= 2
FRAMES ?= 100000
CASES ?= 10000
FIRST ?= 1
VENV := .venv
BIN := $(VENV)/bin
UI_SOURCES := $(shell find handheld_ui/src handheld_ui/public -type f 2>/dev/null) \
	$(wildcard handheld_ui/*.html handheld_ui/*.json handheld_ui/*.ts) hatch_build.py
KERNELS := $(wildcard optimizer/routing/*.py optimizer/routing/*/*.py optimizer/batching/*.py \
	optimizer/batching/*/*.py)

PIN := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-emit-index-url --no-header --no-annotate --upgrade --quiet

BASELINE := benchmarks/baseline
BENCH := $(BIN)/pytest benchmarks --benchmark-only --benchmark-columns=min,median,max,rounds \
	--benchmark-storage=file://$(BASELINE)

CHAOS = $(if $(KILLS),--kills $(KILLS)) $(if $(CUTS),--cuts $(CUTS)) \
	$(if $(RESTORES),--restores $(RESTORES)) $(if $(DEVICES),--devices $(DEVICES)) \
	$(if $(DATABASE),--database $(DATABASE)) $(if $(SEED),--seed $(SEED))

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test check format unit bench baseline ui simulate chaos load fuzz audit pins screenshots pictures clean

help: ## Show what can be done
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make demo PICKERS=8   simulated pickers work the lists"
	@echo "  make demo PORT=9000   another port"
	@echo "  make chaos KILLS=500 DATABASE=postgres   also CUTS=, RESTORES=, DEVICES=, SEED="

demo: $(VENV)/.ready ## Sample warehouse, server and worker: prints two addresses and the badges
	@$(BIN)/wavepick demo --port $(PORT) --pickers $(PICKERS) --data var/demo

test: $(VENV)/.tested ## Everything: format, lint, types, contracts, UI, tests, browser, wheel
	@$(MAKE) --no-print-directory check
	@$(BIN)/python hatch_build.py npm run check
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered

check: $(VENV)/.tested ## Format, lint, types and import contracts (seconds)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.tested ## Format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

unit: $(VENV)/.tested ## The fast tests only: no browser, no server processes, no PostgreSQL
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not browser and not process and not postgres and not redis"

fuzz: $(VENV)/.tested ## Hostile input in quantity: frames at a server, requests at every route
	$(BIN)/python -m tests.security.fuzz --frames $(FRAMES) --cases $(CASES) --first $(FIRST)

audit: $(VENV)/.tested ## Known vulnerabilities of the pinned packages (needs the advisory databases)
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/run.txt
	@cd handheld_ui && ../$(BIN)/python ../hatch_build.py npm audit --omit=dev

bench: $(VENV)/.tested ## Speed of the kernels (pytest-benchmark), beside the stored baseline
	$(BENCH) --benchmark-compare

baseline: $(VENV)/.tested ## Store the speed of the kernels as the baseline of `make bench`
	@rm -rf $(BASELINE)
	$(BENCH) --benchmark-save=baseline

simulate: $(VENV)/.tested ## Shifts under faults: SEEDS=300 FIRST=1; PLANTED=1 plants bugs
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST) --workers $(WORKERS) \
		$(if $(PLANTED),--planted)

chaos: $(VENV)/.tested ## Kill, cut off and put back a server at work; judge the history
	$(BIN)/python -m tests.chaos $(CHAOS)

load: $(VENV)/.tested ## Handhelds at a constant rate: SCENARIO=steady SECONDS=600 DEVICES=100 DATABASE=sqlite
	$(BIN)/python -m tests.load $(or $(SCENARIO),steady) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(DEVICES),--devices $(DEVICES)) $(if $(EVERY),--every $(EVERY)) \
		$(if $(DATABASE),--database $(DATABASE)) $(if $(MODE),--mode $(MODE))

ui: $(VENV)/.ready ## Build the handheld page and the console again
	@$(BIN)/python hatch_build.py

screenshots: $(VENV)/.tested ## Every screen as a PNG in docs/screens, from the browser journeys
	WAVEPICK_SCREENS=docs/screens $(BIN)/pytest tests/browser -q

pictures: $(VENV)/.tested ## Pictures and lengths of docs/routing.md, from its own commands
	WAVEPICK_PICTURES=1 $(BIN)/pytest tests/server/cli/test_route_page.py -q

pins: $(VENV)/.tested ## Resolve the pinned requirements again (needs the package index)
	@$(BIN)/python -m pip install -qq uv
	$(PIN) pyproject.toml requirements/run.in -o requirements/run.txt
	$(PIN) pyproject.toml --extra test --extra dev -c requirements/run.txt -o requirements/test.txt
	$(PIN) pyproject.toml --extra scaling -c requirements/run.txt -o requirements/scaling.txt

clean: ## Remove the environment, builds and the demo's data
	rm -rf $(VENV) build dist handheld_ui/dist handheld_ui/node_modules var

# The environment: pinned packages with hashes, then the project itself, which builds the pages
# with the Node.js that comes in a wheel, then the numba kernels into their cache.
$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Wavepick needs Python 3.11 or newer"'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.venv requirements/run.txt pyproject.toml
	@echo "Installing packages (about 20 s the first time) ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements/run.txt
	@echo "Installing Wavepick and building its pages ..."
	@$(BIN)/python -m pip install -qq --no-build-isolation --no-deps -e .
	@touch $@ $(VENV)/.pages

$(VENV)/.pages: $(UI_SOURCES) | $(VENV)/.installed
	@echo "Building the pages ..."
	@$(BIN)/python hatch_build.py
	@touch $@

$(VENV)/.compiled: $(KERNELS) | $(VENV)/.installed
	@echo "Compiling the inner loops (about 60 s) ..."
	@find optimizer -name '*.nb[ic]' -delete
	@$(BIN)/python -m optimizer.batching.warm_up planning
	@touch $@

$(VENV)/.ready: $(VENV)/.installed $(VENV)/.pages $(VENV)/.compiled
	@touch $@

$(VENV)/.tested: $(VENV)/.ready requirements/test.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements/test.txt
	@$(BIN)/python -m optimizer.batching.warm_up
	@touch $@
