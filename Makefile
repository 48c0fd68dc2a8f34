# greenroom: `make demo` sets up and flies the main job, `make test` sets up and passes the tests.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types contracts proof bench bench-tui docs pictures drills policies lock clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "greenroom needs Python 3.11 or newer; say make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,flights,onnx,charts,dask,sensitivity,serve,tune]'
	@touch $@

demo: $(READY)  ## set up, train both models on the first months, fly the rollout through the later ones
	$(BIN)/python scenarios/flight_delays/train.py
	$(BIN)/greenroom run flight-delays

test: $(READY)  ## set up and pass the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not proof'

lint: $(READY)  ## format and lint
	$(BIN)/ruff check .

types: $(READY)  ## strict types
	$(BIN)/mypy

contracts: $(READY)  ## who may import whom
	$(BIN)/lint-imports

check: lint types contracts test  ## all that .ci/run asks

proof: $(READY)  ## the long proofs: a hundred kills, many seeds
	GREENROOM_KILLS=100 $(BIN)/python -m pytest -m 'proof or not proof' tests/record tests/laws tests/theory tests/bridges tests/lab tests/scenarios tests/tui

bench: $(READY)  ## speed and memory, as ratios in one run
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.many

bench-tui: $(READY)  ## how fast the cockpit starts, paints and answers
	$(BIN)/python -m benchmarks.cockpit

docs: $(READY)  ## write the pages that are made from the code
	$(BIN)/python -c "from sandbox.scenario.reference import page; print(page())" > docs/scenario.md
	$(BIN)/python -c "from sandbox.scenario.reference import policy_page; print(policy_page(), end='')" > docs/policy.md
	$(BIN)/python -c "from sandbox.scenario.reference import approvals_page; print(approvals_page(), end='')" > docs/approvals.md
	$(BIN)/python -m sandbox.lab.faults_page > docs/faults.md.new && mv docs/faults.md.new docs/faults.md
	$(BIN)/python -m sandbox.cli.scenario_page > docs/scenarios.md

pictures: $(READY)  ## draw the pictures of the cockpit that the README shows
	$(BIN)/python -m benchmarks.pictures

drills: $(READY)  ## measure what bots come to in every family of drills, three seeds a case; takes half an hour
	$(BIN)/python -m sandbox.drill.bots_page --seeds 3 -j 2 > docs/drills.md.new && mv docs/drills.md.new docs/drills.md

policies: $(READY)  ## fly today's common policies on every bundled scenario, and write docs/policies.md; takes twenty minutes
	$(BIN)/python -m sandbox.lab.policies_page --seeds 1 -j 2 --store .policies > docs/policies.md.new && mv docs/policies.md.new docs/policies.md

lock: $(READY)  ## write constraints.txt anew from what is installed
	$(BIN)/python -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==' > constraints.txt

clean:  ## forget the environment and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
