# Needs Python 3.11 or newer with venv; everything else goes into .venv.

PYTHON ?= python3
python := .venv/bin/python
pip := $(python) -m pip install --quiet --disable-pip-version-check
# Which NumPy the tests get, such as 2.0.*; the newest unless said. Types are checked with the newest only.
NUMPY ?=

.PHONY: help demo gallery notebooks reference test bench clean
.DELETE_ON_ERROR:

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: .venv/demo.stamp  ## Train two networks on real data; tables, and pictures in out/
	@$(python) notebooks/demo.py

gallery: .venv/demo.stamp  ## Draw backward passes, and write pages that play them; in out/gallery
	@$(python) notebooks/gallery.py

notebooks: .venv/dev.stamp  ## Run all notebooks, with their exercises; figures in out/notebooks
	@$(python) notebooks/run.py

reference: .venv/dev.stamp  ## Build the reference, with the table of derivatives; in out/reference
	@$(python) notebooks/reference

test: .venv/dev.stamp  ## Lint, check types, run all tests
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(if $(NUMPY),,$(python) -m mypy)
	$(python) -m pytest -n auto --maxprocesses 8 $(if $(CI),--hypothesis-seed=0)

bench: .venv/dev.stamp  ## Time training steps against hand-written NumPy (and PyTorch, if installed)
	@$(python) -m tests.benchmarks

clean:  ## Remove .venv, out/ and all caches
	rm -rf .venv out build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find autograd nn tests notebooks -name __pycache__ -prune -exec rm -rf {} +

# A stamp says that its installation succeeded. The demo and the tests have one each, so that
# neither waits for the other's packages.

.venv/demo.stamp: pyproject.toml | .venv/pip.stamp
	@echo "Installing what the demo needs into .venv (once) ..."
	@$(pip) --editable '.[train,render]'
	@touch $@

.venv/dev.stamp: pyproject.toml | .venv/pip.stamp
	@echo "Installing what the tests need into .venv (once) ..."
	@$(pip) --editable '.[train,render,search,testing]' --group dev $(if $(NUMPY),'numpy == $(NUMPY)')
	@touch $@

# Dependency groups need pip 25.1.
.venv/pip.stamp:
	@for candidate in $(PYTHON) python3.14 python3.13 python3.12 python3.11; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        $(python) -m pip --version >/dev/null 2>&1 || $$candidate -m venv .venv || exit; \
	        $(pip) 'pip >= 25.1' && touch $@; \
	        exit; \
	    fi; \
	done; \
	echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python" >&2; \
	exit 1
