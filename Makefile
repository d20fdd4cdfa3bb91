# The checks, for people and for CI. "make" lists the targets.
PYTHON ?= python3
VENV   ?= .venv
# Integration tests on another ansible-core, without the other tools:
#   make integration VENV=.venv-2.16 PYTHON=python3.12 REQUIREMENTS=tests/requirements.txt ANSIBLE_CORE='ansible-core~=2.16.0'
REQUIREMENTS ?= requirements-dev.txt
ANSIBLE_CORE ?= ansible-core

# The unit tests run on all cores; a worker without work takes over from others. Those of the drivers mostly
# wait for the silence of simulated devices.
SPREAD  := --dist worksteal --numprocesses
WAITING := $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))
SLOWEST := --durations 15 --durations-min 5

BUILD := .venv-build
PEERS := .venv-peers
MINUTES ?= 10

BIN   := $(abspath $(VENV))/bin
READY := $(VENV)/.ready

export PATH := $(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help venv test checks lint types unit drivers archives integration sanity galaxy wheel docs docs-check peers demo molecule lab lab-down bench compare soak build clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1|/' | column -t -s '|'

venv: $(READY) ## .venv with the tools of all checks

$(READY): requirements.txt requirements-dev.txt tests/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check -r $(REQUIREMENTS) '$(ANSIBLE_CORE)'
	touch $@

test: checks integration ## every check

checks: lint types unit drivers archives ## every check that needs no lab

archives: docs-check sanity galaxy wheel ## the checks of documents and of the two archives

lint: venv ## ruff, ansible-lint, and shellcheck if it is installed; .pre-commit-config.yaml has the same
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/ansible-lint
	scripts/shellcheck

types: venv ## mypy --strict
	$(BIN)/mypy

unit: venv ## unit tests, 100 % of the lines and branches of pyco_core
	$(BIN)/pytest tests/unit --ignore tests/unit/drivers --cov $(SPREAD) auto $(SLOWEST)

drivers: venv ## a tape of each driver, played in many ways
	$(BIN)/pytest tests/unit/drivers $(SPREAD) $(WAITING)

integration: venv peers ## real playbooks against the lab (as root), and against simulated devices
	$(BIN)/pytest tests/integration $(SLOWEST)

peers: $(PEERS)/.ready ## the collections of vendors, for the comparisons with them

$(PEERS)/.ready: scripts/peers.py tests/requirements-peers.txt tests/requirements-peers-older.txt | $(READY)
	$(BIN)/python scripts/peers.py $(PEERS)
	touch $@

docs: venv ## generate the pages of docs/ that are made from the code
	$(BIN)/python -m scripts.docs

docs-check: venv ## check the changelog, the generated pages, and the documentation of every plugin
	$(BIN)/antsibull-changelog lint
	$(BIN)/python -m scripts.docs --check
	@for file in plugins/become/*.py plugins/connection/*.py plugins/filter/*.py plugins/lookup/*.py plugins/modules/*.py; do \
	  type=$$(basename $$(dirname $$file)); name=pyco.cli.$$(basename $$file .py); \
	  $(BIN)/ansible-doc --type $${type%s} $$name > /dev/null || exit 1; \
	done

sanity: venv ## ansible-test sanity on the content of the archive
	$(BIN)/python scripts/sanity.py

galaxy: venv ## build the archive and check it with Galaxy's importer
	scripts/galaxy

wheel: venv ## install pyco-core by pip into an empty environment and load its drivers
	scripts/wheel

demo: ## a telnet router behind an ssh host, simulated on loopback: no root, no daemons
	demo/run

molecule: venv peers ## the scenarios of extensions/molecule: on simulated devices, and on the lab, which "make lab" brings up
	$(BIN)/molecule test --scenario-name simulator
	tests/lab/run molecule test

lab: venv ## bring the lab up
	$(BIN)/python -m tests.lab up

lab-down: venv ## take the lab down
	$(BIN)/python -m tests.lab down

bench: venv ## compare pyco with raw loops and with its peers
	$(BIN)/python -m tests.benchmarks $(ROWS)

compare: venv peers ## modules of vendors over network_cli and of hosts over ssh, and by all routes over those of pyco
	COMPARE=all $(BIN)/pytest tests/integration/test_network_vendors.py tests/integration/test_host_modules.py

build: $(BUILD)/.ready ## build the collection's archive in dist/
	$(BUILD)/bin/ansible-galaxy collection build --force --output-path dist

$(BUILD)/.ready: tests/requirements-build.txt
	$(PYTHON) -m venv $(BUILD)
	$(BUILD)/bin/pip install -qq --disable-pip-version-check --no-compile -r $<
	touch $@

soak: venv ## hundreds of simulated devices with faults, for MINUTES=10; every count of damage must be zero
	$(BIN)/python -m tests.soak --minutes $(MINUTES)

clean: ## remove all generated files
	rm -rf .venv* .ansible .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
