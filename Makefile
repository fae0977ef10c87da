# Two commands set everything up on a machine with Python 3.11 or newer: make demo, make test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INPUTS ?= 1000000
SAMPLE ?= 0
SEED ?= 0
OF ?=
SEEDS ?= 1000
CLASS ?= 400
CLASSES ?= 200
SHEETS ?= 100
VARIANTS ?= 20
REV ?= HEAD
DOORS := doors bank schema check_door notebook bulk plugin
READY := $(VENV)/.ready

.PHONY: classes demo test long check lint types imports doors prairielearn bench bench-bulk bench-page bench-analysis bench-paper paper scan same same-as tolerances rounded installed oldest guessers seeds kinks term ways verdicts fuzz mutate explore golden schema keys catalogue forms mapping clean

demo: $(READY)  ## the whole round on a sample class, into demo/
	rm -rf demo
	$(BIN)/gradmark demo --out demo

test: $(READY)  ## the test suite
	$(BIN)/pytest -n auto --dist loadfile

long: $(READY)  ## the suite with all seeds of every exercise and all examples of properties, where it tries the first few
	ALL_SEEDS=1 $(BIN)/pytest -n auto --dist loadfile

check: lint types imports test installed  ## all that must hold before a change lands
	$(BIN)/gradmark check

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

bench: $(READY)  ## figures as ratios in one run; installs Math-Verify, and nbgrader apart
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[bench]"
	$(BIN)/python -m benchmarks.run

same: $(READY)  ## 20,000 lines over the whole bank have the same marks in bulk and one by one
	$(BIN)/python -m benchmarks.identical 20000

same-as: $(READY)  ## what this checkout and REV=a1b2c3d print over the whole bank is the same, byte by byte
	$(BIN)/python -m benchmarks.same_as $(REV)

bench-bulk: $(READY)  ## a million numbers and a hundred thousand expressions, on one core and on two, and on a cluster
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[cluster,parquet]"
	$(BIN)/python -m benchmarks.bulk

bench-page: CLASS = 600
bench-page: $(READY)  ## the page with 600 active students, or CLASS=…, for a minute, with attackers, twenty kills, a locked database and a full disk
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[serve]"
	$(BIN)/python -m benchmarks.page $(CLASS) 60

seeds: $(READY)  ## `gradmark check` of the bank over SEEDS=1000 of every exercise, where a change must pass a hundred
	$(BIN)/gradmark check --seeds $(SEEDS)

tolerances: $(READY)  ## who is marked wrong by the default tolerance, and what it accepts, over SEEDS=1000 of every exercise
	$(BIN)/python -m tests.tolerances $(SEEDS)

rounded: SEEDS = 60
rounded: $(READY)  ## is every key right as the sheet lets round it, and 5 % off or by a named mistake wrong? at 60 seeds of every exercise, or SEEDS=…
	$(BIN)/python -m tests.rounded $(SEEDS)

guessers: $(READY)  ## what guessing and copying earn in every blank of the bank, over SEEDS=1000
	$(BIN)/python -m tests.guessers $(SEEDS)

installed: $(READY)  ## a wheel in a fresh environment, beside a course that has packages of the same names, and where there is no network
	$(BIN)/pytest -m packaging tests/test_installed.py tests/grader/test_without_network.py

oldest: $(READY)  ## the draw and the doors with the lowest versions that pyproject.toml allows
	rm -rf $(VENV)-oldest
	$(PYTHON) -m venv $(VENV)-oldest
	$(BIN)/python .packaging/lowest.py test parquet cluster > $(VENV)-oldest/lowest.txt
	$(VENV)-oldest/bin/pip install --quiet --disable-pip-version-check -c $(VENV)-oldest/lowest.txt -e ".[test,parquet,cluster]"
	$(VENV)-oldest/bin/pytest -n auto tests/test_sampling.py $(DOORS:%=tests/grader/test_%.py)

classes: $(READY)  ## what an analysis finds in 200 simulated classes, or CLASSES=…, with and without planted facts
	$(BIN)/python -m tests.classes $(CLASSES)

bench-analysis: $(READY)  ## ten thousand students with fifty answers each, analysed with all there is
	$(BIN)/python -m tests.sittings

bench-paper: $(READY)  ## a hundred papers as PDFs, twice
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[paper]"
	$(BIN)/python -m benchmarks.paper

paper: $(READY)  ## every text of the bank at 20 seeds, or VARIANTS=…, is printed with its key
	$(BIN)/python -m tests.paper $(VARIANTS)

scan: $(READY)  ## answer sheets of a hundred students, or SHEETS=…, are filled in, scanned or photographed, and read back
	rm -rf scans
	$(BIN)/python -m tests.scans $(SHEETS) scans
	$(BIN)/python -m tests.photographs $(SHEETS)

doors: $(READY)  ## the bank at 20 seeds, or VARIANTS=…, written for every program, and read back as that program reads
	$(BIN)/python -m tests.doors $(VARIANTS)

prairielearn: $(READY)  ## the questions of PrairieLearn at 20 seeds, or VARIANTS=…, of OF=…: points as gradmark gives them, and no key in a page
	$(BIN)/python -m tests.prairielearn $(VARIANTS) $(OF)

kinks: SEEDS = 20
kinks: $(READY)  ## near misses of every key with a kink, and other words for it, at 20 seeds or SEEDS=…
	$(BIN)/python -m tests.kinks $(SEEDS)

term: $(READY)  ## a class of 400, or CLASS=…, through three quizzes; every point against a ledger of its own
	$(BIN)/python -m tests.term $(CLASS)

ways: $(READY)  ## a million random texts, or INPUTS=…, are marked by the short way as by the long way
	$(BIN)/python -m tests.fuzz --ways $(INPUTS)

verdicts: $(READY)  ## answers of many forms, right and wrong, over the whole bank, against keys worked out by hand
	$(BIN)/python -m tests.verdicts

fuzz:  ## a million hostile texts, or INPUTS=…, after the named ones; in a virtual environment of its own
	$(PYTHON) -m venv $(VENV)-fuzz
	$(VENV)-fuzz/bin/pip install --quiet --disable-pip-version-check -e ".[fuzz]"
	$(VENV)-fuzz/bin/python -m tests.fuzz --monsters
	$(VENV)-fuzz/bin/python -m tests.fuzz $(INPUTS)

mutate:  ## do the tests see a fault? all mutants, many hours, or SAMPLE=600 of them, OF=reference.equivalence; in a virtual environment of its own
	$(PYTHON) -m venv $(VENV)-mutation
	$(VENV)-mutation/bin/pip install --quiet --disable-pip-version-check -e ".[test,mutation]"
	rm -rf mutants
	PATH="$(CURDIR)/$(VENV)-mutation/bin:$$PATH" python -m tests.mutation --sample $(SAMPLE) --seed $(SEED) --of $(OF)

explore: $(READY)  ## the properties, on examples that were not tried before
	HYPOTHESIS_PROFILE=explore $(BIN)/pytest -n auto tests/reference

golden: $(READY)  ## write the first variants of every exercise, and what students are told, anew, after a deliberate change
	$(BIN)/python -m tests.golden

schema: $(READY)  ## write the schemas that editors use anew, after a change to the records
	for kind in exercise quiz; do $(BIN)/gradmark schema $$kind > grader/bank/schemas/$$kind.json; done

catalogue: $(READY)  ## write the pages of types of question anew, after a change to the bank or to docs/catalogue.yaml
	$(BIN)/python -m tests.catalogue

forms: $(READY)  ## write the page of the formulas of the source exams anew, after a change to their keys
	$(BIN)/python -m tests.forms

mapping: $(READY)  ## write the page of what each program holds anew, after a change to a target
	$(BIN)/python -m tests.mapping

keys: $(READY)  ## write the page of all keys anew, after a change to the records
	$(BIN)/python -m grader.bank.keys_page > docs/authoring/keys.md

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[test,serve,paper]"
	touch $(READY)

clean:
	rm -rf $(VENV) $(VENV)-* mutants demo scans build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
