# Everything a user or a developer runs. `make demo` and `make test` set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export HF_HUB_OFFLINE ?= 1

.PHONY: demo test quick fix lint soak bench audit site screenshots pythons clean

demo: $(VENV)/.local  ## evaluate the shipped models on the built-in benchmark
	$(BIN)/medassay demo

test: $(VENV)/.dev lint  ## all checks and all tests
	$(BIN)/python -m pytest -n 2 -m "not soak"

quick: $(VENV)/.dev  ## style and the fast tests: under 20 seconds
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/python -m pytest -n 2 -q -m "not slow and not soak" --ignore=tests/models --ignore=tests/cli

fix: $(VENV)/.dev  ## format, and mend what can be mended
	$(BIN)/ruff format src tests benchmarks scripts
	$(BIN)/ruff check --fix src tests benchmarks scripts

lint: $(VENV)/.dev
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(VENV)/.dev  ## the slow and rare checks: all families taught, a million rows, ten kills, coverage, other Pythons
	$(BIN)/python -m pytest -n 2 -m soak
	$(BIN)/python benchmarks/million.py --samples 1000000 --kills 10
	$(BIN)/python benchmarks/scale.py --rows 100000 1000000
	$(BIN)/python benchmarks/coverage.py
	$(BIN)/python benchmarks/phantom_coverage.py
	$(MAKE) pythons

bench: $(VENV)/.dev  ## measure speed and memory, and write one table: build/bench.md
	$(BIN)/python benchmarks/table.py --data $(or $(MEDASSAY_SHARED),../shared)/data

audit: $(VENV)/.dev  ## hold the installed packages against the database of known weaknesses
	$(BIN)/python scripts/audit_packages.py

site: $(VENV)/.dev  ## the documentation as pages, in build/site
	$(INSTALL) -e '.[docs]'
	$(BIN)/python scripts/site.py

pythons:  ## the core's tests on every other Python that is here
	PYTHON=$(PYTHON) scripts/other_pythons.sh

screenshots: $(VENV)/.dev  ## the pictures of the documentation
	$(BIN)/python scripts/screenshots.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "medassay needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.local: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -e '.[local]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -e '.[local,dev]'
	@touch $@ $(VENV)/.local
