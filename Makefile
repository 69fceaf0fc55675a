# The verbs of the project. Each makes the environment first; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help env demo test check bench docs fuzz pins
PYTHON ?=
ARGS ?=
export PYTHON
run := .venv/bin/python

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r verb what; do printf '  make %-7s %s\n' "$$verb" "$$what"; done

env: ## make .venv from the pinned requirements; quick when nothing has changed
	@tools/environment.sh

demo: env ## two nodes on this machine found an office and replay its history (ARGS="--once --dir DIR")
	@.venv/bin/yeollak demo $(ARGS)

test: env ## the whole test suite on every core (ARGS="tests/record -x" for a part)
	@$(run) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: env ## lint, types, import rule, house rules, documents, catalogues
	@$(run) -m tools.check

docs: env ## write the generated pages again; `check` fails when they are stale
	@$(run) -m tools.generate_docs

fuzz: env ## every parser for some seconds on altered bytes (ARGS="--long" for hours)
	@$(run) -m fuzz $(ARGS)

bench: env ## measure what docs and issues promise (ARGS passes on)
	@$(run) -m bench $(ARGS)

pins: ## for maintainers: resolve requirements/*.txt again, from whatever index pip is configured for
	@tools/pins.sh
