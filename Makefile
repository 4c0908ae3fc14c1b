# Everything goes into the checkout: .venv, frontend/node_modules, var.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BUILD := src/liuke/core/static/build
CATALOGUES := $(wildcard src/liuke/locale/*/LC_MESSAGES/django.po)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run check test test-slow frontend format words lock clean
.DELETE_ON_ERROR:

run: build
	@liuke run --demo workshop

check: build
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-logo
	django-admin makemigrations --check --dry-run --settings liuke.site.settings
	python -m tests.catalogues

# -m "not slow" on both databases; the browser journeys once, on SQLite.
test: build
	python -m tests.run

test-slow: build
	python -m tests.run --slow

frontend: $(BUILD)/manifest.json

build: $(VENV)/installed $(BUILD)/manifest.json $(CATALOGUES:.po=.mo)
.PHONY: build

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json | $(VENV)/installed
	cd frontend && npm ci --silent --no-fund --no-audit
	@touch $@

$(BUILD)/manifest.json: frontend/node_modules/.package-lock.json frontend/build.mjs $(shell find frontend/src -type f)
	cd frontend && node build.mjs

# Only the tests that compare the two engines need it; half a gigabyte is not asked of everybody.
spark: $(VENV)/installed
	uv pip install --quiet --python $(BIN)/python "pyspark>=4,<4.1"
.PHONY: spark

%.mo: %.po | $(VENV)/installed
	pybabel --quiet compile --input-file=$< --output-file=$@

format: build
	ruff check --fix .
	ruff format .

words: $(VENV)/installed
	python -m tests.catalogues --update

lock: $(VENV)/installed
	uv pip compile --quiet --universal --generate-hashes --group dev --no-emit-index-url --no-header -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) $(BUILD) frontend/node_modules var
