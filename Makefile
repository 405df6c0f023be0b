# Everything a person needs: make run, make test. `make help` lists the rest.
# Needs make, git and Python 3.11 or 3.12 (3.13: also libleveldb-dev and a C++ compiler).

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	if $$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
	then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
PACKAGE := .venv-package
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test bench fmt lint docs wheel miner-package clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## Four validators, a miner and an explorer on this machine: make run ARGS="-n 1"
	@$(BIN)/python -m aitbc devnet up $(ARGS)

# End-to-end tests start whole networks: one at a time, with the machine to themselves.
test: $(VENV)/.test  ## Lint, types, import contracts, test suite: make test ARGS="-k guard"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
ifeq ($(ARGS),)
	$(BIN)/pytest -n 2 --dist loadfile -m "not e2e"
	$(BIN)/pytest -m e2e
else
	$(BIN)/pytest $(ARGS)
endif

bench: $(VENV)/.test  ## Measure this machine: make bench ARGS="finality transfers"
	$(BIN)/python -m aitbc bench $(ARGS)

fmt: $(VENV)/.test  ## Format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.test  ## Write the generated pages and interfaces of the contracts: docs/contracts
	$(BIN)/python -m aitbc contracts generate docs/contracts

wheel: $(VENV)/.test  ## Build dist/*.whl
	$(BIN)/python -m hatchling build -t wheel

miner-package: $(PACKAGE)/.ready  ## Build the miner's binary, tarball and .deb: dist/miner
	PYTHONHASHSEED=0 $(PACKAGE)/bin/python packaging/miner/build.py
	$(PACKAGE)/bin/python packaging/miner/check.py

clean:  ## Remove everything that was built here
	rm -rf $(VENV) $(PACKAGE) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or 3.12 found."; \
		echo "  try: install one (Debian: apt install python3.11-venv), or make run PYTHON=/path"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] == (3, 13))' || \
		echo "note: on Python 3.13 plyvel is compiled: it needs g++ and libleveldb-dev"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@$(BIN)/python -m aitbc selfcheck
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	@$(BIN)/python -m aitbc selfcheck
	@touch $@ $(VENV)/.run

$(PACKAGE)/.ready: $(VENV)/bin/python pyproject.toml
	$(VENV)/bin/python -m venv $(PACKAGE)
	$(PACKAGE)/bin/python -m pip install --quiet --upgrade pip
	$(PACKAGE)/bin/python -m pip install --quiet --editable ".[package]"
	@touch $@
