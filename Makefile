# Two commands for everybody: `make run` and `make test`. The rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: run test check messages pictures fonts lock bench soak chaos chaos-cluster coverage audit fuzz clean

run: $(VENV)/.run-stamp
	@$(BIN)/insop chat

test: $(VENV)/.dev-stamp
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.dev-stamp
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

# All benchmarks, one after the other; the table goes to docs/benchmarks.md.
bench: $(VENV)/.dev-stamp
	@$(BIN)/python -m benchmarks.everything

# An hour of mixed traffic with faults; MINUTES=5 for a short one.
MINUTES ?= 60
soak: $(VENV)/.dev-stamp
	@$(BIN)/python -m benchmarks.soak --minutes $(MINUTES) --json

# Two gateways and two senders on PostgreSQL, one of each killed every ten seconds, ten minutes.
chaos-cluster: $(VENV)/.dev-stamp
	@$(BIN)/python -m benchmarks.cluster --json

# Line and branch coverage of the program by its tests; below nine tenths it fails.
coverage: $(VENV)/.dev-stamp
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest -q -n auto --dist loadfile
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

# Known weaknesses in what the lock files name; without a network it says so and does no harm.
audit: $(VENV)/.dev-stamp
	@$(BIN)/python -m benchmarks.audit

# Random bytes at everything that reads from outside, led by coverage where atheris has a wheel for
# this machine; SECONDS=600 for longer.
SECONDS ?= 60
fuzz: $(VENV)/.dev-stamp
	@$(BIN)/python -m pip install --quiet --only-binary :all: --require-hashes -r requirements-fuzz.lock 2>/dev/null || true
	@$(BIN)/python -m benchmarks.fuzz --seconds $(SECONDS)

# The crash tests at full length: 200 kills on each database and platform, twice more
# with an announcement that is corrected while it runs, about an hour; then a hundred questions at
# once on each, answered through three desks (ten minutes).
KILLS ?= 200
chaos: $(VENV)/.dev-stamp
	@for options in "--database sqlite" "--database postgres" "--database sqlite --platform discord" "--database postgres --platform discord" "--database sqlite --correct" "--database postgres --platform discord --correct"; do \
	  $(BIN)/python benchmarks/crash.py --policy hold --kills $(KILLS) --json $$options || exit 1; \
	done
	@INSOP_CHAOS=full $(BIN)/python -m pytest -q -s tests/desk/test_chaos.py

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "The assistant needs Python 3.11 or newer, and no '$(PYTHON)' was found. Install Python, or name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The assistant needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run-stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up the assistant in $(VENV) (once; a minute or two) …" >&2
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock >&2
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . >&2
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up the test environment in $(VENV) (once; a few minutes) …" >&2
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock >&2
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . >&2
	@touch $(VENV)/.run-stamp $@

messages: $(VENV)/.dev-stamp
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header -k translate -k N_ -k plural:1,2 -o bot/locales/insop.pot bot handlers
	@for language in fr es ar ru zh; do \
		mkdir -p bot/locales/$$language/LC_MESSAGES; \
		if [ -f bot/locales/$$language/LC_MESSAGES/insop.po ]; then \
			$(BIN)/pybabel --quiet update --no-fuzzy-matching --no-wrap -D insop -i bot/locales/insop.pot -d bot/locales -l $$language; \
		else \
			$(BIN)/pybabel --quiet init --no-wrap -D insop -i bot/locales/insop.pot -d bot/locales -l $$language; \
		fi; \
	done

pictures: $(VENV)/.dev-stamp
	@$(BIN)/python -m knowledge.pictures.making

# The full fonts: FONTS=/usr/share/fonts with Debian's fonts-noto-core and fonts-noto-cjk.
fonts: $(VENV)/.dev-stamp
	@$(BIN)/python -m knowledge.drawing.subsetting $(or $(FONTS),/usr/share/fonts)

lock:
	@uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --output-file requirements.lock
	@uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --output-file requirements-dev.lock
	@uv pip compile --group fuzz --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --output-file requirements-fuzz.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
