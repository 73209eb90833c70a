# Everything runs in .venv, which the first target makes: Python 3.11 or newer is all it needs.
PYTHON ?= python3
BIN := .venv/bin
RESULTS ?= scratch/quick
SELECT ?=
ONESHOT_CHROMIUM ?= chromium
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test bench lint format report pictures clean

help:  ## Show this screen
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: .venv/run  ## Run the quick suite on the synthetic dataset: leaderboard and plots in scratch/quick
	$(BIN)/oneshot run quick --results $(RESULTS)
	$(BIN)/oneshot report --results $(RESULTS)

test: .venv/dev  ## Run the tests; with ONESHOT_DATA set, those on the real Omniglot too
	$(BIN)/python -m pytest -m "not alone" --numprocesses auto --maxprocesses 4 --dist worksteal --durations 10
	$(BIN)/python -m pytest -m alone

bench: .venv/dev  ## Run the benchmarks, print their ratios, and keep them in scratch/benchmarks.json
	@mkdir -p scratch
	$(BIN)/python -m pytest tests/benchmarks -k "$(SELECT)" --benchmark-enable --benchmark-only -s -q \
	  --benchmark-json scratch/benchmarks.json

lint: .venv/dev  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev  ## Rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

report: .venv/run  ## Rebuild the committed leaderboard and plots from the committed records
	$(BIN)/oneshot report --results results

pictures: .venv/run  ## Rebuild the README's pictures: a task and the page (needs Omniglot and Chromium)
	$(BIN)/oneshot show across-20w1s --data omniglot --out docs/across-20w1s.png
	$(BIN)/oneshot report --results results --quiet
	$(ONESHOT_CHROMIUM) --headless --no-sandbox --hide-scrollbars --virtual-time-budget=5000 --window-size=1200,1650 \
	  --screenshot=docs/results-page.png "file://$(CURDIR)/results/site/index.html"

clean:  ## Remove the environment and scratch results
	rm -rf .venv scratch

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), and 3.11 or newer is needed: make PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run: .venv/python pyproject.toml constraints.txt
	$(PIP) --editable '.[keras,torch,human,distributed]'
	@touch $@

.venv/dev: .venv/python pyproject.toml constraints.txt
	$(PIP) --editable '.[all]'
	@touch $@ .venv/run
