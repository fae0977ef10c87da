"""The same notebook marked by nbgrader, in a virtual environment and a course folder of its own.

nbgrader runs what students hand in: a blank is a cell that assigns a name, and behind it stands a locked
cell that asserts what the name must be.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.classes import Class
from benchmarks.notebooks import Twenty
from benchmarks.table import Row, duration, ratio
from benchmarks.timing import ROOT, Failed, process
from grader import sheets
from grader.answers import NumberKey
from grader.sheets import question_text

HOME = ROOT / ".venv-nbgrader"
PACKAGES = ["nbgrader", "ipykernel"]
INSTALL_LIMIT = 900.0
PROCESSES = 3  # students marked by a process each
CALLS = 7  # students marked one after another in one process
ASSIGNMENT = "twenty"
CONFIGURATION = "c = get_config()\nc.CourseDirectory.root = {root!r}\n"


class Peer(NamedTuple):
    """Seconds that nbgrader takes for one notebook.

    ``executed``: what running its cells takes alone, without anything nbgrader does around it.
    """

    version: str
    in_process: float
    executed: float
    whole_process: float


def rows(twenty: Twenty, temporary: Path) -> Iterator[Row]:
    """nbgrader's figures beside gradmark's, or why there are none."""
    what = f"nbgrader, the same {twenty.blanks} blanks"
    try:
        peer = measure(twenty.sample, temporary)
    except Failed as failure:
        yield Row(what, "not measured", str(failure))
        return
    yield Row(
        f"{what}, in one process",
        duration(peer.in_process),
        f"nbgrader {peer.version}, `NbGraderAPI.autograde`; median of {CALLS} students",
    )
    yield Row(
        f"{what}, running the cells alone",
        duration(peer.executed),
        f"a new kernel, then every cell; median of {CALLS}",
    )
    yield Row(
        f"{what}, whole process",
        duration(peer.whole_process),
        f"`nbgrader autograde`; median of {PROCESSES} students",
    )
    yield Row(
        "gradmark : nbgrader, in a class",
        ratio(twenty.in_class, peer.in_process),
        "per notebook, in process; goal: 1 : 200",
    )
    yield Row(
        "gradmark : nbgrader, alone",
        ratio(twenty.alone, peer.in_process),
        "a call for one notebook, in process; goal: 1 : 200",
    )
    yield Row(
        "gradmark : running the cells alone",
        ratio(twenty.in_class, peer.executed),
        "per notebook in a class, against nothing of nbgrader but what it must do",
    )
    yield Row(
        "gradmark : nbgrader, whole process",
        ratio(twenty.whole_process, peer.whole_process),
        "interpreter start and imports of both included",
    )


def measure(sample: Class, temporary: Path) -> Peer:
    """Set a course up and have the submissions marked, each student once.

    Raises:
        Failed: nbgrader cannot be installed or used here, or does not give all points.
    """
    executables = installed()
    course = temporary / "course"
    environment = surroundings(executables, temporary)

    def run(tool: str, *words: str | Path) -> tuple[float, str]:
        return process(executables / tool, *words, folder=course, environment=environment)

    def autograde(student: str) -> float:
        return run("nbgrader", "autograde", ASSIGNMENT, "--create", "--student", student)[0]

    source = course / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(CONFIGURATION.format(root=str(course)))
    (source / "paper.ipynb").write_text(json.dumps(assignment(sample)))
    version = run("nbgrader", "--version")[1].split()[-1]
    run("nbgrader", "generate_assignment", ASSIGNMENT, "--create")
    released = (course / "release" / ASSIGNMENT / "paper.ipynb").read_text(encoding="utf-8")
    students = [f"s{number:02}" for number in range(PROCESSES + CALLS + 2)]
    for student in students:
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / "paper.ipynb").write_text(answered(released, sample))
    warm_up, *alone = students[: PROCESSES + 1]
    autograde(warm_up)
    whole = median(autograde(student) for student in alone)
    script = Path(__file__).with_name("nbgrader_inside.py")
    output = run("python", script, ASSIGNMENT, *students[PROCESSES + 1 :])[1]
    found = json.loads(output.splitlines()[-1])
    full = [student for student, score, most in found["scores"] if score == most > 0]
    if sorted(full) != students:
        raise Failed(f"nbgrader gave all points to {len(full)} of {len(students)} right papers")
    return Peer(version, median(found["autograded"]), median(found["executed"]), whole)


def installed() -> Path:
    """The folder with nbgrader's executables; the environment is made at the first use.

    Raises:
        Failed: it cannot be made.
    """
    executables = HOME / ("Scripts" if os.name == "nt" else "bin")
    ready = HOME / ".ready"
    if not ready.exists():
        print("installing nbgrader into an environment of its own", file=sys.stderr)
        pip = (executables / "python", "-m", "pip", "install", "--disable-pip-version-check")
        try:
            process(sys.executable, "-m", "venv", HOME, limit=INSTALL_LIMIT)
            process(*pip, "--quiet", *PACKAGES, limit=INSTALL_LIMIT)
        except Failed as failure:
            raise Failed(f"nbgrader cannot be installed here ({failure})") from None
        ready.touch()
    return executables


def surroundings(executables: Path, temporary: Path) -> dict[str, str]:
    """The environment as if activated, with all that Jupyter keeps in a home folder moved away."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(temporary / "jupyter" / name.lower()) for name in names}
    path = os.pathsep.join([str(executables), os.environ.get("PATH", "")])
    return {**os.environ, **own, "PATH": path}


# The notebook


def assignment(sample: Class) -> dict[str, Any]:
    """The instructor's notebook: the texts, keys and tolerances of gradmark's first paper."""
    paper = sample.manifest.papers[0]
    cells: list[dict[str, Any]] = []
    for item in paper.items:
        name = item.draw.exercise
        variant = sample.variants[paper.student, name]
        sheet = sheets.in_print(variant)
        cells.append(
            cell("markdown", f"text-{name}", f"## {sheet.title}\n\n{sheet.stem}", locked=True)
        )
        for question in sheet.questions:
            text = question_text(question)
            cells.append(cell("markdown", f"text-{name}-{question.id}", text, locked=True))
            for address in question.blanks:
                blank, key = variant.keys[address]
                assert isinstance(key, NumberKey)
                variable = identifier(f"{name}/{address}")
                solution = f"### BEGIN SOLUTION\n{variable} = {key.show()}\n### END SOLUTION"
                cells.append(cell("code", variable, solution, solution=True))
                test = f"assert abs({variable} - {key.value!r}) <= {key.within!r} + 1e-9"
                points = float(blank.points)
                cells.append(
                    cell("code", f"test-{variable}", test, locked=True, grade=True, points=points)
                )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def cell(
    kind: str,
    name: str,
    source: str,
    *,
    locked: bool = False,
    solution: bool = False,
    grade: bool = False,
    points: float = 0,
) -> dict[str, Any]:
    """A cell with nbgrader's metadata."""
    own = {
        "grade": grade,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if grade:
        own["points"] = points
    made = {"cell_type": kind, "id": name[-64:], "metadata": {"nbgrader": own}, "source": source}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def answered(released: str, sample: Class) -> str:
    """The released notebook with the same answers as in the paper that gradmark marks."""
    paper = sample.manifest.papers[0]
    answers = {
        identifier(f"{item.draw.exercise}/{address}"): key.show()
        for item in paper.items
        for address, (_, key) in sample.variants[paper.student, item.draw.exercise].keys.items()
    }
    content = json.loads(released)
    for one in content["cells"]:
        name = one["metadata"]["nbgrader"]["grade_id"]
        if name in answers:
            one["source"] = f"{name} = {answers[name]}"
    return json.dumps(content)


def identifier(address: str) -> str:
    """An address as a name in Python."""
    return "".join(letter if letter.isalnum() else "_" for letter in address)
