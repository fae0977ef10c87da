"""A class that sits a quiz of the bank: papers drawn, answered by students of different ability, and marked; a folder as `quiz` and `grade` leave it.

`make bench-analysis` analyses one of ten thousand, and says how long that took and how much memory.
"""

import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader import bank
from grader.bulk import jsonl
from grader.drawing import restored
from grader.marking import Answers, mark_all
from grader.papers import blueprint, folder, no_progress, write_private
from grader.papers.balancing import draw_papers
from grader.papers.records import Manifest
from grader.papers.standing import summed
from tests.classes import chance

LARGE = """
id: large
title: Fifty answers
pick: [two-layer-numbers, shortcut-network, layer-sizes, scalar-residual-block, skip-connection, validation-below-training]
"""
SECRET = "5e" * 32
SLIPS = 0.35  # of wrong answers are what a misconception leads to
LEFT = 0.1  # of them are left empty
AT_A_TIME = 500  # papers


def sat(place, quiz_file, students, known=None, seed=0, harder=()):
    """Make the folder of a quiz with its manifest, and marks.jsonl beside it; where they stand.

    ``harder``: (exercise, choice, value, logits) of what is planted.
    """
    known = known or bank.load_folder()
    quiz = blueprint.load(quiz_file, known)
    names = [f"s{number:05}" for number in range(students)]
    papers = draw_papers(quiz, names, bytes.fromhex(SECRET), known, no_progress)
    place.mkdir(parents=True, exist_ok=True)
    (place / "staff").mkdir(exist_ok=True)
    write_private(folder.secret_file(place), SECRET)
    manifest = Manifest(quiz.id, quiz.title, quiz.text, papers, blueprint.digest(quiz))
    folder.manifest_file(place).write_bytes(msgspec.json.encode(manifest))
    with (place / "marks.jsonl").open("wb") as file:
        for first in range(0, len(papers), AT_A_TIME):
            file.write(jsonl.write(marked(papers[first : first + AT_A_TIME], known, seed, harder)))
    return place


def marked(papers, known, seed, harder):
    """The marks of some papers, exercise by exercise."""
    items = {}
    for paper in papers:
        for item in paper.items:
            items.setdefault(item.draw.exercise, []).append((paper, item))
    found = []
    for name, own in items.items():
        groups = {}
        for (paper, item), variant in zip(
            own, restored(known[name], [item.draw for _, item in own]), strict=True
        ):
            groups.setdefault(variant.solved, []).append((paper, item, variant))
        for solved, group in groups.items():
            lines = [
                (variant.row, answers(paper, item, variant, seed, harder))
                for paper, item, variant in group
            ]
            for (_, item, _), marks in zip(group, mark_all(solved, lines), strict=True):
                found.append(weighed(marks, item))
    return found


def weighed(marks, item):
    """Marks as a paper counts them."""
    own = {
        name: replace(one, points=one.points * item.weight, out_of=one.out_of * item.weight)
        for name, one in marks.marks.items()
    }
    return summed(replace(marks, marks=own, slot=item.slot, difficulty=item.difficulty))


def answers(paper, item, variant, seed, harder):
    """What a student answers: the abler the student and the easier the blank, the more is right."""
    luck = random.Random(f"{seed} {paper.student} {item.draw.exercise}")
    ability = random.Random(f"{seed} {paper.student}").gauss(0.6, 1)
    for exercise, choice, value, logits in harder:
        if exercise == item.draw.exercise and item.draw.choices.get(choice) == value:
            ability -= logits
    given = {}
    for address, (blank, key) in variant.keys.items():
        ease = random.Random(f"{item.draw.exercise} {address}").uniform(-1, 1)
        knows = luck.random() < chance(ability, ease)
        given[address] = key.show() if knows else wrong(variant, blank, key, luck)
    return Answers(item.draw.exercise, item.draw.seed, given, paper.student)


def wrong(variant, blank, key, luck):
    if luck.random() < LEFT:
        return ""
    if blank.value is not None and luck.random() < SLIPS:
        mistakes = variant.solved.wrong.get(blank.value.target, ())
        if mistakes and mistakes[0][1].shape[-2:] == (1, 1):
            return repr(float(mistakes[0][1][variant.row, 0, 0]))
    return luck.choice(key.near_misses() or [""])


def main(students):
    """Analyse a large class with all that there is, in a process of its own, as `gradmark analyse` does."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "quiz.yaml").write_text(LARGE)
        folder = sat(place / "large", place / "quiz.yaml", students)
        marks = folder / "marks.jsonl"
        words = ["analyse", folder, "--marks", marks, "--out", place / "report", "--similarity"]
        command = [sys.executable, "-c", "from grader.cli import main; main()", *words]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(said.splitlines()[0])
        print(
            f"{marks.stat().st_size / 1e6:.0f} MB of marks: {used.ru_utime + used.ru_stime:.0f} s of processor time, {used.ru_maxrss / 1024:.0f} MB at most"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
