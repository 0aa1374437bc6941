# Each target does its own set-up, in .venv, and is quick when nothing changed.
.PHONY: setup run test lint bench docs clean
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

setup: $(READY)  ## make .venv, and .venv/bin/upheld in it

run: setup  ## open a working site with demonstration data
	@$(BIN)/upheld init
	@$(BIN)/upheld demo
	@exec $(BIN)/upheld serve

test: lint  ## check everything, on SQLite and on PostgreSQL at once
	@requirements/debian test
	$(BIN)/pytest --database both

lint: setup  ## style, types and floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup  ## what the promises cost, as ratios to a plain twin
	@$(BIN)/python -m benchmarks $(ARGS)

docs: setup  ## write the reference pages from the code
	$(BIN)/python -m docs.write

clean:  ## remove what the other targets made, never an instance
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(READY): pyproject.toml requirements/dev.txt
	@requirements/debian setup
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
