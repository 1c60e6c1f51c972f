# make run: the main job. make test: everything CI checks. Both make their own .venv first, quickly the second time.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check clean
run: .venv/core.done
	$(BIN)/python -m graphs.run

test: .venv/test.done
	$(MAKE) --no-print-directory check

check: .venv/test.done
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv

.venv/core.done: pyproject.toml constraints.txt | .venv/bin/uv
	$(BIN)/uv pip install --quiet --compile-bytecode -c constraints.txt -e .
	touch $@

.venv/test.done: pyproject.toml constraints.txt | .venv/bin/uv
	$(BIN)/uv pip install --quiet --compile-bytecode -c constraints.txt -e '.[test,studio]'
	touch $@ .venv/core.done

clean:
	rm -rf .venv runs
