# What people type. `make` alone lists it.

PORT ?= 8000
# Test processes side by side. Each keeps the order: real transactions, which empty tables, last.
WORKERS ?= 2
# More for pytest, for example: make test PYTEST="-k webinar"
PYTEST ?=
# For the bench: quick, --write, --page home, and what `make bench BENCH=--help` tells.
BENCH ?=

export UV_PYTHON_DOWNLOADS = never

python = .venv/bin/python
manage = $(python) manage.py
test_settings = DJANGO_SETTINGS_MODULE=config.settings_test
pytest = $(python) -m pytest -n $(WORKERS) --maxschedchunk 1 $(PYTEST)
djade = .venv/bin/djade --target-version 5.2
templates = $$(find templates -name "*.html")
# To collect the other tests, and to load what only they use, takes longer than to run these.
structure = -m structure -p no:faker -p no:hypothesispytest -p no:playwright \
	$$(grep -rl --include="test_*.py" "pytest.mark.structure" tests)
compile = .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: help setup demo test test-all fuzz faults check bench format messages migration lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo [PORT=8000]  the site with sample data, worker and scheduler; Ctrl-C ends it"
	@echo "make test              the tests this machine can run; DATABASE_URL, REDIS_URL choose servers"
	@echo "make test-all          the same, then the slow ones and the other database engine"
	@echo "make fuzz              bad input, at length: every bad value in every field"
	@echo "make faults            mail under faults, at length: senders killed, servers away"
	@echo "make check             lint, format, templates, migrations, structure"
	@echo "make bench [BENCH=quick] our pages against bare Django; needs DATABASE_URL, docs/performance.md"
	@echo "make format            lay out Python and templates the house's way"
	@echo "make messages          collect the texts to translate"
	@echo "make migration APP=cops NAME=what_it_is_for"
	@echo "make lock [UPGRADE=1]  pin the dependencies again (needs npm)"
	@echo "make setup             what the others run first; quick when nothing changed"
	@echo "make clean             remove all that was made here, the demo's data too"

setup:
	@for python in python3 python3.13 python3.12 python3.11; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
			&& exec $$python bin/setup; \
	done; \
	echo "Python 3.11 or newer is needed; none is on the PATH." >&2; exit 1

# No shell in between: whoever ends make ends the site.
demo: setup
	@exec env DEMO=1 $(manage) rundemo $(PORT)

test: setup
	$(pytest) -m "not slow"

# What `make test` left out: the slow tests, then the quick ones without the browser on SQLite.
test-all: test
	$(pytest) -m slow || [ $$? = 5 ]  # 5: this machine can run none of them
	@case "$$DATABASE_URL" in postgres*) \
		echo "Once more on SQLite"; \
		env -u DATABASE_URL -u REQUIRE $(pytest) -m "not browser and not postgres and not slow" ;; \
	esac

# Every bad value in every field, and thousands made up anew: half an hour on two idle cores.
fuzz: setup
	HYPOTHESIS_PROFILE=deep $(pytest) tests/fuzz

# Mail under faults, at length; docs/reliability.md has the table that it leaves in var/faults.md.
faults: setup
	@rm -f var/faults.md
	FAULTS=long $(pytest) tests/faults
	@cat var/faults.md

check: setup
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	$(djade) --check $(templates)
	$(python) -m pytest $(PYTEST) $(structure)

bench: setup
	@$(python) -m tests.bench $(BENCH)

format: setup
	.venv/bin/ruff check --fix
	.venv/bin/ruff format
	$(djade) $(templates) || $(djade) --check $(templates)  # it also fails when it changed one

messages: setup
	$(test_settings) $(manage) extract_messages

migration: setup
	$(test_settings) $(manage) makemigrations $(APP) -n $(NAME)
	.venv/bin/ruff format --quiet $(APP)/migrations

lock: setup
	$(compile) $(if $(UPGRADE),--upgrade) --output-file requirements.txt
	$(compile) $(if $(UPGRADE),--upgrade) --output-file requirements-prod.txt --group prod
	$(compile) $(if $(UPGRADE),--upgrade) --output-file requirements-dev.txt --group dev
	npm install --package-lock-only --ignore-scripts
	$(python) bin/without_funding package-lock.json

clean:
	rm -rf .venv var static/vendor static/build node_modules test-results
	rm -rf .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name "*.mo" -path "*/locale/*" -delete
