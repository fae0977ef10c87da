"""Gradescope: an autograder that marks papers of a quiz with gradmark, and needs no network for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader.exports import on_gradescope, wheels
from grader.exports.archive import zipped
from grader.exports.losses import Report
from grader.exports.package import Mode, Package
from grader.exports.targets import FAITHFUL, FEATURES, KINDS, MANUAL, Carried, Files, Target
from grader.papers import Manifest, read_manifest

SETUP = """#!/usr/bin/env bash
# Unpacks gradmark and what it needs from the wheels beside this file. Only a Python that is missing would need a network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=python{python}
command -v "$python" > /dev/null || apt-get install --yes "$python" || {{
  echo "This autograder needs $python: choose a base image that has it." >&2
  exit 1
}}
mkdir -p "$here/site"
for wheel in "$here"/wheels/*.whl; do
  "$python" -m zipfile -e "$wheel" "$here/site"
done
"$python" -m compileall -q -j 0 "$here/site" > /dev/null || true
PYTHONPATH="$here/site" "$python" -P -c "import gradmark.exports.on_gradescope"
"""
RUN = """#!/usr/bin/env bash
# Marks what was handed in. Results that count nothing are there first, whatever happens below.
visibility=after_published # when students see marks: visible, after_due_date, after_published or hidden
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/results"
cp "$here/source/unfinished.json" "$here/results/results.json"
PYTHONPATH="$here/source/site" python{python} -P -m gradmark.exports.on_gradescope "$here" "$visibility"
"""
SCRIPTS = ("setup.sh", "run_autograder")


def write(package: Package, report: Report) -> Files:
    """The archive that is uploaded."""
    found = wheels.read(package.source.wheels)
    scripts = {"setup.sh": SETUP, "run_autograder": RUN}
    unfinished = on_gradescope.encoded(on_gradescope.without_marks(on_gradescope.UNFINISHED))
    files = {
        **{name: text.format(python=found.python).encode() for name, text in scripts.items()},
        "unfinished.json": unfinished,
        "quiz/manifest.json": msgspec.json.encode(carried_along(package)),
        **{
            f"quiz/exercises/{name}.yaml": Path(one.path).read_bytes()
            for name, one in package.source.exercises.items()
        },
        **{f"wheels/{one.file}": one.data for one in wheels.needed(found.wheels, ())},
    }
    return {"autograder.zip": zipped(files, SCRIPTS)}


def carried_along(package: Package) -> Manifest:
    """What marking needs of the papers: those that are exported, and of the roster the addresses alone."""
    students = {student for each in package.sets for student in each.students}
    manifest = read_manifest(package.source.folder)
    own = [paper for paper in manifest.papers if paper.student in students]
    return replace(manifest, papers=[replace(one, columns=addresses(one.columns)) for one in own])


def addresses(columns: Mapping[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in columns.items() if name.casefold() == "email"}


TARGET = Target(
    title="Gradescope",
    kinds={
        kind: Carried(MANUAL if kind == "text" else FAITHFUL, "an answer in the notebook")
        for kind in KINDS
    },
    features=dict.fromkeys(FEATURES, FAITHFUL),
    write=write,
    steps=(
        "Create a *Programming Assignment*. Its autograder points are those of a paper without its texts; with texts, switch manual grading on and add a question for them.",
        "Upload `autograder.zip` under *Configure Autograder*, with a base image that has the Python that `setup.sh` names, and wait until it is built.",
        "Try it under *Test Autograder* with a paper of `papers/`.",
        "Hand out the notebooks of `papers/`; each student uploads the one file.",
        "Review: what waits for a person has no score. Publish the grades; students see marks only then, unless `run_autograder` says otherwise.",
    ),
    modes=(Mode.PAPERS,),
)
