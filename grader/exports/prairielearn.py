"""PrairieLearn: a folder for each question, which gradmark draws, shows, reads and marks there, and an assessment of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from grader.bank import Exercise, placeholders
from grader.exports import wheels
from grader.exports.items import Item
from grader.exports.losses import Report
from grader.exports.on_prairielearn import EXERCISE
from grader.exports.package import Mode, Package
from grader.exports.targets import FAITHFUL, FEATURES, KINDS, MANUAL, Carried, Files, Target
from grader.papers import blueprint, read_secret, secret_file
from grader.words import exact

PYTHON = "3.13"
# What its image has, by its documentation; ours would hide it from other questions of a course.
THERE = ("numpy", "sympy", "jinja2", "jsonschema")
SERVER = '''"""{title}: drawn, shown, read and marked by gradmark."""

from gradmark.exports import on_prairielearn

SALT = "{salt}"  # whoever has it can work out all variants


def generate(data):
    on_prairielearn.generate(data, SALT)


def render(data, html):
    return on_prairielearn.render(data)


def parse(data):
    on_prairielearn.parse(data)


def grade(data):
    on_prairielearn.grade(data)
'''
PAGE = "{{! The page is written by server.py. }}\n<div></div>\n"


def write(package: Package, report: Report) -> Files:
    """Folders as they stand in a course; those of the assessment go into a course instance."""
    secret = read_secret(secret_file(package.source.folder))
    salt = blueprint.keyed(secret, "prairielearn", package.quiz).hex()
    questions = {
        f"questions/{package.quiz}/{name}/{path}": content
        for name, exercise in package.source.exercises.items()
        for path, content in question(package, exercise, salt).items()
    }
    assessment = {f"assessments/{package.quiz}/infoAssessment.json": in_json(of_quiz(package))}
    return {**questions, **assessment, **libraries(package.source.wheels)}


def question(package: Package, exercise: Exercise, salt: str) -> Files:
    """The folder of one exercise."""
    title = exercise.id if placeholders(exercise.file.title) else exercise.file.title
    info: dict[str, Any] = {
        "uuid": identity(package.quiz, exercise.id),
        "title": title,
        "topic": (exercise.file.topics or [package.title])[0],
        "tags": ["gradmark", *exercise.file.topics[1:]],
        "type": "v3",
        "showCorrectAnswer": False,
    }
    [sample, *_] = [one for one in package.items if one.exercise == exercise.id]
    if not ours(sample):
        info["gradingMethod"] = "Manual"
    return {
        "info.json": in_json(info),
        "question.html": PAGE.encode(),
        "server.py": SERVER.format(title=title.replace('"', "'"), salt=salt).encode(),
        EXERCISE: Path(exercise.path).read_bytes(),
    }


def of_quiz(package: Package) -> Mapping[str, Any]:
    """The assessment: a slot for each pick of the quiz, with all that it chooses from; it opens for nobody until staff say when."""
    return {
        "uuid": identity(package.quiz),
        "type": "Exam",
        "title": package.title,
        "set": "Quiz",
        "number": package.quiz,
        "zones": [{"questions": [*slots(package)]}],
    }


def slots(package: Package) -> Iterator[Mapping[str, Any]]:
    """What stands in each place of a paper."""
    for items in pools(package):
        alternatives = [
            {"id": f"{package.quiz}/{one.exercise}", **worth(one)} for one in items.values()
        ]
        chosen = max(sum(one.exercise in items for one in each.items) for each in package.sets)
        if len(alternatives) == chosen:
            yield from alternatives
        else:
            yield {"numberChoose": chosen, "alternatives": alternatives}


def pools(package: Package) -> Sequence[Mapping[str, Item]]:
    """The exercises of each pick, those of picks that share some together, as no question may stand in an assessment twice."""
    found: list[dict[str, Item]] = []
    by_slot: dict[int, dict[str, Item]] = {}
    for one in package.items:
        by_slot.setdefault(one.slot, {}).setdefault(one.exercise, one)
    for own in by_slot.values():
        shared = [pool for pool in found if pool.keys() & own.keys()]
        found = [pool for pool in found if pool not in shared]
        for pool in shared:
            own = pool | own
        found.append(dict(sorted(own.items())))
    return found


def ours(item: Item) -> list[Fraction]:
    """The points of blanks that a machine marks."""
    return [one.points for one in item.blanks if one.kind != "text"]


def worth(item: Item) -> Mapping[str, float]:
    """The points of an exercise: those of a machine, and those of a person."""
    auto = sum(ours(item), Fraction(0))
    parts = {"autoPoints": auto, "manualPoints": item.points - auto}
    return {name: in_short(points) for name, points in parts.items() if points}


def in_short(points: Fraction) -> float:
    """Points as a number; of three thirds that were scaled, a whole one."""
    found = exact(float(points))
    return int(found) if found.denominator == 1 else float(found)


def libraries(folder: Path | None) -> Files:
    """gradmark and what PrairieLearn lacks of what it needs, unpacked."""
    if folder is None:
        return {}
    found = wheels.read(folder)
    return {
        f"serverFilesCourse/{path}": content
        for one in wheels.needed(found.wheels, THERE)
        for path, content in wheels.unpacked(one)
    }


def identity(*parts: str) -> str:
    """The same identity in every export."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("gradmark", *parts))))


def in_json(record: Mapping[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


TARGET = Target(
    title="PrairieLearn",
    kinds={kind: Carried(MANUAL if kind == "text" else FAITHFUL, "a field") for kind in KINDS},
    features=dict.fromkeys(FEATURES, FAITHFUL),
    write=write,
    points=lambda item, blank: float(blank.points),
    steps=(
        f"Install gradmark into the course once, for the Python of PrairieLearn, {PYTHON}: export with `--wheels`, or run `pip install --target serverFilesCourse gradmark` as its documentation says.",
        "Copy `questions` (and `serverFilesCourse`, if it is there) into the course, and `assessments` into its course instance.",
        "Say in `infoAssessment.json` who may open the assessment, and when; as it is, nobody may. Leave real-time grading on.",
        "Sync, and try each question under *Preview*.",
    ),
    modes=(Mode.PAPERS,),
)
