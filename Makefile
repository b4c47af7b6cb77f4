# The same targets for a person and for CI. `make help` lists them.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMP := $(VENV)/.installed
PYTEST := $(PY) -m pytest -n auto --dist worksteal
DEMO := demo
BRAND ?= $(DEMO)
ORDERS ?= 1000000
ROUNDS ?= 5
PYTHON ?= python3

# Without bytecode, importing dagster takes three to five times as long: what make runs, writes it.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DAGSTER_DISABLE_TELEMETRY := 1

.PHONY: help setup demo test test-slow reliability golden bench bench-doors example metrics-page lint fmt check dev lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## build .venv from requirements.lock; instant when nothing changed

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "milaan needs Python 3.11 or newer; name one: make setup PYTHON=python3.12" >&2; exit 2; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what requirements.lock names into $(VENV) (about a minute the first time)" >&2
	@$(PY) -m pip install --quiet --quiet --require-hashes --requirement requirements.lock
	@$(PY) -m pip install --quiet --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

demo: setup ## make a believable brand, run it, print where its reports are
	@$(BIN)/milaan demo $(DEMO)

test: setup ## everything that must hold, fast
	@$(PYTEST)

test-slow: setup ## everything, the long property runs included
	@$(PYTEST) -m "slow or not slow"

reliability: setup ## try every bar of docs/reliability.md, slow ones too, and write its table anew
	@$(PYTEST) -m bar --reliability

golden: setup ## the golden homes only, with the number of rows compared
	@$(PYTEST) tests/test_golden.py

bench: setup ## a million orders reconciled, beside a join of the same files: ORDERS=, ROUNDS=
	@$(PY) -m tests.bench --orders $(ORDERS) --rounds $(ROUNDS)

bench-doors: setup ## how many rows a second the doors read, and in how much memory: ROWS=
	@$(PY) -m tests.bench.doors $(ROWS)

example: setup ## write the small brand of examples/brand anew: the same bytes every time
	@$(PY) -m pipelines.example

metrics-page: setup ## write docs/metrics.md anew, from the docstrings
	@$(PY) -m pipelines.metrics_page

lint: setup ## ruff, mypy --strict, import floors
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(BIN)/lint-imports --no-logo

fmt: setup ## let ruff put things right
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

check: lint test ## what CI runs

dev: setup ## the Dagster UI on loopback, over the demo brand or BRAND=path
	@test "$(BRAND)" != "$(DEMO)" || test -f $(DEMO)/brand.yaml || $(BIN)/milaan demo $(DEMO)
	@mkdir -p "$(BRAND)/.state/dagster" && cp pipelines/dagster.yaml "$(BRAND)/.state/dagster/"
	@MILAAN_HOME="$$(cd "$(BRAND)" && pwd)" DAGSTER_HOME="$$(cd "$(BRAND)/.state/dagster" && pwd)" \
		$(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1 --port 3000

lock: setup ## choose versions anew: needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements.lock

clean: ## remove the demo brand, caches and the environment
	rm -rf $(VENV) $(DEMO) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
