# Thin targets: each sets up what it needs by itself, again only when something changed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test soak matrix lint lab-build lab-up lab-down bench bench-check docs docs-check clean
.DELETE_ON_ERROR:

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --editable . --group dev
	touch $@

demo: $(READY)
	$(BIN)/orama monitor cluster --env local

test: $(READY)
	tests/run $(ARGUMENTS)

soak: $(READY) lab-build
	$(BIN)/python -m tests.fuzz.run --executions $(or $(EXECUTIONS),10000000)
	PYTHONPATH=tests/lab $(BIN)/python -m tests.lab.soak \
	    --refreshes $(or $(REFRESHES),1000) --kills $(or $(KILLS),50) --ways $(or $(WAYS),100)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	tests/ansible/lint

matrix: $(READY) lab-build
	PYTHONPATH=tests/lab $(BIN)/python -m tests.lab.matrix $(FAULTS)

lab-build:
	tests/lab/lab build

lab-up: $(READY) lab-build
	tests/lab/lab up

lab-down:
	tests/lab/lab down

# The peers of the benchmark, apart: what they bring along (paramiko) makes every Ansible beside them start later.
PEERS := .venv/peers

$(PEERS)/.ready: $(READY)
	$(BIN)/python -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --upgrade 'pip>=25.1'
	$(PEERS)/bin/pip install --quiet --group bench
	touch $@

bench: $(PEERS)/.ready lab-build
	$(BIN)/python tests/bench/run

bench-check: $(PEERS)/.ready lab-build
	$(BIN)/python tests/bench/run --check

docs: $(READY)
	$(BIN)/python docs/generate

docs-check: $(READY)
	$(BIN)/python docs/generate --check

clean:
	rm -rf .venv build dist
