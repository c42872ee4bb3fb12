# Every target does its own set-up in .venv; `make demo` and `make test` need nothing but Python >= 3.11. The demo
# installs what the package itself needs and no extras, so that no optional wheel can stop it.
#   make demo | test | coverage | test-oldest | lint | docs | bench | clean
#   make test PYTHON=python3.12      another interpreter (the environment is made anew)
#   make test ARGS="-k window"       arguments for the tool behind the target

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -c .ci/constraints.txt
OLDEST := $(VENV)/oldest
CORE := $(VENV)/.installed-core
STAMP := $(VENV)/.installed
ifdef PYTHON
CORE := $(CORE)-with-$(notdir $(PYTHON))
STAMP := $(STAMP)-with-$(notdir $(PYTHON))
endif

export MPLBACKEND := agg

.PHONY: demo test coverage test-oldest lint docs bench clean help
.DELETE_ON_ERROR:

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

# two fits at a time with one thread each: small networks lose time when their threads wait for each other
demo: export OMP_NUM_THREADS := 1
demo: $(CORE)
	$(BIN)/seqaug demo --jobs 2 --out demo-report $(ARGS)

# two workers with one thread each: results are bit-equal for equal thread counts only
test: export OMP_NUM_THREADS := 1
test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

# the same tests, and which lines they reach; setup.cfg says what share of them must be
coverage: export OMP_NUM_THREADS := 1
coverage: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term $(ARGS)

# The oldest releases that pyproject.toml allows, except torch (.ci/oldest.txt says why). They warn of newer releases of
# what they need themselves, which nothing here can mend; every other warning is an error as ever.
test-oldest: export OMP_NUM_THREADS := 1
test-oldest: $(OLDEST)/.installed
	$(OLDEST)/bin/python -m pytest -n 2 --dist loadgroup -W default::DeprecationWarning -W default::PendingDeprecationWarning \
		-W default::FutureWarning $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy seqaug_sklearn

docs: export OMP_NUM_THREADS := 1
docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html $(ARGS)
	@echo "Documentation: docs/_build/html/index.html"

# bench_default_settings.py, bench_first_page.py, bench_promoters.py, bench_genotypes.py and bench_pairs.py compare models
# and take much longer; they are run by hand, and so are the parts of the last two that train several networks (--parts)
bench: $(VENV)/.installed-bench
	$(BIN)/python examples/benchmarks/bench_epoch.py
	$(BIN)/python examples/benchmarks/bench_windows.py
	$(BIN)/python examples/benchmarks/bench_one_hot.py
	$(BIN)/python examples/benchmarks/bench_import.py
	$(BIN)/python examples/benchmarks/bench_similarity.py
	$(BIN)/python examples/benchmarks/bench_audit.py
	$(BIN)/python examples/benchmarks/bench_relatives.py
	$(BIN)/python examples/benchmarks/bench_relatives_decide.py
	$(BIN)/python examples/benchmarks/bench_clusters.py
	$(BIN)/python examples/benchmarks/bench_edits.py --evoaug $(VENV)/evoaug
	$(BIN)/python examples/benchmarks/bench_embedding.py
	$(BIN)/python examples/benchmarks/bench_attributions.py
	$(BIN)/python examples/benchmarks/bench_motifs.py

clean:
	rm -rf $(VENV) build *.egg-info docs/_build docs/auto_examples docs/api/generated docs/sg_execution_times.rst \
		demo-report .coverage .pytest_cache .ruff_cache .hypothesis

# The stamps are written last, so an installation that fails or is interrupted starts again. python3.11 comes first:
# it is the version that most offline mirrors hold torch for.
$(CORE): pyproject.toml .ci/constraints.txt
	@for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3 python); do \
		$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		$(if $(PYTHON),,if $(BIN)/python -m pip --version >/dev/null 2>&1; then exit 0; fi;) \
		echo "Setting up $(VENV) with $$python"; exec $$python -m venv --clear $(VENV); \
	done; \
	echo "No usable Python found: version 3.11 or later with venv and ensurepip is needed (Debian: apt install" \
		"python3-venv); name one with make PYTHON=/path/to/python3" >&2; exit 1
	@rm -f $(VENV)/.installed*
	$(PIP) -e .
	@touch $(VENV)/.installed-core $@

$(STAMP): $(CORE)
	$(PIP) -e ".[all,test,lint]"
	@touch $(VENV)/.installed $@

# Python 3.11 or 3.12: the oldest releases are built for these
$(OLDEST)/.installed: $(STAMP) .ci/oldest.txt
	$(BIN)/python -m venv --clear $(OLDEST)
	$(OLDEST)/bin/python -m pip install --disable-pip-version-check -c .ci/oldest.txt -c .ci/constraints.txt \
		-e ".[all,test]"
	@touch $@

$(VENV)/.installed-docs: $(STAMP)
	$(PIP) -e ".[docs]"
	@touch $@

# seqpro and evoaug2 are yardsticks only; the benchmarks say so where they do not install. evoaug2 needs torch and NumPy
# and shares its import name with another package: it stays in a folder of its own
$(VENV)/.installed-bench: $(STAMP)
	$(PIP) -e ".[bench]" || echo "seqpro does not install here: its row will be missing"
	$(PIP) --no-deps --target $(VENV)/evoaug evoaug2 || echo "evoaug2 does not install here: its column will be missing"
	@touch $@
