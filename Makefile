# make run     starts the product with a demonstration district (PORT, FAMILIENSTIMME_DATA)
# make test    everything that must hold     make check   ruff and mypy
# make proof   the long proofs, counted      make bench   measures, into var/bench.json
# make lock    renews both lock files        make clean   removes caches
SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Modules are compiled when first imported: most of what pip would compile is never used.
PYTHONS := python3.11 python3 python3.14 python3.13 python3.12

# Python was upgraded away below the environment: build it anew.
_ := $(shell [ -e $(BIN)/python ] || rm -f .venv/*.stamp)

.PHONY: run test bench proof check lock clean browser
.DELETE_ON_ERROR:

run: .venv/run.stamp
	$(BIN)/familienstimme demo
	exec $(BIN)/familienstimme serve

test: .venv/dev.stamp browser
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/dev.stamp
	mkdir -p var
	$(BIN)/python tests/bench.py

proof: .venv/dev.stamp browser
	FAMILIENSTIMME_PROOF=1 $(BIN)/python -m pytest -m "slow or proof"

# Where Chromium, Firefox or WebKit is missing only its tests are skipped (and say so); in CI they fail.
browser:
	@tests/setup_browser.sh >/dev/null || [ "$$CI" != true ]

COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --no-config $(UPGRADE) --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command "make lock" --group build

# make lock UPGRADE= keeps the pins there are and only adds what is new.
UPGRADE ?= --upgrade
lock: .venv/dev.stamp
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --extra postgres --constraints requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find questionnaires survey analysis tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written last, so an interrupted installation is taken up again.
.venv/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --no-compile --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

# What develops also runs: the dev lock contains the runtime lock.
.venv/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch .venv/run.stamp $@

# Debian and Ubuntu ship Python without ensurepip: then pip is missing from the environment.
$(BIN)/python:
	@for python in $(PYTHONS); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 oder neuer wird gebraucht · Python 3.11 or newer is needed" >&2; exit 1; \
	fi; \
	"$$python" -m venv --clear .venv >/dev/null 2>&1 && exit 0; \
	version=$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$$version"; } \
			>/dev/null 2>&1 && "$$python" -m venv --clear .venv && exit 0; \
	fi; \
	rm -rf .venv; \
	echo "Bitte zuerst · please first: sudo apt-get install $$version" >&2; exit 1
