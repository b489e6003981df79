# `make app` starts the app, `make test` passes the tests; each makes what it needs on a fresh machine.
PYTHON ?= python3
VENV   ?= .venv
EXTRAS ?= dev
BIN    := $(VENV)/bin
OLDEST ?= .venv-oldest
ONLY_TEXT := tests/test_house.py tests/test_words.py tests/test_docs.py
# What is never imported is never compiled: 170 MB less on the disk, 100 once everything has been used.
PIP    := -m pip install --quiet --no-compile

.PHONY: app catalogue demo test test-oldest wheel-check docs docs-serve study samples benchmark clean

app: $(VENV)/.app
	$(BIN)/rom-vision app

demo: $(VENV)/.app
	$(BIN)/rom-vision measure sample_videos/seated_left.mp4 --test hip-rotation --position seated --side left

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto -m "not browser"
	$(BIN)/python -m pytest -m browser

# The fast tests with the oldest dependencies that pyproject.toml allows, without those that read the repository's texts.
test-oldest: $(OLDEST)/.test
	$(OLDEST)/bin/python -m pytest -n auto $(ONLY_TEXT:%=--ignore=%) -m "not model and not browser and not postgres and not validation"

# Build the wheel, install it elsewhere and measure a clip with it.
wheel-check: $(VENV)/.app
	$(BIN)/python .ci/check_wheel.py

# The catalogues of the app's languages, after a change of a `.po` file.
catalogue: $(VENV)/.test
	$(BIN)/python .ci/compile_catalogues.py

# The documentation, as files that open without a server, in build/docs; a link that leads nowhere is an error.
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

docs-serve: $(VENV)/.docs
	$(BIN)/python -m mkdocs serve

# Rerun the studies of accuracy, of the camera, of repeated sessions and of change, and freeze their figures (from the
# stored landmark tracks; `--render` films them anew).
study: $(VENV)/.validation
	$(BIN)/python -m validation.studies.accuracy
	$(BIN)/python -m validation.budget
	$(BIN)/python -m validation.studies.squat
	$(BIN)/python -m validation.studies.squat_varied
	$(BIN)/python -m validation.studies.squat_varied --set blind
	$(BIN)/python -m validation.studies.camera
	$(BIN)/python -m validation.studies.repeat
	$(BIN)/python -m validation.studies.change
	$(BIN)/python -m validation.studies.ranges
	$(BIN)/python -m validation.studies.drills_kept

samples: $(VENV)/.validation
	$(BIN)/python -m validation.make.samples

benchmark: $(VENV)/.app
	$(BIN)/python -m validation.benchmark

clean:
	rm -rf $(VENV) $(OLDEST) build dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python $(PIP) --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python $(PIP) --constraint constraints.txt --editable ".[$(EXTRAS)]"
	touch $@ $(VENV)/.app

$(VENV)/.validation: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python $(PIP) --constraint constraints.txt --editable ".[validation]"
	touch $@ $(VENV)/.app

$(VENV)/.docs: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python $(PIP) --constraint constraints.txt --editable ".[docs]"
	touch $@ $(VENV)/.app

$(OLDEST)/.test: pyproject.toml constraints-oldest.txt
	test -x $(OLDEST)/bin/python || $(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python $(PIP) --constraint constraints-oldest.txt --editable ".[test,postgres]"
	touch $@
