PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format lock browsers clean

help:
	@echo "make demo    link the built-in practice range on every default device and write a report"
	@echo "make test    run the whole test suite"
	@echo "make bench   measure speed and size against a plain Playwright script"
	@echo "make lint    ruff and mypy"
	@echo "make format  let ruff rewrite the code"
	@echo "make lock    write requirements.lock anew"
	@echo "make clean   remove the virtual environment and caches"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %d.%d; try make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Chromium is needed; without Firefox its cases say that it is missing.
browsers: $(READY)
	@$(BIN)/e2e-linker install chromium >&2
	@$(BIN)/e2e-linker install firefox >&2 || echo "going on without Firefox" >&2

demo: browsers
	@$(BIN)/e2e-linker demo

# The tests start the program some hundred times: it is compiled once, also where Python is told to leave nothing behind.
test: export PYTHONDONTWRITEBYTECODE =
test: browsers
	@$(BIN)/python -m pytest -n auto -q

# Wants a machine that does nothing else meanwhile.
bench: browsers
	@$(BIN)/python -m tests.benchmarks

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# Every platform and Python in one file, every package with its hashes, and no address of any index.
lock:
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --upgrade pyproject.toml --output-file requirements.lock
	@rm -rf $(VENV)-lock

clean:
	@rm -rf $(VENV) $(VENV)-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis
