# The same lines for people and for CI. Windows and macOS without make: see README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
DEMO := demo
CHILDREN := 60000
AS_OF := 2026-09-30
REQUEST := gravide-syddanmark
ASKED := $(DEMO)/request
TOGETHER := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: setup run request briefs app test check quick screenshots bench docs lock clean

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m uv --version 2>/dev/null | grep -q "$(UV_VERSION)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@$(BIN)/python -m uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: setup
	@$(BIN)/roedtraad sample $(DEMO) --children $(CHILDREN) --seed 1 --as-of $(AS_OF)
	@$(BIN)/roedtraad run --source $(DEMO)/raw/source.toml --store $(DEMO)/store --as-of $(AS_OF)
	@$(BIN)/roedtraad check-answers --store $(DEMO)/store --key $(DEMO)/answer_key_raw.parquet
	@$(BIN)/roedtraad check --quiet --store $(DEMO)/store --report $(DEMO)/checks
	@$(BIN)/roedtraad publish --quiet --store $(DEMO)/store
	@$(BIN)/roedtraad run --quiet --canonical $(DEMO)/canonical --store $(DEMO)/store-canonical --as-of $(AS_OF)
	@$(BIN)/roedtraad compare $(DEMO)/store $(DEMO)/store-canonical --names $(DEMO)/names.parquet
	@echo "Next: make app"

request: setup
	@test -d $(DEMO)/store || { echo "First: make run"; exit 1; }
	@rm -rf $(ASKED)
	@mkdir -p $(ASKED)
	@cp -R $(DEMO)/store $(ASKED)/store
	@$(BIN)/roedtraad request provider add doegnhuset-fyn --name "Døgnhuset Fyn" --owner regional --municipality 0461 --offers "Døgnbehandling for gravide og familier" --store $(ASKED)/store
	@$(BIN)/roedtraad request provider add sydvest --name "Sydvest Behandling" --owner municipal --municipality 0561 --offers "Ambulant behandling og døgnpladser" --store $(ASKED)/store
	@$(BIN)/roedtraad request provider add havblik --name "Havblik" --owner private --municipality 0540 --offers "Døgnophold før og efter fødslen" --store $(ASKED)/store
	@$(BIN)/roedtraad request open pregnant_substance_use --id $(REQUEST) --region 1083 --on 2026-06-01 --store $(ASKED)/store
	@$(BIN)/roedtraad request forms $(REQUEST) --store $(ASKED)/store --out $(ASKED)/forms
	@$(BIN)/python -m sample_data.request_answers $(ASKED)/forms $(ASKED)/answers --late 0492 --deviating 0450 --reminded 0563
	@$(BIN)/roedtraad request read $(REQUEST) $(ASKED)/answers/in-time/*.xlsx --received 2026-07-20 --store $(ASKED)/store
	@$(BIN)/roedtraad request read $(REQUEST) $(ASKED)/answers/late/*.xlsx --received 2026-08-04 --store $(ASKED)/store
	@$(BIN)/roedtraad request remind $(REQUEST) --on 2026-08-05 --store $(ASKED)/store --out $(ASKED)/reminders
	@$(BIN)/roedtraad request read $(REQUEST) $(ASKED)/answers/reminded/*.xlsx --received 2026-08-10 --store $(ASKED)/store
	@$(BIN)/roedtraad request status $(REQUEST) --store $(ASKED)/store
	@$(BIN)/roedtraad reply draft $(REQUEST) --store $(ASKED)/store --out $(ASKED)/reply
	@for forum in directors_forum k22 kkr councils region; do $(BIN)/roedtraad request approve $(REQUEST) $$forum --store $(ASKED)/store || exit $$?; done
	@echo "Next: $(BIN)/roedtraad app --store $(ASKED)/store, and look at Udmeldinger; the drafted reply is in $(ASKED)/reply"

briefs: setup
	@$(BIN)/roedtraad briefs --store $(DEMO)/store --out $(DEMO)/briefs

app: setup
	@$(BIN)/roedtraad app --store $(DEMO)/store

# The checks of the text run beside the tests; what they say comes after, and either of them fails both. The tests start
# hundreds of processes: all modules are compiled once before.
test: setup
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m compileall -q -j 0 -x "/tests/test_" app.py pipelines checks dashboards sample_data benchmarks tests
	@said=$$(mktemp); $(MAKE) --no-print-directory check >$$said 2>&1 & checks=$$!; \
	$(BIN)/python -m pytest $(TOGETHER); tests=$$?; \
	wait $$checks; checked=$$?; cat $$said; rm -f $$said; \
	test $$tests -eq 0 -a $$checked -eq 0

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/roedtraad docs --check

quick: setup
	@$(BIN)/python -m pytest $(TOGETHER) -m "not browser and not slow"

docs: setup
	@$(BIN)/roedtraad docs

screenshots: setup
	@$(BIN)/roedtraad screenshots --store $(DEMO)/store --out $(DEMO)/screenshots

bench: setup
	@$(BIN)/python -m benchmarks

lock: setup
	@$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --all-extras pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(DEMO)
