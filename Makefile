# `make demo` and `make test` do all the set-up: they need Python >= 3.11 and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ORACLE := .venv-oracle
LEAKYSIM := 0.5.0
PIP_FLAGS := --quiet --disable-pip-version-check
OUT ?= demo
RESULTS ?= qec-leak-figures

# The independent oracle (leakysim) needs another release of Stim, so it has an environment of its own.
export QEC_LEAK_ORACLE_PYTHON ?= $(CURDIR)/$(ORACLE)/bin/python

# Other simulators and a decoder that the benchmarks compare with, an environment each: they need Stims of their own.
PEERS := .peers
export QEC_LEAK_PEERS ?= $(CURDIR)/$(PEERS)

.PHONY: help demo test test-all lint types docs unit chromium figures bench peers mutations clean

help:
	@echo "make demo      the main job: leakage and detection against round for three strategies, and what"
	@echo "               leakage costs at scale (Lambda), into $(OUT)/; under two minutes"
	@echo "make test      everything the checks run: format, lint, types, layers, tests, doctests"
	@echo "make test-all  the same with the slow tests"
	@echo "make lint      format, lint and layers; make types: mypy; make docs: the site; make unit: the tests only"
	@echo "make figures   the paper's figures in full, into $(RESULTS)/, docs/figures.md and the notebooks (under two hours)"
	@echo "make bench     side-by-side benchmarks; make peers first: other packages to compare with"
	@echo "make mutations do the quick tests notice a broken engine? (minutes)"
	@echo "make clean     remove environments, caches and demo/"

demo: $(VENV)/installed
	$(BIN)/qec-leak run --code surface --distance 3 --rounds 30 --basis Z --strategy NO_RESET --strategy MLR \
	  --strategy DQLR --device miao2023 --shots 100000 --seed 1 --out $(OUT)
	@rm -f $(OUT)/lambda.csv
	$(BIN)/qec-leak sweep experiments/lambda.toml --out $(OUT)/lambda.csv --workers 2
	$(BIN)/qec-leak status $(OUT)/lambda.csv
	$(BIN)/qec-leak plot $(OUT)/lambda.csv --x d --group strategy --out $(OUT)/lambda.png \
	  --title "willow: what leakage costs at scale"
	@echo "Pictures:" && ls $(OUT)/*.png

test: lint types docs unit

test-all: lint types docs
test-all: $(VENV)/installed $(ORACLE)/installed chromium
	$(BIN)/python -m pytest -n 2 -q --doctest-modules --nbmake tests qec_leak notebooks

lint: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/installed
	$(BIN)/mypy

# A wrong link, or a docstring that does not fit its signature, is an error.
docs: $(VENV)/installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

unit: $(VENV)/installed $(ORACLE)/installed chromium
	$(BIN)/python -m pytest -n 2 -q -m "not slow" --doctest-modules --nbmake tests qec_leak notebooks

# The viewer is tested in a real browser. Where there is none and none can be installed, those tests are left out.
chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get install -y chromium >/dev/null 2>&1 || \
	    { apt-get update && apt-get install -y chromium; } >/dev/null 2>&1; \
	fi; \
	command -v chromium >/dev/null || echo "No chromium: the tests of the viewer in a browser are left out."

figures: $(VENV)/installed
	$(BIN)/qec-leak figure all --out $(RESULTS)
	$(BIN)/python docs/make_figures.py $(RESULTS)
	$(BIN)/python notebooks/execute.py $(RESULTS)

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks

peers: $(PEERS)/installed

mutations: $(VENV)/installed $(ORACLE)/installed
	$(BIN)/python tests/mutation/run_mutations.py

# The stamps say when an environment was completed: it is made again when what it is made from has changed.
$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("qec_leak needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(PIP_FLAGS) -e '.[dev]'
	@touch $@

$(ORACLE)/installed: Makefile
	$(PYTHON) -m venv $(ORACLE)
	$(ORACLE)/bin/python -m pip install $(PIP_FLAGS) leakysim==$(LEAKYSIM) numpy
	@touch $@

$(PEERS)/installed: Makefile
	for peer in deltakit:deltakit-stim==0.2.7 prism:prism-q==0.35.0 leaky:leakysim==0.5.0 \
	  sqec:stabilizer-qec==2.1.0; do \
	  $(PYTHON) -m venv $(PEERS)/$${peer%%:*} && \
	  $(PEERS)/$${peer%%:*}/bin/python -m pip install $(PIP_FLAGS) $${peer#*:} numpy || exit 1; \
	done
	@touch $@

clean:
	rm -rf $(VENV) $(ORACLE) $(PEERS) demo build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
