# `make app` starts the app, `make test` passes the tests; each makes what it needs on a fresh machine.
PYTHON ?= python3
VENV   ?= .venv
EXTRAS ?= dev
BIN    := $(VENV)/bin

.PHONY: app demo test lint study samples benchmark clean

app: $(VENV)/.app
	$(BIN)/rom-vision app

demo: $(VENV)/.app
	$(BIN)/rom-vision measure sample_videos/seated_left.mp4 --test hip-rotation --position seated --side left

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

# Rerun the studies of accuracy, of the camera, of repeated sessions and of change, and freeze their figures (from the
# stored landmark tracks; `--render` films them anew).
study: $(VENV)/.validation
	$(BIN)/python -m validation.studies.accuracy
	$(BIN)/python -m validation.studies.squat
	$(BIN)/python -m validation.studies.camera
	$(BIN)/python -m validation.studies.repeat
	$(BIN)/python -m validation.studies.change

samples: $(VENV)/.validation
	$(BIN)/python -m validation.make.samples

benchmark: $(VENV)/.app
	$(BIN)/python -m validation.benchmark

clean:
	rm -rf $(VENV) build dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[$(EXTRAS)]"
	touch $@ $(VENV)/.app

$(VENV)/.validation: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[validation]"
	touch $@ $(VENV)/.app
