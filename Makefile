# Everything a person needs: `make up` and `make test`. Each installs what is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-test web up test e2e dev lint bench bench-peer fault openapi

help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install what running needs from the distribution
	@scripts/setup.sh run

setup-test: ## Install what the tests need as well
	@scripts/setup.sh test

web: ## Build the web application
	@scripts/web.sh build

# `quick` optimises what every request passes through and is built in minutes; `make up PROFILE=release` optimises everything.
PROFILE ?= quick

up: setup web ## Build and start everything; ARGS="--port N --data-dir D --no-demo"
	cargo build --profile $(PROFILE) --quiet -p cloudmanager
	@exec ./target/$(PROFILE)/cloudmanager up $(ARGS)

test: setup-test ## The whole test suite
	@scripts/test.sh

e2e: setup-test ## Browser tests against the real product
	@scripts/e2e.sh

dev: setup ## Back end as with `up`, web application with fast reload
	@scripts/dev.sh

lint: setup-test ## Formatting, clippy, file sizes, dependency directions, web lint
	@scripts/lint.sh

bench: setup-test ## Benchmarks of jobs, API, mail, sign-ins, a desk of a million tickets, customers; ARGS=--quick for a first impression
	@mkdir -p web/dist
	cargo build --release --quiet -p cloudmanager -p proof
	@./target/release/proof bench $(ARGS)

bench-peer: setup-test ## The API beside a comparable service in Python, in turn; ARGS="--rounds N --seconds N"
	@mkdir -p web/dist
	@[ -x .tools/peer/bin/uvicorn ] || { python3 -m venv --clear .tools/peer && .tools/peer/bin/python -m pip install \
	  --quiet --disable-pip-version-check -r proof/peer/requirements.txt; }
	cargo build --release --quiet -p cloudmanager -p proof
	@./target/release/proof peer $(ARGS)

fault: setup ## Fault suite: processes killed, servers restarted, nothing lost, nothing doubled
	@mkdir -p web/dist
	cargo build --release --quiet -p cloudmanager -p proof
	@./target/release/proof fault $(ARGS)

openapi: ## Write the OpenAPI document for the web application
	cargo run --quiet -p cloudmanager -- openapi > web/openapi.json
