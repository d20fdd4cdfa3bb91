# The gates, for people and for CI alike: "make" lists the targets.
PYTHON ?= python3
VENV   ?= .venv
# Another ansible-core, with what the integration tests need and no more:
#   make integration VENV=.venv-2.16 PYTHON=python3.12 REQUIREMENTS=tests/requirements.txt ANSIBLE_CORE='ansible-core~=2.16.0'
REQUIREMENTS ?= requirements-dev.txt
ANSIBLE_CORE ?= ansible-core

BIN   := $(abspath $(VENV))/bin
READY := $(VENV)/.ready

export PATH := $(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help venv test lint types unit integration sanity galaxy wheel docs docs-check demo molecule lab lab-down bench build clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1|/' | column -t -s '|'

venv: $(READY) ## .venv with everything the gates need

$(READY): requirements.txt requirements-dev.txt tests/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check -r $(REQUIREMENTS) '$(ANSIBLE_CORE)'
	touch $@

test: lint types unit docs-check integration sanity galaxy wheel ## every gate

lint: venv ## ruff, ansible-lint; shellcheck where it is installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/ansible-lint
	@if command -v shellcheck > /dev/null; then git grep -lIE '^#!.*sh$$' | xargs shellcheck; \
	else echo 'shellcheck is not installed: the shell scripts were not checked'; fi

types: venv ## mypy --strict
	$(BIN)/mypy

unit: venv ## unit tests, 100 % of the lines and branches of pyco_core
	$(BIN)/pytest tests/unit --cov --numprocesses auto

integration: venv ## real playbooks against the lab (as root)
	$(BIN)/pytest tests/integration

docs: venv ## the pages of docs/ that are made from the code
	$(BIN)/python -m scripts.docs

docs-check: venv ## the changelog, the pages made from the code, and that ansible-doc has every plugin
	$(BIN)/antsibull-changelog lint
	$(BIN)/python -m scripts.docs --check
	@for file in plugins/become/*.py plugins/connection/*.py plugins/lookup/*.py plugins/modules/*.py; do \
	  type=$$(basename $$(dirname $$file)); name=pyco.cli.$$(basename $$file .py); \
	  $(BIN)/ansible-doc --type $${type%s} $$name > /dev/null || exit 1; \
	done

sanity: venv ## ansible-test sanity on what the archive holds
	$(BIN)/python scripts/sanity.py

galaxy: venv ## build the archive and read it as Galaxy's importer does
	scripts/galaxy

wheel: venv ## install pyco-core by pip into an empty environment and load its drivers
	scripts/wheel

demo: ## a telnet router behind an ssh host, simulated on loopback: no root, no daemons
	demo/run

molecule: venv ## the scenario of extensions/molecule, against the lab that "make lab" left standing
	tests/lab/run molecule test

lab: venv ## bring the lab's hosts up and leave them standing
	$(BIN)/python -m tests.lab up

lab-down: venv ## tear the lab down
	$(BIN)/python -m tests.lab down

bench: venv ## pyco beside raw loops and its peers, in one run
	$(BIN)/python -m tests.benchmarks $(ROWS)

build: venv ## the collection's archive, in dist/
	$(BIN)/ansible-galaxy collection build --force --output-path dist

clean: ## remove all that the targets made
	rm -rf .venv* .ansible .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
