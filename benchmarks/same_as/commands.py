"""What one version prints and writes: ``python commands.py GIVEN``, in an empty folder.

It knows gradmark by its command line alone, and so runs under any version that ``PYTHONPATH`` names.
A file here holds what one command does to one exercise.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from itertools import product
from pathlib import Path

from click.testing import CliRunner

import grader
from grader.cli import main

SEEDS = ("printed", "0", "1", "17", "a student's seed")
FORMATS = ("text", "markdown", "html", "json")
MARKED = ("printed", "3", "4")  # variants whose answers are given to each other, too
CHECKED = 20  # seeds


def everything(given: Path) -> None:
    bank = given / "bank"
    exercises = [path for path in sorted(bank.rglob("*.yaml")) if path.parent.name != "quizzes"]
    quizzes = sorted(bank.glob("quizzes/*.yaml"))
    for path in exercises:
        show(path)
        mark(path)
    lines(given / "lines" / "bank.jsonl", "lines", bank)
    for path in sorted(given.glob("fixtures/*.yaml")):
        folder = Path("fixtures", path.stem)
        (folder / "bank").mkdir(parents=True)
        shutil.copy(path, folder / "bank")
        lines(path.with_suffix(".jsonl"), str(folder), folder / "bank")
    for path in [*exercises, *quizzes]:
        check(path, path.stem)
    for path in sorted(given.glob("faults/**/*.yaml")):
        check(path, f"faults/{path.stem}")
    for path in quizzes:
        quiz(path, given)


def run(*words: object) -> str:
    """What a command prints, and its exit code."""
    done = CliRunner().invoke(main, [*map(str, words)])
    return f"{done.output}exit code {done.exit_code}\n"


def keep(place: str, text: str) -> None:
    path = Path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def variant(seed: str) -> tuple[str, ...]:
    return ("--printed",) if seed == "printed" else ("--seed", seed)


def show(path: Path) -> None:
    for seed, form, solution in product(SEEDS, FORMATS, ((), ("--solution",))):
        words = ("show", path, *variant(seed), "--format", form, *solution)
        keep(f"{path.stem}/{' '.join(map(str, (words[0], *words[2:])))}", run(*words))


def mark(path: Path) -> None:
    """Right answers, those to another variant, each moved to the next blank, and none."""
    keys = {seed: solution(path, seed) for seed in MARKED}
    for seed, other, moved in product(MARKED, MARKED, (0, 1)):
        texts = [*keys[other].values()]
        texts = texts[moved:] + texts[:moved]
        answers = [f"{blank}={text}" for blank, text in zip(keys[seed], texts, strict=False)]
        place = f"{path.stem}/mark variant {seed}, answers to {other}, moved by {moved}"
        for json_too in ((), ("--json",)):
            said = run("mark", path, *variant(seed), *json_too, "--", *answers)
            keep(" ".join((place, *json_too)), said)


def solution(path: Path, seed: str) -> dict[str, str]:
    """Blank → right answer."""
    done = CliRunner().invoke(
        main, ["show", str(path), *variant(seed), "--format", "json", "--solution"]
    )
    return json.loads(done.output)["solution"] if done.exit_code == 0 else {}


def lines(path: Path, folder: str, bank: Path) -> None:
    """Answers as JSON lines to the exercises of a bank."""
    Path(folder).mkdir(exist_ok=True)
    words = ("--out", f"{folder}/marks.jsonl", "--jobs", 1, "--bank", bank)
    keep(f"{folder}/grade", run("grade", path, *words))


def check(path: Path, folder: str) -> None:
    for form in ("text", "json"):
        words = ("--seeds", CHECKED, "--jobs", 1, "--format", form)
        keep(f"{folder}/check --format {form}", run("check", path, *words))


def quiz(path: Path, given: Path) -> None:
    """A quiz made, answered, handed in and graded, with all that students get back."""
    out, bank = f"{path.stem}/quiz", given / "bank"
    roster = given / "bank" / "quizzes" / "sample-roster.csv"
    words = ("--out", out, "--secret", given / "secret", "--bank", bank)
    keep(f"{path.stem}/quiz printed", run("quiz", path, "--roster", roster, *words))
    hand_in(Path(out), Path(path.stem, "handed-in"))
    said = run(
        *("grade", f"{path.stem}/handed-in", "--quiz", out, "--bank", bank),
        *("--out", f"{path.stem}/marks.csv", "--details", f"{path.stem}/details.jsonl"),
        *("--feedback", f"{path.stem}/feedback", "--solutions"),
    )
    keep(f"{path.stem}/grade printed", said)


def hand_in(quiz: Path, folder: Path) -> None:
    """Every paper filled in: three of four answers right, the others those of the student before."""
    folder.mkdir()
    keys: dict[str, dict[str, str]] = {}
    with (quiz / "staff" / "key.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            keys.setdefault(row["student"], {})[f"{row['exercise']}/{row['blank']}"] = row["key"]
    before: dict[str, str] = {}
    for number, (student, own) in enumerate(keys.items()):
        paper = json.loads((quiz / "papers" / f"{student}.ipynb").read_text(encoding="utf-8"))
        for place, cell in enumerate(paper["cells"]):
            blank = cell["metadata"].get("gradmark", {}).get("blank")
            right = (place + number) % 4 > 0
            cell["source"] += (own if right else before).get(blank, "") if blank else ""
        (folder / f"{student}.ipynb").write_text(json.dumps(paper), encoding="utf-8")
        before = own


if __name__ == "__main__":
    version = Path(os.environ["PYTHONPATH"])
    if not Path(grader.__file__).is_relative_to(version):
        sys.exit(f"{grader.__file__} is not of {version}")
    everything(Path(sys.argv[1]))
