# Everything runs in .venv, made from requirements.lock. `make` alone lists the targets.
#   make test ARGS="-k intake"       ARGS goes to the program that a target runs
#   make setup PYTHON=/path/python   another Python than the first that fits

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test test-slow test-browser lint format types check-defs benchmark benchmark-run review quality speed lock clean

ARGS ?=
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
CANDIDATES := python3.11 python3.12 python3.13 python3 python

# Nothing is sent to Dagster's makers, whatever home a command uses.
export DAGSTER_DISABLE_TELEMETRY := yes
# Compiled modules are kept even where the surroundings say otherwise: every start is twice as fast.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(READY)  ## install everything into .venv (again only when the lock or pyproject.toml changed)
	@echo "Ready: $(VENV)"

# The lock is complete (--no-deps) and holds the build tool too (--no-build-isolation): nothing unpinned is ever fetched.
# uv does it in seconds where it is installed (UV= keeps to pip); --no-compile: only what is used gets compiled, when it is.
$(READY): requirements.lock pyproject.toml
	@set -e; python='$(PYTHON)'; \
	if [ -z "$$python" ]; then \
	  for name in $(CANDIDATES); do \
	    if "$$name" -c '$(FITS)' >/dev/null 2>&1; then python="$$name"; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ] || ! "$$python" -c '$(FITS)' 2>/dev/null; then \
	  echo "make: no Python 3.11 to 3.13 found ($${python:-tried $(CANDIDATES)}); name one: make setup PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi; \
	$(BIN)/python -c '$(FITS)' 2>/dev/null || "$$python" -m venv --clear $(VENV) || \
	  { echo "make: $$python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing the pinned packages into $(VENV); the first time takes a minute or two ..."
	@set -e; if command -v "$(UV)" >/dev/null; then \
	  $(UV) pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements.lock; \
	  $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	  $(BIN)/python -m pip install --quiet --no-compile --require-hashes --no-deps -r requirements.lock; \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

demo: $(READY)  ## run the shipped example through all phases, without a browser
	@$(BIN)/mturk-pipeline demo $(ARGS)

dev: $(READY)  ## open the Dagster UI with the example ready
	@$(BIN)/mturk-pipeline dev $(ARGS)

# On two cores half the time; the tests of a file stay together, for they share what is slow to make.
test: $(READY)  ## pass the tests (without a Chromium, all but the browser tests)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-browser: $(READY)  ## pass the browser tests only; fails where there is no Chromium
	@MTURK_REQUIRE_BROWSER=1 $(BIN)/python -m pytest -m browser $(ARGS)

test-slow: $(READY)  ## pass the long proofs only
	@$(BIN)/python -m pytest -m slow $(ARGS)

lint: $(READY)  ## check style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: $(READY)  ## mend style and format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: $(READY)  ## check the types
	@$(BIN)/basedpyright

# A home of its own, in .venv: the check leaves no trace in the user's Dagster home.
check-defs: $(READY)  ## load all Dagster definitions
	@mkdir -p $(VENV)/check_home && printf 'telemetry:\n  enabled: false\n' > $(VENV)/check_home/dagster.yaml
	@PATH="$(CURDIR)/$(BIN):$$PATH" VIRTUAL_ENV="$(CURDIR)/$(VENV)" DAGSTER_HOME="$(CURDIR)/$(VENV)/check_home" \
	  dg check defs --use-active-venv $(ARGS)

benchmark: $(READY)  ## time each stage over growing batches
	@$(BIN)/python mturk_pipeline_tests/benchmarks/benchmark_stages.py $(ARGS)

benchmark-run: $(READY)  ## time `mturk-pipeline run` of a small project
	@$(BIN)/python mturk_pipeline_tests/benchmarks/benchmark_run.py $(ARGS)

review: $(READY)  ## play the example's review through: errors caught, and the audit's coverage (ARGS: see --help)
	@$(BIN)/python mturk_pipeline_tests/benchmarks/review_played_through.py $(ARGS)

# crowd-kit and what it needs, beside the pinned packages: for the two programs below only.
PEERS := $(VENV)/.peers
$(PEERS): $(READY) requirements-peers.lock
	@echo "Installing the models to compare with ..."
	@if command -v "$(UV)" >/dev/null; then \
	  $(UV) pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements-peers.lock; \
	else $(BIN)/python -m pip install --quiet --no-compile --require-hashes --no-deps -r requirements-peers.lock; fi
	@touch $@

quality: $(PEERS)  ## how good trust is, beside other models (ARGS: folder of published sets; see --help)
	@$(BIN)/python mturk_pipeline_tests/benchmarks/quality_of_trust.py $(ARGS)

speed: $(PEERS)  ## how fast trust is, beside other models
	@$(BIN)/python mturk_pipeline_tests/benchmarks/speed_of_trust.py $(ARGS)

lock:  ## pin all packages again after a change in pyproject.toml (ARGS=--upgrade: newest versions); needs uv
	@command -v $(UV) >/dev/null || { echo "make: lock needs uv: pip install uv" >&2; exit 1; }
	@$(UV) pip compile pyproject.toml --group dev --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --universal --python-version 3.11 --no-strip-extras --custom-compile-command "make lock" --quiet -o requirements.lock $(ARGS)
	@$(UV) pip compile --group peers --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --universal --python-version 3.11 --no-strip-extras --custom-compile-command "make lock" --quiet \
	  --constraint requirements.lock -o requirements-peers.lock $(ARGS)

clean:  ## remove .venv and caches; projects and run history stay
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis dist
	find mturk_pipeline mturk_pipeline_tests -type d -name __pycache__ -prune -exec rm -rf {} +
